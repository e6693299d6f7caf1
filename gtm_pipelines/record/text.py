"""Case-insensitive text, the same on both engines and in every alphabet.

SQLite's ``LIKE`` folds ASCII only and PostgreSQL's ``lower`` depends on the database's
locale. ``fold`` lowers every alphabet, reads Russian ``ё`` as ``е`` and the Greek final
sigma as sigma on both, letter by letter: a letter's form never depends on its neighbours.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

SQLITE_FUNCTION = "gtm_fold"
LIKE_ESCAPE = "\\"

_OUTSIDE = (("İ", "ı"), ("\u212a", "ĸ"))
"""The two signs beyond ASCII that would lower to ASCII (dotted capital I, kelvin): kept out of it, so that
an ASCII text can be looked for by the engine's own ``LIKE``."""
_ONE_FORM = (("ё", "е"), ("ς", "σ"))
"""Replaced one after the other: a hundred thousand mails are searched ten times as fast as by a table of letters."""


def fold_text(value: object) -> str | None:
    """Return ``value`` in the form in which texts are compared; ``None`` stays ``None``."""
    if value is None:
        return None
    text = str(value)
    if text.isascii():
        return text.lower()
    for before, after in _OUTSIDE:
        text = text.replace(before, after)
    text = text.lower()
    for before, after in _ONE_FORM:
        text = text.replace(before, after)
    return text


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
    column = compiler.process(element.clauses, **kw)
    return f"translate(lower(translate({column}, 'İ\u212a', 'ıĸ') COLLATE \"und-x-icu\"), 'ёς', 'еσ')"


def like_pattern(value: str, *, before: str = "%", after: str = "%") -> str:
    """Return a ``LIKE`` pattern that takes ``value`` literally, folded; escape with ``LIKE_ESCAPE``."""
    folded = fold_text(value) or ""
    for character in (LIKE_ESCAPE, "%", "_"):
        folded = folded.replace(character, LIKE_ESCAPE + character)
    return f"{before}{folded}{after}"
