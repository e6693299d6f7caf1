"""Inserts that know about conflicts, and bulk writes, the same on both engines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from gtm_pipelines.record.engine import Record

LOOKUP_SIZE = 5_000
"""Most values in one IN list; SQLite takes 32,766 variables a statement, PostgreSQL 65,535."""

T = TypeVar("T")


def upsert(record: Record, table: sa.Table) -> Any:
    """Return the engine's own insert, with ``on_conflict_do_nothing`` and ``on_conflict_do_update``.

    Typed ``Any``: the two dialects share these methods but no base class that declares them.
    """
    return sqlite.insert(table) if record.is_sqlite else postgresql.insert(table)


def insert_many(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert ``rows`` in one ``executemany``; every row must have the same keys."""
    if rows:
        connection.execute(sa.insert(table), rows)


def chunks(values: Iterable[T], size: int = LOOKUP_SIZE) -> Iterator[list[T]]:
    """Yield ``values`` in lists of at most ``size``."""
    iterator = iter(values)
    while part := list(islice(iterator, size)):
        yield part
