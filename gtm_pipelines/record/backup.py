"""Back the record up while others write to it, and put a backup back.

A restored record may not send: it does not know what was sent since the backup. That
is written into it before it takes the record's place, so no moment exists in which an
old queue could go out again. ``gtm adopt`` lifts it. Who was suppressed since stays so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from gtm_pipelines.errors import ConflictError, InputError, SettingsError
from gtm_pipelines.record import backup_postgres, backup_sqlite
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.migrate import current, head, known_revisions, upgrade
from gtm_pipelines.record.tables import metadata

FOLDER = "backups"
"""Where in the data folder copies of the record are kept."""


@dataclass(frozen=True)
class BackupReport:
    """A backup that was made."""

    path: Path
    engine: str
    revision: str
    size_bytes: int


@dataclass(frozen=True)
class RestoreReport:
    """A backup that was put back; ``safety_copy`` holds what it replaced."""

    path: Path
    engine: str
    rows: int
    safety_copy: Path | None


def suffix(record: Record) -> str:
    """Return how the name of a backup of this record ends."""
    return ".sqlite" if record.is_sqlite else ".sql.gz"


def back_up(record: Record, path: Path) -> BackupReport:
    """Write a consistent copy of the record to ``path``; readers and writers go on meanwhile.

    Raises:
        ConflictError: the file exists.
        InputError: the record is empty, without even its tables.
        SettingsError: PostgreSQL's client programs are missing.
    """
    if path.exists():
        raise ConflictError(f"{path} exists. Name another file, or remove that one.")
    revision = current(record)
    if revision is None:
        raise InputError("There is no record to back up yet. Import something first.")
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = backup_sqlite.write if record.is_sqlite else backup_postgres.write
    writer(record, path, revision)
    return BackupReport(path, record.engine.dialect.name, revision, path.stat().st_size)


@dataclass(frozen=True)
class Upgraded:
    """That a record was brought up to date, and where it stands as it was before; ``None`` where no copy could be made."""

    before: str
    after: str
    backup: Path | None

    @property
    def told(self) -> str:
        """The same in one line for people."""
        kept = f"as it was before, it is in {self.backup}" if self.backup else "no backup was made: pg_dump is missing"
        return f"The record was upgraded from {self.before} to {self.after}; {kept}."


def upgrade_with_backup(record: Record, folder: Path, at: datetime) -> Upgraded | None:
    """Apply every migration that is missing, on a record that holds something after a copy of it was made.

    Args:
        record: the record.
        folder: where the copy goes.
        at: now, for the copy's name.

    Returns:
        What was done; ``None`` of a record that is new or was up to date.

    Raises:
        SettingsError: the record was made by a newer version of the program.
    """
    before = current(record)
    if before is None or before == head() or before not in known_revisions():
        upgrade(record)
        return None
    copy: Path | None = folder / f"before-upgrade-{before}-{at:%Y%m%dT%H%M%S%f}{suffix(record)}"
    try:
        back_up(record, copy or folder)
    except SettingsError:
        copy = None
    return Upgraded(before, upgrade(record), copy)


def restore(record: Record, path: Path, *, safety_folder: Path, at: datetime, by: str, force: bool = False) -> RestoreReport:
    """Put the backup at ``path`` in the record's place, in one transaction, and take from it the right to send.

    Args:
        safety_folder: where the rows that are replaced are copied first.
        force: replace a record that holds rows.

    Raises:
        NotFoundError: there is no such file.
        InputError: the file is no backup, is damaged, or is of another engine, workspace or version.
        ConflictError: the record holds rows and ``force`` is not set.
    """
    reader = backup_sqlite if record.is_sqlite else backup_postgres
    reader.check(record, path)
    upgrade(record)
    safety_copy = None
    if count_rows(record):
        if not force:
            raise ConflictError("The record is not empty. Add --force to replace it; a safety copy is made first.")
        safety_copy = safety_folder / f"before-restore-{at:%Y%m%dT%H%M%S%f}{suffix(record)}"
        back_up(record, safety_copy)
    reader.load(record, path, at)
    with record.write() as connection:
        detail = {"file": path.name, "safety_copy": str(safety_copy) if safety_copy else None}
        add_audit(
            connection,
            record.workspace_id,
            actor=by,
            action="record.restore",
            subject_type="record",
            subject_id=None,
            at=at,
            detail=detail,
        )
    return RestoreReport(path, record.engine.dialect.name, sum(count_rows(record).values()), safety_copy)


def count_rows(record: Record) -> dict[str, int]:
    """Return the number of rows of each table that holds any, for this workspace."""
    counts = {}
    with record.read() as connection:
        for table in metadata.sorted_tables:
            query = sa.select(sa.func.count()).select_from(table).where(table.c.workspace_id == record.workspace_id)
            counts[table.name] = connection.execute(query).scalar_one()
    return {name: count for name, count in counts.items() if count}
