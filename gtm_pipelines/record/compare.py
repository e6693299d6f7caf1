"""Comparisons of texts and numbers that give one answer on both engines, fast on each.

On SQLite a function written in Python costs a microsecond a row: a second for a million.
So a text is compared by the engine's own operators wherever that is exact: ``LIKE`` and
``NOCASE`` for ASCII, ``GLOB`` with both cases of each letter for other alphabets, which
can only match values that are not ASCII themselves. PostgreSQL folds by ICU.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from gtm_pipelines.record import compare_sql as elements
from gtm_pipelines.record.text import fold_text, like_pattern

Clause = sa.ColumnElement[bool]
_MAX_CODE = 0x1FFFF
_WORD_SIGNS = "0-9a-z_\u00df-\u00f6\u00f8-\u024f\u0370-\u03ff\u0400-\u052f"
"""What words are made of, folded: digits, Latin, Greek and Cyrillic letters; listed, because the engines' own ideas differ."""
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{0,15})?\Z")
_PATH_NAME = re.compile(r"[A-Za-z0-9 _.-]+\Z")
_PLAIN = re.compile(r"[A-Za-z0-9 _-]+\Z")
"""Texts that stand letter by letter in the JSON that holds them, whoever wrote it."""
_GAPS = str.maketrans(",", ".", " \u00a0\u202f'’")


def equals(column: sa.ColumnElement[Any], value: str) -> Clause:
    """``column`` is ``value``, whatever the case."""
    if value.isascii():
        return elements.same_ascii(column, _bound(fold_text(value)))
    return elements.like_letters(column, _bound(_glob(value, "", "")), _bound(like_pattern(value, before="", after="")))


def matches(column: sa.ColumnElement[Any], value: str, *, before: str = "%", after: str = "%") -> Clause:
    """``column`` holds ``value``, whatever the case; without ``before`` it starts so, without ``after`` it ends so."""
    pattern = _bound(like_pattern(value, before=before, after=after))
    if value.isascii():
        return elements.like_ascii(column, pattern)
    return elements.like_letters(column, _bound(_glob(value, "*" if before else "", "*" if after else "")), pattern)


def one_of(column: sa.ColumnElement[Any], values: Sequence[str]) -> Clause:
    """``column`` is one of many texts, whatever the case; they are sent as one parameter."""
    plain = [fold_text(value) or "" for value in values if value.isascii()]
    other = [fold_text(value) or "" for value in values if not value.isascii()]
    made: list[Clause] = [elements.among_ascii(column, *_listed(plain))] if plain else []
    return sa.or_(*made, *([elements.among_letters(column, *_listed(other))] if other else []))


def has_word(column: sa.ColumnElement[Any], word: str) -> Clause:
    """``column`` holds ``word`` (or words) with no letter or digit right before or after it, whatever the case."""
    folded = fold_text(word) or ""
    pattern = f"(^|[^{_WORD_SIGNS}]){re.escape(folded)}([^{_WORD_SIGNS}]|$)"
    return sa.case((matches(column, word), elements.word(column, _bound(folded), _bound(pattern))), else_=sa.false())


def word_in(text: str | None, folded: str) -> bool:
    """Tell whether a folded word stands in ``text``; ``has_word`` on SQLite and the rule for both."""
    return text is not None and bool(_word_pattern(folded).search(fold_text(text) or ""))


@lru_cache(maxsize=256)
def _word_pattern(folded: str) -> re.Pattern[str]:
    return re.compile(f"(?<![{_WORD_SIGNS}]){re.escape(folded)}(?![{_WORD_SIGNS}])")


def as_number(column: sa.ColumnElement[Any]) -> sa.ColumnElement[float]:
    """Read a text as a number, or null where it is none: ``1 200``, ``-3.5``, ``3,5``."""
    return elements.number(column)


def number_in(text: str | None) -> float | None:
    """Return the number a text is, or ``None``; ``as_number`` on SQLite and the rule for both.

    Spaces and apostrophes may group digits; one comma or point parts the fraction. At most 15 digits on each side.
    """
    if text is None:
        return None
    plain = str(text).translate(_GAPS)
    return float(plain) if _NUMBER.match(plain) else None


def json_text(column: sa.Column[Any], name: str) -> sa.ColumnElement[str]:
    """Return the text under ``name`` of a JSON object, whatever signs the name is made of."""
    element = elements.json_path if _PATH_NAME.match(name) else elements.json_member
    return element(column, _bound(f'$."{name}"'), _bound(name))


def mentions(column: sa.ColumnElement[Any], value: str) -> Clause:
    """Whether the JSON that ``column`` is read from may hold ``value``: a cheap look before a dear one."""
    if not isinstance(column, elements.json_path) or not _PLAIN.match(value):
        return sa.true()
    return elements.json_mentions(next(iter(column.clauses)), _bound(like_pattern(value)))


def unindexed(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """``column``, by which SQLite is not to look rows up.

    All rows of a record belong to one workspace or a few: reading the table through an
    index over the workspace takes longer than reading the table.
    """
    return elements.unindexed(column)


def _bound(value: Any) -> sa.BindParameter[Any]:
    return sa.bindparam(None, value, type_=sa.Text(), unique=True)


def _listed(values: list[str]) -> tuple[sa.BindParameter[Any], sa.BindParameter[Any]]:
    array = sa.bindparam(None, values, type_=postgresql.ARRAY(sa.Text), unique=True)
    return _bound(json.dumps(values, ensure_ascii=False)), array


@lru_cache(maxsize=1)
def _letters() -> dict[str, str]:
    """Folded letter → every letter that folds to it."""
    found: dict[str, str] = {}
    for code in range(128, _MAX_CODE):
        letter = chr(code)
        folded = fold_text(letter) or ""
        if folded != letter:
            found[folded] = found.get(folded, "") + letter
    return found


def _glob(value: str, before: str, after: str) -> str:
    signs = []
    for sign in fold_text(value) or "":
        others = sign.upper() if sign.isascii() else _letters().get(sign, "")
        signs.append(f"[{sign}{others}]" if others and others != sign else f"[{sign}]" if sign in "*?[" else sign)
    return before + "".join(signs) + after
