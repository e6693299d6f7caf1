"""``gtm adopt``: let this data folder send."""

from __future__ import annotations

import click

from gtm_pipelines.cli.output import by_option, workbench


@click.command("adopt")
@by_option("Who decides it.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(by: str, yes: bool) -> None:
    """Let this data folder send, after a copy, a move or a restore.

    Two folders that send for one workspace would write to people twice: make sure the
    other one has stopped.
    """
    from gtm_pipelines.delivery.fencing import allows, fingerprint
    from gtm_pipelines.record.installation import adopt

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
        with bench.record.write() as connection:
            adopt(connection, workspace, fingerprint=fingerprint(home), at=bench.clock.now(), by=by)
    click.echo(f"{home} may send now.")
