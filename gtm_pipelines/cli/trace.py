"""``gtm trace``: from a reply, message or draft back to the rows of files, and from a row onward."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gtm_pipelines.cli.output import json_option, show_json, workbench

if TYPE_CHECKING:
    from gtm_pipelines.record.trail import Trail

WIDTH = 90


@click.command("trace")
@click.argument("key")
@click.option("--line", type=click.IntRange(1), help="KEY is an import, and this a line of its file: go onward from there.")
@json_option
def command(key: str, line: int | None, as_json: bool) -> None:
    """Follow the reply, message or draft KEY back to the rows of files it began with, station by station.

    With --line it goes the other way: from a row of the import KEY to every mail that came of it.
    """
    from gtm_pipelines.record.trail import onward, trail

    with workbench() as bench:
        found = [trail(bench.record, key)] if line is None else onward(bench.record, key, line)
    if as_json:
        show_json(found[0] if line is None else found)
        return
    if not found:
        click.echo("No mail was drafted for whom that row speaks of.")
    for one in found:
        _show(one)


def _show(found: Trail) -> None:
    for station in found.stations:
        when = f"{station.at:%Y-%m-%d %H:%M}" if station.at else ""
        detail = " ".join(station.detail.split())
        shown = detail if len(detail) <= WIDTH else f"{detail[: WIDTH - 1]}…"
        click.echo(f"{when:<17}{station.kind:<9} {station.title}" + (f"  {click.style(shown, dim=True)}" if shown else ""))
    click.echo("")
