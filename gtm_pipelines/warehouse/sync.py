"""Copies the record into DuckDB, reading only what is new.

Facts are found by id: identifiers sort by the moment they were made. Current state is
found by ``updated_at``, looking back over an overlap, since a transaction may commit
after a later one. Both are checked by count afterwards: facts that do not agree with the
record are read again over the overlap, and a table that still does not, after an erasure
or a restore, is copied whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import duckdb
import polars as pl
import sqlalchemy as sa

from gtm_pipelines.clock import Clock
from gtm_pipelines.record.engine import Record
from gtm_pipelines.warehouse import source
from gtm_pipelines.warehouse.model import TableSync
from gtm_pipelines.warehouse.source import Column, Extent

Connection = duckdb.DuckDBPyConnection
Progress = Callable[[int, int | None], None]
Kind = Literal["small", "facts", "state"]

OVERLAP = timedelta(minutes=15)
"""Longer than any transaction of the record and any drift between its machines' clocks."""

TABLES: Mapping[str, Kind] = {
    "import_batch": "small",
    "import_row": "facts",
    "company": "state",
    "contact": "state",
    "suppression": "small",
    "duplicate_pair": "state",
    "entity_merge": "small",
    "fact": "facts",
    "insight": "facts",
    "lookup": "state",
    "page": "facts",
    "research_run": "small",
    "research_spend": "state",
    "interaction": "facts",
    "segment": "small",
    "segment_version": "small",
    "pack_version": "small",
    "campaign": "small",
    "target": "state",
    "draft": "state",
    "draft_failure": "facts",
    "revision": "facts",
    "decision": "facts",
    "grounding": "facts",
    "overruling": "facts",
    "judgement": "facts",
    "message": "state",
    "message_event": "facts",
    "conversation": "state",
    "inbound_message": "state",
    "training_example": "state",
    "optimisation": "small",
    "benchmark_run": "small",
    "benchmark_score": "facts",
}
"""Small tables are copied whole each time."""

_PREPARE = """
CREATE SCHEMA IF NOT EXISTS record;
CREATE SCHEMA IF NOT EXISTS marts;
CREATE SCHEMA IF NOT EXISTS meta;
CREATE TABLE IF NOT EXISTS meta.sync (
    table_name VARCHAR, workspace_id VARCHAR, started_at TIMESTAMP, finished_at TIMESTAMP, mode VARCHAR, read BIGINT, rows BIGINT
);
"""


def prepare(warehouse: Connection, *, sqlite: bool) -> None:
    """Make every schema and copy that is not there yet, empty."""
    warehouse.execute(_PREPARE)
    for name in TABLES:
        shape = source.columns(source.record_table(name), sqlite=sqlite)
        warehouse.execute(f'CREATE TABLE IF NOT EXISTS record."{name}" ({_fields(shape)})')


@dataclass(frozen=True)
class TableCopy:
    """One table of the record and its copy, inside one warehouse transaction."""

    record: Record
    clock: Clock
    warehouse: Connection
    name: str

    @property
    def table(self) -> sa.Table:
        """The record's table."""
        return source.record_table(self.name)

    @property
    def shape(self) -> tuple[Column, ...]:
        """The columns that are copied."""
        return source.columns(self.table, sqlite=self.record.is_sqlite)

    def run(self, progress: Progress | None = None) -> TableSync:
        """Bring the copy up to date and note when that began."""
        started, watch = self.clock.now(), self.clock.monotonic()
        self.warehouse.execute(_PREPARE)
        with self.record.read() as connection:
            work = _Pass(self, connection, progress)
            mode, read = work.run(self._last_started())
        rows = self._count()
        note = [self.name, self.record.workspace_id, _naive(started), _naive(self.clock.now()), mode, read, rows]
        self.warehouse.execute("DELETE FROM meta.sync WHERE table_name = ?", [self.name])
        self.warehouse.execute("INSERT INTO meta.sync VALUES (?, ?, ?, ?, ?, ?, ?)", note)
        return TableSync(self.name, mode, read, rows, round(self.clock.monotonic() - watch, 3))

    def _last_started(self) -> datetime | None:
        """When the last copy began; ``None`` where the copy cannot be added to."""
        noted = self.warehouse.execute(
            "SELECT started_at FROM meta.sync WHERE table_name = ? AND workspace_id = ?", [self.name, self.record.workspace_id]
        ).fetchall()
        there = self.warehouse.execute(
            "SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = current_database() "
            "AND schema_name = 'record' AND table_name = ? ORDER BY column_index",
            [self.name],
        ).fetchall()
        if not noted or there != [(c.name, c.duckdb_type) for c in self.shape]:
            return None
        moment: datetime = noted[0][0]
        return moment

    def _count(self) -> int:
        return int(self.warehouse.execute(f'SELECT count(*) FROM record."{self.name}"').fetchall()[0][0])


@dataclass
class _Pass:
    """One reading of one table."""

    copy: TableCopy
    connection: sa.Connection
    progress: Progress | None
    read: int = 0

    def run(self, last_started: datetime | None) -> tuple[Literal["full", "incremental", "unchanged"], int]:
        kind = TABLES[self.copy.name]
        before = source.extent(self.connection, self.copy.table, self.copy.record.workspace_id)
        if kind == "small" or last_started is None:
            self._full()
            return "full", self.read
        there = self._extent()
        if kind == "facts" and (before.rows, before.last_id) == (there.rows, there.last_id):
            return "unchanged", 0
        for since in self._since(kind, last_started, there):
            self._incremental(since, replace=kind == "state")
            if self._agrees(before):
                return "incremental", self.read
        self._full()
        return "full", self.read

    def _since(self, kind: Kind, last_started: datetime, there: Extent) -> Iterator[sa.ColumnElement[bool]]:
        """Yield what to read, the least first; the next is tried if the copy does not agree then."""
        table = self.copy.table
        if kind == "state":
            moment = min(last_started, _naive(self.copy.clock.now())) - OVERLAP
            yield table.c.updated_at >= moment.replace(tzinfo=UTC)
        elif there.last_id:
            yield table.c.id > there.last_id
            floor = _id_before(there.last_id, OVERLAP)
            if floor:
                yield table.c.id >= floor

    def _full(self) -> None:
        self.copy.warehouse.execute(f'CREATE OR REPLACE TABLE record."{self.copy.name}" ({_fields(self.copy.shape)})')
        self._load(f'INSERT INTO record."{self.copy.name}" SELECT {_casts(self.copy.shape)} FROM incoming AS s')

    def _incremental(self, since: sa.ColumnElement[bool], *, replace: bool) -> None:
        self._load(_merge(self.copy.name, self.copy.shape, replace=replace), since)

    def _load(self, statement: str, *where: sa.ColumnElement[bool]) -> None:
        ours = self.copy.table.c.workspace_id == self.copy.record.workspace_id
        for batch in source.batches(self.connection, self.copy.table, self.copy.shape, ours, *where):
            self._take(batch, statement)

    def _take(self, batch: pl.DataFrame, statement: str) -> None:
        self.copy.warehouse.register("incoming", batch.to_arrow())
        self.copy.warehouse.execute(statement)
        self.copy.warehouse.unregister("incoming")
        self.read += batch.height
        if self.progress:
            self.progress(self.read, None)

    def _extent(self) -> Extent:
        latest = "max(updated_at)" if "updated_at" in self.copy.table.c else "NULL"
        statement = f'SELECT count(*), max(id), {latest} FROM record."{self.copy.name}"'
        return Extent(*self.copy.warehouse.execute(statement).fetchall()[0])

    def _agrees(self, before: Extent) -> bool:
        """Compare up to the copy's last id: on PostgreSQL rows may have come in meanwhile."""
        there = self._extent()
        here = source.extent(self.connection, self.copy.table, self.copy.record.workspace_id, up_to=there.last_id)
        seen = before.last_change is None or (there.last_change is not None and there.last_change >= before.last_change)
        return here.rows == there.rows and seen


def _fields(shape: tuple[Column, ...]) -> str:
    return ", ".join(f'"{c.name}" {c.duckdb_type}' for c in shape)


def _casts(shape: tuple[Column, ...]) -> str:
    return ", ".join(f's."{c.name}"::{c.duckdb_type}' for c in shape)


def _merge(name: str, shape: tuple[Column, ...], *, replace: bool) -> str:
    """Write the statement that adds new rows and, for current state, replaces those that differ."""
    incoming = ", ".join(f'"{c.name}"::{c.duckdb_type} AS "{c.name}"' for c in shape)
    names = [f'"{c.name}"' for c in shape]
    update = ""
    if replace:
        differs = " OR ".join(f"t.{n} IS DISTINCT FROM s.{n}" for n in names if n != '"id"')
        sets = ", ".join(f"{n} = s.{n}" for n in names if n != '"id"')
        update = f"WHEN MATCHED AND ({differs}) THEN UPDATE SET {sets}"
    return (
        f'MERGE INTO record."{name}" AS t USING (SELECT {incoming} FROM incoming) AS s ON t.id = s.id {update} '
        f"WHEN NOT MATCHED THEN INSERT ({', '.join(names)}) VALUES ({', '.join('s.' + n for n in names)})"
    )


def _id_before(last_id: str, span: timedelta) -> str | None:
    """Return the least identifier made ``span`` before ``last_id``; its first 48 bits are milliseconds."""
    try:
        moment = int(last_id[:12], 16) - int(span.total_seconds() * 1000)
    except ValueError:
        return None
    return format(max(0, moment), "012x") + "0" * 20


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
