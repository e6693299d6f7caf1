"""A filter tree as a SQLAlchemy condition. Every value is bound, every column allow-listed.

Conditions never yield SQL's unknown: a positive one also requires a value to be
there, a negative one is the positive one's ``NOT``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.record.tables import campaign, company, contact, target
from gtm_pipelines.record.text import LIKE_ESCAPE, fold, fold_text, like_pattern
from gtm_pipelines.segments.fields import FilterError, FilterField, attribute_name, find_field
from gtm_pipelines.segments.model import Condition, Entity, FilterTree, Group

Clause = sa.ColumnElement[bool]
_TABLES: Mapping[str, sa.Table] = {"contact": contact, "company": company}
_NEGATIONS = {"ne": "eq", "not_in": "in", "is_not_empty": "is_empty", "older_than_days": "within_days"}


def compile_filter(tree: FilterTree, *, entity: Entity, now: datetime) -> Clause:
    """Return the condition a row must meet.

    Args:
        tree: a valid filter.
        entity: what is selected; a filter over companies names company fields only.
        now: the moment from which days are counted.

    Raises:
        FilterError: a filter over companies names a contact's field or history.
    """
    if entity == "company":
        for condition in tree.conditions():
            if find_field(condition.field).table != "company":
                raise FilterError(f"{condition.field} belongs to contacts. A filter over companies uses company fields only.")
    return _group(tree, now)


def tables_of(tree: FilterTree) -> frozenset[str]:
    """Return the tables a filter reads: ``contact``, ``company``, ``campaign``."""
    return frozenset(find_field(condition.field).table for condition in tree.conditions())


def _group(group: Group, now: datetime) -> Clause:
    clauses = [_group(node, now) if isinstance(node, Group) else _condition(node, now) for node in group.nodes]
    if group.kind == "all":
        return sa.and_(sa.true(), *clauses)
    joined = sa.or_(*clauses)
    return joined if group.kind == "any" else sa.not_(joined)


def _condition(condition: Condition, now: datetime) -> Clause:
    field = find_field(condition.field)
    positive = _NEGATIONS.get(condition.op, condition.op)
    compare = _history if field.table == "campaign" else _COMPARISONS[field.type]
    clause = compare(field, positive, condition.value, now)
    return sa.not_(clause) if positive != condition.op else clause


def _column(field: FilterField) -> sa.ColumnElement[Any]:
    attribute = attribute_name(field.name)
    if attribute:
        return sa.cast(_TABLES[attribute[0]].c.attributes[attribute[1]].as_string(), sa.Text)
    table, _, name = field.name.partition(".")
    return _TABLES[table].c[name]


def _text(field: FilterField, op: str, value: Any, _now: datetime) -> Clause:
    column = _column(field)
    if op == "is_empty":
        return sa.func.trim(sa.func.coalesce(column, "")) == ""
    folded = fold(column)
    if op == "eq":
        clause = folded == fold_text(value)
    elif op == "in":
        clause = folded.in_([fold_text(item) for item in value])
    else:
        clause = folded.like(like_pattern(value, before="%" if op == "contains" else ""), escape=LIKE_ESCAPE)
    return sa.and_(column.is_not(None), clause)


def _number(field: FilterField, op: str, value: Any, _now: datetime) -> Clause:
    column = _column(field)
    if op == "is_empty":
        return column.is_(None)
    clause = column.in_(list(value)) if op == "in" else _ORDER[op](column, value)
    return sa.and_(column.is_not(None), clause)


def _flag(field: FilterField, op: str, value: Any, _now: datetime) -> Clause:
    column = _column(field)
    if op == "is_empty":
        return column.is_(None)
    return sa.and_(column.is_not(None), column.is_(sa.true()) if value else column.is_(sa.false()))


def _moment(field: FilterField, op: str, value: Any, now: datetime) -> Clause:
    column = _column(field)
    if op == "is_empty":
        return column.is_(None)
    if op == "within_days":
        return sa.and_(column.is_not(None), column >= now - timedelta(days=value))
    moment = datetime.fromisoformat(value)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return sa.and_(column.is_not(None), column < moment if op == "before" else column > moment)


def _history(_field: FilterField, op: str, value: Any, _now: datetime) -> Clause:
    """Whether the contact was a target of a campaign so named; ``is_empty``: of none."""
    query = (
        sa.select(sa.literal(1))
        .select_from(target.join(campaign, campaign.c.id == target.c.campaign_id))
        .where(target.c.contact_id == contact.c.id, target.c.workspace_id == contact.c.workspace_id)
        .correlate(contact)
    )
    if op == "is_empty":
        return sa.not_(query.exists())
    names = [fold_text(item) for item in (value if op == "in" else (value,))]
    return query.where(fold(campaign.c.name).in_(names)).exists()


_ORDER: Mapping[str, Callable[[Any, Any], Clause]] = {
    "eq": lambda column, value: column == value,
    "gt": lambda column, value: column > value,
    "gte": lambda column, value: column >= value,
    "lt": lambda column, value: column < value,
    "lte": lambda column, value: column <= value,
}
_COMPARISONS = {"text": _text, "number": _number, "flag": _flag, "moment": _moment}
