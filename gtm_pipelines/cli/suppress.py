"""``gtm suppress``: who is never written to."""

from __future__ import annotations

from pathlib import Path

import click

from gtm_pipelines.cli.output import by_option, json_option, progress_bar, show_json, show_table, workbench

_KIND = click.Choice(["address", "domain", "company"])


@click.group("suppress")
def command() -> None:
    """Add, list, import and export people who are never written to."""


@command.command("add")
@click.argument("value")
@click.option("--kind", type=_KIND, help="What VALUE is; told from its form if absent.")
@click.option("--reason", default="asked by a person", show_default=True)
@click.option("--yes", is_flag=True, help="Do not ask before all of a public mail provider is suppressed.")
@by_option("Who asks for it.")
@json_option
def add(value: str, kind: str | None, reason: str, yes: bool, by: str, as_json: bool) -> None:
    """Never write to VALUE again: an address, a domain with its subdomains, or a company by its id."""
    from gtm_pipelines.intake.model import FREE_MAIL
    from gtm_pipelines.record.contacts import count_at

    kind = kind or ("address" if "@" in value.lstrip("@") else "domain")
    with workbench() as bench:
        if kind == "domain" and value.casefold().strip("@.") in FREE_MAIL and not yes:
            people = count_at(bench.record, value.casefold().strip("@."))
            click.confirm(f"Anybody may have an address at {value}; {people:,} of your contacts do. Suppress all?", abort=True)
        new = bench.suppressions.add(kind, value, reason=reason, source=by)
    if as_json:
        show_json({"kind": kind, "value": value, "new": new})
    else:
        click.echo(f"{kind} {value} {'is suppressed now' if new else 'was suppressed already'}.")


@command.command("list")
@click.option("--kind", type=_KIND)
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1))
@click.option("--offset", default=0, show_default=True, type=click.IntRange(0))
@json_option
def list_(kind: str | None, limit: int, offset: int, as_json: bool) -> None:
    """List who is never written to, newest first."""
    from gtm_pipelines.record.domains import readable

    with workbench() as bench:
        rows = [entry._asdict() for entry in bench.suppressions.list(kind=kind, limit=limit, offset=offset)]
        total = bench.suppressions.count(kind=kind)
    if as_json:
        show_json({"total": total, "limit": limit, "offset": offset, "suppressions": rows})
        return
    columns = ("kind", "value", "reason", "source", "created_at")
    shown = ({**row, "value": readable(row["value"])} for row in rows)
    show_table(shown, columns, empty="Nobody is suppressed. Add somebody with 'gtm suppress add ADDRESS'.")
    if rows:
        click.echo(f"{offset + 1}-{offset + len(rows)} of {total:,}")


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", help="Where the list comes from; its file name if absent.")
@by_option("Who brings it.")
@json_option
def import_(file: Path, source: str | None, by: str, as_json: bool) -> None:
    """Suppress every address and domain in FILE: a CSV with a column of them, or one a line with a reason after it."""
    with workbench() as bench, progress_bar("Importing suppressions", enabled=not as_json) as progress:
        report = bench.suppressions.import_file(file, source=source or file.name, by=by, progress=progress)
    if as_json:
        show_json(report)
        return
    click.echo(f"{report.rows:,} lines: {report.added:,} added, {report.existing:,} were there, {report.rejected:,} rejected.")
    for row in report.examples[:20]:
        click.echo(f"  line {row.line_number}: {row.reason} {row.raw.strip()[:80]}")


@command.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@json_option
def export(file: Path, as_json: bool) -> None:
    """Write the whole list to FILE as CSV, such as 'gtm suppress import' reads."""
    from gtm_pipelines.delivery.suppression import COLUMNS
    from gtm_pipelines.intake.export import write_csv

    with workbench() as bench:
        written = write_csv(file, COLUMNS, bench.suppressions.export())
    if as_json:
        show_json({"file": str(file), "written": written})
    else:
        click.echo(f"{written:,} entries written to {file}.")


@command.command("remove")
@click.argument("value")
@click.option("--kind", type=_KIND, help="What VALUE is; told from its form if absent.")
@click.option("--reason", required=True, help="Why this person may be written to again; kept in the audit.")
@by_option("Who decides it.")
def remove(value: str, kind: str | None, reason: str, by: str) -> None:
    """Lift a suppression. Only a person does this, and it is written down."""
    with workbench() as bench:
        bench.suppressions.remove(kind or ("address" if "@" in value.lstrip("@") else "domain"), value, by=by, reason=reason)
    click.echo(f"{value} may be written to again.")
