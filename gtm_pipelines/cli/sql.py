"""``gtm sql``: questions over the marts, read only."""

from __future__ import annotations

import click

from gtm_pipelines.cli.output import json_option, show_json, show_table, workbench


@click.command("sql")
@click.argument("query", required=False)
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 100_000), help="Most rows.")
@json_option
def command(query: str | None, limit: int, as_json: bool) -> None:
    """Put one SELECT to the published figures, such as 'SELECT campaign, sent FROM campaign_funnel'.

    Without QUERY the tables are listed, and with 'DESCRIBE TABLE' the columns of one. Nothing can be
    changed, and no other file read. 'gtm metrics refresh' brings the figures up to date.
    """
    with workbench() as bench:
        if not query:
            rows = [{"table": name, "holds": bench.marts.describe(name)[0]} for name in bench.marts.names()]
            columns, more = ["table", "holds"], False
        else:
            found = bench.questions.ask(query, limit=limit)
            rows, columns, more = found.rows.to_dicts(), found.rows.columns, found.more
    if as_json:
        show_json(rows)
        return
    show_table(rows, columns, empty="No rows." if query else "No figures have been published yet. Run 'gtm metrics refresh'.")
    if more:
        click.echo(f"The first {limit:,} rows; --limit shows more.", err=True)
