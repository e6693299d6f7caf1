"""Folding text for comparison: the same answer in Python, SQLite and PostgreSQL.

SQLite's own ``lower`` knows only ASCII, and PostgreSQL's depends on the database's
locale. ``fold`` lowers every alphabet and reads Russian ``ё`` as ``е`` on both.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

SQLITE_FUNCTION = "gtm_fold"
LIKE_ESCAPE = "\\"


def fold_text(value: object) -> str | None:
    """Return ``value`` in the form in which texts are compared; ``None`` stays ``None``."""
    if value is None:
        return None
    return str(value).lower().replace("ё", "е")


class fold(sa.sql.functions.FunctionElement[str]):  # noqa: N801 - reads as an SQL function
    """``fold(column)`` in a statement."""

    type = sa.Text()
    inherit_cache = True
    name = "fold"


@compiles(fold, "sqlite")
def _fold_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    return f"{SQLITE_FUNCTION}({compiler.process(element.clauses, **kw)})"


@compiles(fold, "postgresql")
def _fold_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    return f"replace(lower(({compiler.process(element.clauses, **kw)}) COLLATE \"und-x-icu\"), 'ё', 'е')"


def like_pattern(value: str, *, before: str = "%", after: str = "%") -> str:
    """Return a ``LIKE`` pattern that takes ``value`` literally, folded; escape with ``LIKE_ESCAPE``."""
    folded = fold_text(value) or ""
    for character in (LIKE_ESCAPE, "%", "_"):
        folded = folded.replace(character, LIKE_ESCAPE + character)
    return f"{before}{folded}{after}"
