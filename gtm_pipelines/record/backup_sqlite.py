"""Backups of a SQLite record, with SQLite's own online copy. A backup is one SQLite file."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from gtm_pipelines.errors import InputError, NotFoundError, TransientError
from gtm_pipelines.record import installation, protection
from gtm_pipelines.record.engine import Record, open_record
from gtm_pipelines.record.migrate import known_revisions, upgrade
from gtm_pipelines.record.tables import installation as installation_table

_MAGIC = b"SQLite format 3\x00"
_BUSY = "Another process is writing to the record. Stop 'gtm up', then restore again."


def write(record: Record, path: Path, _revision: str) -> None:
    """Copy the record to ``path``; the file appears there only when it is whole and checked."""
    with _part_beside(path) as part:
        with closing(sqlite3.connect(part)) as copy:
            with _raw(record) as live:
                # One step reads one snapshot. Page by page, each write by another process would begin it anew.
                live.backup(copy, pages=-1)
            copy.execute("PRAGMA journal_mode=DELETE")
            _require_sound(copy, path)
        part.replace(path)


def check(_record: Record, path: Path) -> None:
    """Refuse what is no whole backup of a version that this one can read.

    Raises:
        NotFoundError: there is no such file.
        InputError: the file is something else, damaged, or newer than this program.
    """
    if not path.is_file():
        raise NotFoundError(f"There is no file {path}. Name one that 'gtm db backup' wrote.")
    with path.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise InputError(f"{path} is no SQLite file. The record is SQLite; a PostgreSQL backup needs record_url set to it.")
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as copy:
        _require_sound(copy, path)
        try:
            revisions = [row[0] for row in copy.execute("SELECT version_num FROM alembic_version")]
        except sqlite3.DatabaseError as error:
            raise InputError(f"{path} is a SQLite file, but no backup of a record.") from error
    if not revisions or not set(revisions) <= known_revisions():
        raise InputError(f"{path} was written by a newer version (revision {', '.join(revisions)}). Update, then restore.")


def load(record: Record, path: Path, at: datetime) -> None:
    """Replace the record's content; a copy is upgraded, barred from sending and told whom to spare, then takes its place."""
    database = record.engine.url.database or ""
    with _part_beside(Path(database)) as part:
        with (
            closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(part)) as copy,
        ):
            source.backup(copy)
        with _raw(record) as live:
            before = _version(live)
            _make_safe(part, record, at)
            if _version(live) != before:  # perhaps somebody asked to be left alone, and the copy does not know it
                raise TransientError(_BUSY)
            with closing(sqlite3.connect(part)) as source:
                try:
                    source.backup(live, pages=-1)
                except sqlite3.OperationalError as error:
                    raise TransientError(_BUSY) from error


def _version(live: sqlite3.Connection) -> int:
    """Return what differs once another connection has written anything."""
    return int(live.execute("PRAGMA data_version").fetchone()[0])


def _make_safe(path: Path, record: Record, at: datetime) -> None:
    copy = open_record(f"sqlite:///{path}", record.workspace_id)
    try:
        upgrade(copy)
        with record.read() as live, copy.write() as connection:
            owners = set(connection.execute(sa.select(installation_table.c.workspace_id)).scalars())
            for workspace in owners | {record.workspace_id}:
                installation.disown(connection, workspace, at=at)
            protection.require_kin(live, connection, record.workspace_id)
            for table in protection.TABLES:
                rows = live.execute(protection.spared(table)).mappings().all()
                if rows:
                    connection.execute(sqlite_insert(table).on_conflict_do_nothing(), [dict(row) for row in rows])
        with copy.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        copy.close()


def _require_sound(copy: sqlite3.Connection, path: Path) -> None:
    try:
        verdict = copy.execute("PRAGMA quick_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        verdict = str(error)
    if verdict != "ok":
        raise InputError(f"The copy at {path} is damaged ({verdict}). Use another backup.")


@contextmanager
def _raw(record: Record) -> Iterator[sqlite3.Connection]:
    connection = record.engine.raw_connection()
    try:
        driver = connection.driver_connection
        if not isinstance(driver, sqlite3.Connection):
            raise TypeError("the record is not SQLite")
        yield driver
    finally:
        connection.close()


@contextmanager
def _part_beside(path: Path) -> Iterator[Path]:
    """Make an empty private file in the same folder, and leave nothing of it behind."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        for leftover in (name, f"{name}-wal", f"{name}-shm", f"{name}-journal"):
            Path(leftover).unlink(missing_ok=True)
