"""What was counted of a record, kept for as long as nobody writes anything to it: never a figure that is out of date.

Whether anything was written is asked of the engine itself, so that writes of every process are known, and undone ones do
no harm. While something writes all the time, everything is read anew, as if nothing were kept.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa

T = TypeVar("T")
MOST = 64
"""Answers kept; the one asked for longest ago goes first."""
_MEMORY = ("", ":memory:")


class Unchanged:
    """Keeps answers until something is written."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, tuple[Hashable, Any]] = OrderedDict()
        self._watch: sqlite3.Connection | None = None
        self._turn = threading.Lock()

    def kept(self, engine: sa.Engine, key: Hashable, read: Callable[[], T]) -> T:
        """Return what ``read`` returned for ``key`` before, if nothing was written since then; else ask it.

        Args:
            engine: of the record.
            key: names what is read.
            read: reads it; of nothing but the record, so not of the time of day.
        """
        with self._turn:
            mark = self._mark(engine)
            held = self._kept.get(key)
            if mark is not None and held is not None and held[0] == mark:
                self._kept.move_to_end(key)
                return held[1]  # type: ignore[no-any-return]
        found = read()
        with self._turn:
            self._kept[key] = (mark, found)
            self._kept.move_to_end(key)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return found

    def close(self) -> None:
        """Close the connection that watches; the next question opens another."""
        with self._turn:
            self._kept.clear()
            if self._watch is not None:
                self._watch.close()
                self._watch = None

    def _mark(self, engine: sa.Engine) -> Hashable:
        """Return what differs once anything was written; ``None`` where that cannot be told."""
        if engine.dialect.name == "postgresql":
            with engine.connect() as connection:
                return str(connection.execute(sa.text("select txid_current_snapshot()::text")).scalar_one())
        path = engine.url.database or ""
        if path in _MEMORY or not Path(path).exists():
            return None
        if self._watch is None:
            self._watch = sqlite3.connect(path, check_same_thread=False)
        return int(self._watch.execute("PRAGMA data_version").fetchone()[0])
