"""The operators of a filter: which kinds of field take which, and what they compare with."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal

FieldType = Literal["text", "number", "flag", "moment", "mixed", "words"]
"""``mixed``: text that may be compared as a number too. ``words``: several texts at once, such as tags."""
Operator = Literal[
    "eq", "ne", "in", "not_in", "contains", "not_contains", "starts_with", "ends_with", "word", "has", "has_not",
    "gt", "gte", "lt", "lte", "between", "on", "before", "after", "older_than_days", "within_days", "is_empty", "is_not_empty",
]  # fmt: skip

MAX_VALUES = 1_000
MAX_TEXT = 500
MAX_DAYS = 36_500

EMPTY: tuple[Operator, ...] = ("is_empty", "is_not_empty")
LISTS: tuple[Operator, ...] = ("in", "not_in")
DAYS: tuple[Operator, ...] = ("older_than_days", "within_days")
NUMERIC: tuple[Operator, ...] = ("gt", "gte", "lt", "lte", "between")
_TEXT: tuple[Operator, ...] = ("eq", "ne", *LISTS, "contains", "not_contains", "starts_with", "ends_with", "word")
OPERATORS: Mapping[FieldType, tuple[Operator, ...]] = {
    "text": (*_TEXT, *EMPTY),
    "mixed": (*_TEXT, *NUMERIC, *EMPTY),
    "number": ("eq", "ne", *LISTS, *NUMERIC, *EMPTY),
    "flag": ("eq", "ne", *EMPTY),
    "moment": ("on", "before", "after", "between", *DAYS, *EMPTY),
    "words": ("has", "has_not", *LISTS, *EMPTY),
}


def checked_value(name: str, kind: FieldType, op: Operator, value: Any) -> Any:
    """Return ``value`` as it is stored in a filter.

    Args:
        name: of the field, for the error's text.
        kind: what the field holds.
        op: one of the field's operators.
        value: as given.

    Raises:
        ValueError: the operator needs something else; the text says what.
    """
    if op in EMPTY:
        if value is not None:
            raise ValueError(f"'{op}' takes no value")
        return None
    if op in LISTS:
        if not isinstance(value, (list, tuple)) or not 1 <= len(value) <= MAX_VALUES:
            raise ValueError(f"'{op}' needs a list of 1 to {MAX_VALUES} values")
        return tuple(_scalar(name, kind, item) for item in value)
    if op in DAYS:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_DAYS:
            raise ValueError(f"'{op}' needs a whole number of days from 0 to {MAX_DAYS}")
        return value
    kind = "number" if kind == "mixed" and op in NUMERIC else kind
    if op == "between":
        if not isinstance(value, (list, tuple)) or len(value) != 2:
            raise ValueError("'between' needs a list of two values, the lower one first")
        return tuple(_scalar(name, kind, item) for item in value)
    return _scalar(name, kind, value)


def storable(text: str) -> bool:
    """Tell whether both engines can hold a text: no NUL, no half of a surrogate pair."""
    return "\x00" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


def _scalar(name: str, kind: FieldType, value: Any) -> Any:
    if kind in ("text", "mixed", "words"):
        if not isinstance(value, str) or not 0 < len(value.strip()) <= MAX_TEXT or not storable(value):
            raise ValueError(f"{name} is compared with a text of 1 to {MAX_TEXT} characters")
        return value.strip()
    if kind == "flag":
        if not isinstance(value, bool):
            raise ValueError(f"{name} is compared with true or false")
        return value
    return _number(name, value) if kind == "number" else _moment(name, value)


def _number(name: str, value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value) or abs(value) >= 1e15:
        raise ValueError(f"{name} is compared with a number")
    return int(value) if value == int(value) else value


def _moment(name: str, value: Any) -> str:
    if isinstance(value, (datetime, date)):
        value = value.isoformat()
    try:
        return datetime.fromisoformat(value).isoformat()
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} is compared with a date such as 2026-01-31") from error
