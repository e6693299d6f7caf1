"""``gtm import``: what imports did, their refused rows, and taking one back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gtm_pipelines.cli.output import by_option, json_option, progress_bar, show_json, show_table, workbench

if TYPE_CHECKING:
    from gtm_pipelines.intake.model import UndoReport
    from gtm_pipelines.intake.rejects import BatchReport

_COUNTS = ("rows", "imported", "merged", "unchanged", "rejected")
KEPT = {
    "campaign": "in a campaign",
    "message": "written to",
    "conversation": "in a conversation",
    "merge": "merged with another",
    "protection": "not to be written to, which is not forgotten",
    "made_otherwise": "not made by an import",
    "rows_unreadable": "known from other rows, which are no longer in the record",
}
"""Why somebody of an undone import is kept, in words."""


@click.group("import")
def command() -> None:
    """Look at past imports, take their rejected rows, undo one."""


@command.command("list")
@click.option("--kind", type=click.Choice(["company", "contact"]), help="Only imports of one kind.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1))
@click.option("--offset", default=0, show_default=True, type=click.IntRange(0))
@json_option
def list_(kind: Any, limit: int, offset: int, as_json: bool) -> None:
    """List imports, newest first."""
    from gtm_pipelines.record import imports

    columns = ("id", "kind", "file_name", "status", *_COUNTS, "started_at", "undone_by")
    with workbench() as bench:
        found = imports.batches(bench.record, kind=kind, limit=limit, offset=offset)
        rows = [{name: getattr(row, name) for name in columns} for row in found]
    if as_json:
        show_json(rows)
    else:
        show_table(rows, columns, empty="Nothing was imported yet. Begin with 'gtm company import FILE'.")


@command.command("show")
@click.argument("batch_id")
@json_option
def show(batch_id: str, as_json: bool) -> None:
    """Say what became of every row of an import, and why rows were rejected."""
    with workbench() as bench:
        report = bench.intake.report(batch_id)
    if as_json:
        show_json(report)
        return
    click.echo(f"{report.file_name} ({report.kind}), {report.status}, {report.started_at:%Y-%m-%d %H:%M} UTC")
    click.echo("  " + ", ".join(f"{getattr(report, name):,} {name}" for name in _COUNTS))
    _show_origin(report)
    click.echo("  read as: " + ", ".join(f"'{column}' = {field}" for column, field in report.mapping.items()))
    if report.unmapped:
        click.echo("  kept as attributes: " + ", ".join(report.unmapped))
    for code, count in report.reasons.items():
        click.echo(f"  rejected, {code}: {count:,}")
        for row in report.examples[code]:
            click.echo(f"    line {row.line_number}: {row.reason} {row.raw.strip()[:80]}")
    if report.rejected:
        click.echo(f"  'gtm import rejects {report.batch_id} FILE' writes them to be corrected.")


def _show_origin(report: BatchReport) -> None:
    said = {"session": report.session_key, "source": report.source, "lawful basis": report.lawful_basis}
    click.echo("  " + ", ".join(f"{name}: {value}" for name, value in said.items() if value))
    if report.same_as:
        click.echo(f"  the same bytes as import {report.same_as}")
    if report.undone_at:
        click.echo(f"  undone {report.undone_at:%Y-%m-%d %H:%M} UTC by {report.undone_by}")


@command.command("rejects")
@click.argument("batch_id")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@json_option
def rejects(batch_id: str, file: Path, as_json: bool) -> None:
    """Write the rejected rows of an import to FILE, to be corrected and imported again as it is."""
    with workbench() as bench:
        written = bench.intake.write_rejects(batch_id, file)
    if as_json:
        show_json({"file": str(file), "written": written})
    else:
        click.echo(f"{written:,} rows written to {file}. Correct them there, then import that file.")


@command.command("undo")
@click.argument("batch_id")
@by_option("Who takes it back.")
@click.option("--dry-run", is_flag=True, help="Count what would be removed, restored and kept, and stop.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
def undo(batch_id: str, by: str, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Take an import back. Who has a past stays; nobody loses protection; importing the file again brings it back."""
    with workbench() as bench:
        if not (dry_run or yes):
            _show_undo(bench.intake.undo(batch_id, by=by, dry_run=True))
            click.confirm("Take it back?", abort=True)
        with progress_bar("Undoing", enabled=not as_json) as progress:
            report = bench.intake.undo(batch_id, by=by, dry_run=dry_run, progress=progress)
    if as_json:
        show_json(report)
    else:
        _show_undo(report)


def _show_undo(report: UndoReport) -> None:
    would = "would be " if report.dry_run else ""
    known = "companies" if report.kind == "company" else "contacts"
    click.echo(f"{report.file_name}, {known} of this import:")
    for count, told in (
        (report.removed, f"known from it alone: {would}removed"),
        (report.restored, f"in other imports too: {would}set back to what those say"),
        (report.unchanged, f"in other imports too, which say the same: {would}left as they are"),
        (report.kept, f"{would}kept, since they are"),
    ):
        if count:
            click.echo(f"  {count:>9,} {told}")
    for reason, count in report.kept_because.items():
        named = ", ".join(report.examples.get(reason, ()))
        click.echo(f"  {'':>9}   {KEPT.get(reason, reason)}: {count:,} ({named})")
    if not (report.removed or report.restored or report.unchanged or report.kept):
        click.echo("  Nothing of it is left to take back.")
    elif not report.dry_run:
        click.echo("Import the file again to have it back.")
