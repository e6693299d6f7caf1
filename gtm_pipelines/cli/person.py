"""``gtm person``: everything about one person, given to them or erased."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gtm_pipelines.cli.output import by_option, json_option, progress_bar, show_json, workbench

if TYPE_CHECKING:
    from gtm_pipelines.privacy.model import ErasureReport


@click.group("person")
def command() -> None:
    """Export or erase everything about one person."""


@command.command("export")
@click.argument("person")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@by_option("Who asks for it.")
@json_option
def export(person: str, file: Path, by: str, as_json: bool) -> None:
    """Write all that is known of PERSON (an address, or a contact's id) to FILE: .json, or .zip with their mails."""
    with workbench() as bench:
        written = bench.privacy.export_person(person, file, by=by)
    if as_json:
        show_json(written)
        return
    click.echo(f"{sum(written.counts.values()):,} rows about {written.contacts} contacts written to {file}.")
    for name, count in written.counts.items():
        click.echo(f"  {name.replace('_', ' ')}: {count:,}")


@command.command("erase")
@click.argument("person")
@by_option("Who erases, for the audit.")
@click.option("--dry-run", is_flag=True, help="Count what would be erased, and stop.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
def erase(person: str, by: str, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Erase PERSON (an address, or a contact's id) everywhere; they are never written to again. Cannot be undone."""
    with workbench() as bench:
        if not (dry_run or yes):
            _show(bench.privacy.erase_person(person, by=by, dry_run=True))
            click.confirm("Erase this person? It cannot be undone.", abort=True)
        with progress_bar("Erasing", enabled=not as_json) as progress:
            report = bench.privacy.erase_person(person, by=by, dry_run=dry_run, progress=progress)
    if as_json:
        show_json(report)
    else:
        _show(report)


def _show(report: ErasureReport) -> None:
    click.echo(f"{report.contacts} contacts; rows {'to erase' if report.dry_run else 'erased'}:")
    for name, count in {**report.counts, **report.files}.items():
        click.echo(f"  {name.replace('_', ' ')}: {count:,}")
    if report.dry_run:
        return
    click.echo(f"Suppressed for good by a salted hash: {report.suppressed}. Warehouse: {report.warehouse}.")
    if not report.compacted:
        click.echo("Another program kept the record open, so its file may still hold freed pages. Run this again without it.")
    for place in report.remaining:
        click.echo(f"Still in {place.path} ({place.what}). {place.advice}")
