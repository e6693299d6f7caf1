"""Reads the record a batch of columns at a time, in types DuckDB takes as they are.

Memory is bounded by ``BATCH_ROWS``, whatever the table's size. Moments come over as
text from SQLite and as naive UTC from PostgreSQL; DuckDB makes ``TIMESTAMP`` of both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
import sqlalchemy as sa

from gtm_pipelines.record import tables
from gtm_pipelines.record.tables import UtcDateTime

BATCH_ROWS = 50_000

_LEFT_OUT: dict[str, frozenset[str]] = {
    "inbound_message": frozenset({"raw", "text"}),
    "import_row": frozenset({"raw"}),
    "duplicate_pair": frozenset({"reasons"}),
    "entity_merge": frozenset({"before", "chosen"}),
    "message": frozenset({"body"}),
    "grounding": frozenset({"claims", "findings"}),
    "overruling": frozenset({"words", "reason"}),
    "judgement": frozenset({"reasons"}),
    "lookup": frozenset({"answer", "error_text", "request_key"}),
    "page": frozenset({"text", "data"}),
    "research_run": frozenset({"plan", "scope", "reason"}),
    "interaction": frozenset({"inputs", "outputs", "error_text"}),
}
"""Blobs and bodies no mart asks for. ``revision`` keeps its text: training examples are made of it."""


@dataclass(frozen=True)
class Column:
    """One column as copied: its DuckDB type and how it comes out of the record."""

    name: str
    duckdb_type: str
    frame_type: pl.DataType
    expression: sa.ColumnElement[Any]


def columns(table: sa.Table, *, sqlite: bool) -> tuple[Column, ...]:
    """Return the columns of ``table`` that are copied, in order."""
    left_out = _LEFT_OUT.get(table.name, frozenset())
    return tuple(_column(c, sqlite=sqlite) for c in table.columns if c.name not in left_out)


def _column(column: sa.Column[Any], *, sqlite: bool) -> Column:
    kind = column.type
    if isinstance(kind, UtcDateTime):
        if sqlite:
            return Column(column.name, "TIMESTAMP", pl.String(), sa.type_coerce(column, sa.Text))
        return Column(column.name, "TIMESTAMP", pl.Datetime("us"), sa.func.timezone("UTC", column))
    if isinstance(kind, sa.JSON):
        return Column(column.name, "JSON", pl.String(), sa.cast(column, sa.Text))
    if isinstance(kind, sa.Boolean):
        if sqlite:
            return Column(column.name, "BOOLEAN", pl.Int64(), sa.type_coerce(column, sa.Integer))
        return Column(column.name, "BOOLEAN", pl.Boolean(), column)
    if isinstance(kind, sa.Integer):
        return Column(column.name, "BIGINT", pl.Int64(), column)
    if isinstance(kind, sa.Float):
        return Column(column.name, "DOUBLE", pl.Float64(), column)
    return Column(column.name, "VARCHAR", pl.String(), column)


def batches(
    connection: sa.Connection, table: sa.Table, shape: tuple[Column, ...], *where: sa.ColumnElement[bool]
) -> Iterator[pl.DataFrame]:
    """Yield the rows that match as frames of at most ``BATCH_ROWS``."""
    statement = sa.select(*(c.expression.label(c.name) for c in shape)).select_from(table).where(*where)
    result = connection.execution_options(yield_per=BATCH_ROWS).execute(statement)
    for rows in result.partitions():
        # series, not arrow arrays: making those would load pandas
        yield pl.DataFrame(
            [pl.Series(c.name, values, c.frame_type) for c, values in zip(shape, zip(*rows, strict=True), strict=True)]
        )


@dataclass(frozen=True)
class Extent:
    """How far a table reaches: its rows, its greatest id and its latest change."""

    rows: int
    last_id: str | None
    last_change: datetime | None


def extent(connection: sa.Connection, table: sa.Table, workspace_id: str, *, up_to: str | None = None) -> Extent:
    """Measure a record table, or the part of it up to an id."""
    changed = table.c.get("updated_at")
    statement = sa.select(
        sa.func.count(), sa.func.max(table.c.id), sa.func.max(changed) if changed is not None else sa.null()
    ).where(table.c.workspace_id == workspace_id)
    if up_to is not None:
        statement = statement.where(table.c.id <= up_to)
    rows, last_id, last_change = connection.execute(statement).one()
    return Extent(rows, last_id, last_change.replace(tzinfo=None) if last_change else None)


def record_table(name: str) -> sa.Table:
    """Return a table of the record by name."""
    return tables.metadata.tables[name]
