"""``gtm up``: serve the workbench."""

from __future__ import annotations

from collections.abc import Mapping

import click

from gtm_pipelines.settings import Settings


@click.command()
@click.option("--open/--no-open", "open_browser", default=True, help="Open the app in the browser when it is ready.")
@click.option("--once", is_flag=True, help="Stop as soon as everything answers, to see that it starts.")
@click.option("--verbose", is_flag=True, help="Show every line the processes write, not only errors.")
def command(open_browser: bool, once: bool, verbose: bool) -> None:
    """Serve the app, Dagster and its daemon until Ctrl-C.

    Everything listens on this machine only, unless the setting host says otherwise.
    The processes write to logs/ in the data folder.
    """
    from gtm_pipelines.cli.output import workbench

    with workbench() as opened:
        settings = opened.settings
    serve_settings(settings, open_browser=open_browser and not once, once=once, verbose=verbose)


def serve_settings(settings: Settings, *, open_browser: bool, once: bool = False, verbose: bool = False) -> None:
    """Serve on the terminal; shared with ``gtm demo``."""
    from gtm_pipelines.clock import SystemClock
    from gtm_pipelines.launch.up import serve

    def ready(addresses: Mapping[str, str]) -> None:
        click.echo(f"\n  App      {addresses['app']}\n  Dagster  {addresses['dagster']}\n")
        click.echo(f"  Data in {settings.home_path}. Ctrl-C stops everything.")
        if open_browser:
            click.launch(addresses["app"])

    click.echo("Starting the workbench; this takes some seconds.")
    serve(settings, SystemClock(), click.echo, on_ready=ready, once=once, verbose=verbose)
