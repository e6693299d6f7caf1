"""``gtm adopt``: let this data folder send."""

from __future__ import annotations

import click

from gtm_pipelines.cli.output import by_option, workbench


@click.command("adopt")
@by_option("Who decides it.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--nothing-left", is_flag=True, help="The other one has sent nothing since this copy was taken: go on as it was.")
def command(by: str, yes: bool, nothing_left: bool) -> None:
    """Let this data folder send, after a copy, a move or a restore.

    Two folders that send for one workspace would write to people twice: make sure the
    other one has stopped. What it may have sent since the copy was taken is listed as
    unknown, and every campaign rests until you resume it.
    """
    from gtm_pipelines.delivery.fencing import allows

    with workbench() as bench:
        home, workspace = bench.settings.home_path, bench.record.workspace_id
        with bench.record.read() as connection:
            if allows(connection, workspace, home):
                click.echo(f"{home} may send already.")
                return
        if not yes:
            click.confirm(
                f"Only {home} will send for workspace '{workspace}' from now on. Has every other copy stopped?", abort=True
            )
        adoption = bench.delivery.adopt(by=by, nothing_left=nothing_left)
    click.echo(f"{home} may send now.")
    if adoption.unknown:
        click.echo(
            f"{adoption.unknown:,} mails were due meanwhile and may have left from the other one; none is sent before that is "
            "settled: 'gtm campaign unknown' asks the providers and lists the rest."
        )
    if adoption.paused:
        click.echo(f"Resting until 'gtm campaign resume NAME': {', '.join(adoption.paused)}.")
