"""Values by column: a chunk of records is normalised one column at a time.

A column of a list repeats itself (countries, titles, firms), so most of its cells are answered
by what was said of the same text before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from json.encoder import encode_basestring_ascii
from operator import itemgetter
from typing import Any, TypeVar

A = TypeVar("A")
B = TypeVar("B")
Column = list[Any]
"""One value a record, ``None`` where there is none."""


def each(function: Callable[[A], B | None], column: Sequence[A | None]) -> list[B | None]:
    """Apply ``function`` to every value that is there, once for values that repeat."""
    if varies(column):
        return [None if value is None else function(value) for value in column]
    distinct = set(column)
    answers: dict[A | None, B | None] = {value: function(value) for value in distinct if value is not None}
    answers[None] = None
    return [answers[value] for value in column]


def varies(column: Sequence[Any]) -> bool:
    """Tell whether most values of a column differ, by its first thousand: repeated ones are worth looking up."""
    first = column[:1_000]
    return len(set(first)) * 2 > len(first)


def pairs(function: Callable[[A, B | None], str | None], first: Sequence[A | None], second: Sequence[B | None]) -> Column:
    """Apply ``function`` to the values of two columns, wherever the first has one."""

    def of_pair(pair: tuple[A | None, B | None]) -> str | None:
        return None if pair[0] is None else function(pair[0], pair[1])

    return each(of_pair, list(zip(first, second, strict=True)))


def pick(column: Sequence[A], keep: Sequence[int]) -> list[A]:
    """Return the values at the positions ``keep``; none of a column that is not there."""
    if not column:
        return []
    if len(keep) < 2:
        return [column[position] for position in keep]
    return list(itemgetter(*keep)(column))


def filled(column: Sequence[str | None]) -> Sequence[str]:
    """Return a column of texts with empty ones where there is none."""
    return ["" if text is None else text for text in column] if None in column else column  # type: ignore[return-value]


def objects(columns: Iterable[tuple[str, Column]], count: int) -> list[str]:
    """Write a JSON object a record from texts by name, as ``json.dumps`` would, without what is not there."""
    parts = [_members(name, column) for name, column in columns]
    if not parts:
        return ["{}"] * count
    if any(None in part for part in parts):
        return ["{" + ", ".join(filter(None, cells)) + "}" for cells in zip(*parts, strict=True)]
    return ["{" + members + "}" for members in map(", ".join, zip(*parts, strict=True))]


def _members(name: str, column: Column) -> Column:
    key = f"{encode_basestring_ascii(name)}: "

    def member(text: str) -> str:
        return key + encode_basestring_ascii(text)

    if None in column or not varies(column):
        return each(member, column)
    return [key + text for text in map(encode_basestring_ascii, column)]
