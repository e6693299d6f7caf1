"""Statements compiled for one record serve the next: most tests open a record of their own."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.util import LRUCache


class Statements(LRUCache[Any, Any]):
    """What SQLAlchemy compiled, kept by the kind of engine; by the engine itself each test would compile it all again."""

    def get(self, key: Any, default: Any = None) -> Any:
        """Return what was compiled for any engine of the kind."""
        return super().get(_by_kind(key), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(_by_kind(key), value)


def _by_kind(key: tuple[Any, ...]) -> tuple[Any, ...]:
    dialect, *rest = key
    return (type(dialect), *rest)


def share_statements() -> None:
    """Let every engine of this process use the same statements."""
    compiled = Statements(5_000)

    @sa.event.listens_for(sa.Engine, "engine_connect")
    def use(connection: sa.Connection) -> None:
        connection.execution_options(compiled_cache=compiled)
