"""``gtm db``: the record's schema, backups and restores."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from gtm_pipelines.cli.output import by_option, json_option, show_json
from gtm_pipelines.settings import Settings
from gtm_pipelines.workbench import Workbench, open_workbench


@click.group()
def command() -> None:
    """Upgrade, back up and restore the record."""


@contextmanager
def _as_found() -> Iterator[Workbench]:
    """Open the workbench without touching its record's schema."""
    opened = open_workbench(migrate=False)
    try:
        yield opened
    finally:
        opened.close()


@command.command()
@json_option
def status(as_json: bool) -> None:
    """Say where the record is, at which revision, and how many rows it holds."""
    from gtm_pipelines.record.backup import count_rows
    from gtm_pipelines.record.migrate import current, head

    with _as_found() as bench:
        revision = current(bench.record)
        rows = count_rows(bench.record) if revision == head() else {}
        answer = {
            "url": bench.record.engine.url.render_as_string(hide_password=True),
            "workspace": bench.record.workspace_id,
            "revision": revision,
            "wanted": head(),
            "rows": rows,
        }
    if as_json:
        show_json(answer)
        return
    click.echo(f"{answer['url']}, workspace {answer['workspace']}")
    click.echo(f"revision {revision or 'none'}" + ("" if revision == head() else f", wanted {head()}: run 'gtm db upgrade'"))
    for name, count in rows.items():
        click.echo(f"{count:>10,}  {name}")


@command.command()
@json_option
def upgrade(as_json: bool) -> None:
    """Apply every migration that is missing. Opening the workbench does so too."""
    from gtm_pipelines.record.backup import upgrade_with_backup
    from gtm_pipelines.record.migrate import current

    with _as_found() as bench:
        before = current(bench.record)
        made = upgrade_with_backup(bench.record, _backups(bench.settings), bench.clock.now())
        after = current(bench.record)
    if as_json:
        show_json({"before": before, "after": after, "backup": made.backup if made else None})
    else:
        click.echo(f"The record is at revision {after}" + (", as before." if before == after else f" (was {before or 'empty'})."))
        if made and made.backup:
            click.echo(f"As it was before, it is in {made.backup}.")


@command.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@json_option
def backup(file: Path | None, as_json: bool) -> None:
    """Copy the record to FILE while others go on using it; by default into the home folder's 'backups'."""
    from gtm_pipelines.record.backup import back_up

    with _as_found() as bench:
        report = back_up(bench.record, file) if file else bench.keeping.copy()
    if as_json:
        show_json(report)
    else:
        click.echo(f"Backed up to {report.path} ({report.size_bytes / 1e6:.1f} MB, revision {report.revision}).")


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace a record that holds rows; a safety copy is made first.")
@by_option("Who restores, for the audit trail.")
@json_option
def restore(file: Path, force: bool, by: str, as_json: bool) -> None:
    """Put the backup FILE in the record's place. It may not send until 'gtm adopt' says so.

    Restore only files that you trust: a PostgreSQL backup is a script.
    """
    from gtm_pipelines.record.backup import restore as put_back

    with _as_found() as bench:
        safety = _backups(bench.settings)
        report = put_back(
            bench.record, file, safety_folder=safety, at=bench.clock.now(), by=f"person:{by.removeprefix('person:')}", force=force
        )
        _forget_copies(bench.settings)
    if as_json:
        show_json(report)
        return
    click.echo(f"Restored {report.rows:,} rows from {report.path}.")
    if report.safety_copy:
        click.echo(f"What was there before is in {report.safety_copy}.")
    click.echo("Nothing is sent from here until 'gtm adopt'. Figures return with the next run of the pipeline.")


def _backups(settings: Settings) -> Path:
    from gtm_pipelines.record.backup import FOLDER

    return settings.home_path / FOLDER


def _forget_copies(settings: Settings) -> None:
    """Remove the warehouse and its marts: copies of the record that was replaced, rebuilt by the next run."""
    settings.warehouse_path.unlink(missing_ok=True)
    settings.warehouse_path.with_name(settings.warehouse_path.name + ".wal").unlink(missing_ok=True)
    shutil.rmtree(settings.marts_path, ignore_errors=True)
