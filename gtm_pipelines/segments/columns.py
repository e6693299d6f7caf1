"""Comparisons of a row's own values: each positive, each requiring a value to be there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.record import compare
from gtm_pipelines.record.tables import UtcDateTime, company, contact
from gtm_pipelines.segments.fields import FilterField
from gtm_pipelines.segments.operators import NUMERIC, FieldType

Clause = sa.ColumnElement[bool]
Compare = Callable[[sa.ColumnElement[Any], str, Any, datetime], Clause]
_DAY = timedelta(days=1)


def column_of(field: FilterField) -> sa.ColumnElement[Any]:
    """Return a field's value in the row itself."""
    table = company if field.table == "company" else contact
    return compare.json_text(table.c.attributes, field.key) if field.source == "attribute" else table.c[field.key]


def text(column: sa.ColumnElement[Any], op: str, value: Any, now: datetime) -> Clause:
    """Compare a text, whatever the case; numerically where the operator is numeric."""
    if op == "is_not_empty":
        return sa.func.trim(sa.func.coalesce(column, "")) != ""
    if op in NUMERIC:
        return number(compare.as_number(column), op, value, now)
    return sa.and_(sa.true() if op == "in" else compare.mentions(column, value), _known(_text(column, op, value)))


def _text(column: sa.ColumnElement[Any], op: str, value: Any) -> Clause:
    if op in ("eq", "has"):
        return compare.equals(column, value)
    if op == "in":
        return compare.one_of(column, value)
    if op == "word":
        return compare.has_word(column, value)
    return compare.matches(column, value, before="" if op == "starts_with" else "%", after="" if op == "ends_with" else "%")


def _known(clause: Clause) -> Clause:
    """Read the unknown of a value that is not there as no; the value is read once, which counts for JSON."""
    return sa.func.coalesce(clause, sa.false(), type_=sa.Boolean())


def number(column: sa.ColumnElement[Any], op: str, value: Any, _now: datetime) -> Clause:
    """Compare a number."""
    if op == "is_not_empty":
        return column.is_not(None)
    if op == "between":
        return _known(column.between(_figure(value[0]), _figure(value[1])))
    return _known(column.in_([_figure(one) for one in value]) if op == "in" else _ORDER[op](column, _figure(value)))


def _figure(value: float) -> sa.BindParameter[float]:
    return sa.bindparam(None, float(value), type_=sa.Float(), unique=True)


def flag(column: sa.ColumnElement[Any], op: str, value: Any, _now: datetime) -> Clause:
    """Compare yes or no."""
    if op == "is_not_empty":
        return column.is_not(None)
    return sa.and_(column.is_not(None), column.is_(sa.true()) if value else column.is_(sa.false()))


def moment(column: sa.ColumnElement[Any], op: str, value: Any, now: datetime) -> Clause:
    """Compare a moment; days are UTC's, and ``between`` two days takes in the last one."""
    if op == "is_not_empty":
        return column.is_not(None)
    low, high = _span(op, value, now)
    clauses: list[Clause] = [column.is_not(None)]
    if low is not None:
        clauses.append(column > _at(low) if op == "after" else column >= _at(low))
    if high is not None:
        clauses.append(column < _at(high))
    return sa.and_(*clauses)


def _span(op: str, value: Any, now: datetime) -> tuple[datetime | None, datetime | None]:
    if op == "within_days":
        return now - timedelta(days=value), None
    if op == "before":
        return None, _read(value)
    if op == "after":
        return _read(value), None
    first, last = (value, value) if op == "on" else value
    end = _read(last)
    if op == "on":
        return _midnight(end), _midnight(end) + _DAY
    return _read(first), end + (_DAY if end == _midnight(end) else timedelta(microseconds=1))


def _read(value: str) -> datetime:
    read = datetime.fromisoformat(value)
    return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)


def _midnight(value: datetime) -> datetime:
    return value.replace(hour=0, minute=0, second=0, microsecond=0)


def _at(value: datetime) -> sa.BindParameter[datetime]:
    return sa.bindparam(None, value, type_=UtcDateTime(), unique=True)


_ORDER: Mapping[str, Callable[[Any, Any], Clause]] = {
    "eq": lambda column, value: column == value,
    "gt": lambda column, value: column > value,
    "gte": lambda column, value: column >= value,
    "lt": lambda column, value: column < value,
    "lte": lambda column, value: column <= value,
}
COMPARISONS: Mapping[FieldType, Compare] = {
    "text": text,
    "mixed": text,
    "words": text,
    "number": number,
    "flag": flag,
    "moment": moment,
}
