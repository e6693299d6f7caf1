"""A filter evaluated over plain Python values, letter by letter as the words of its operators say."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from gtm_pipelines.segments.fields import FilterField, find_field
from gtm_pipelines.segments.model import Condition, Group

WORD = "0-9a-z_\u00df-\u00f6\u00f8-\u024f\u0370-\u03ff\u0400-\u052f"


@dataclass
class Subject:
    """A person or a company: columns, attributes, tags, the newest facts, and moments and words of history."""

    columns: dict[str, Any]
    attributes: dict[str, str] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    history: dict[str, list[Any]] = field(default_factory=dict)
    company: Subject | None = None


def meets(node: Condition | Group, who: Subject, now: datetime) -> bool:
    """Tell whether somebody meets a filter."""
    if isinstance(node, Condition):
        return _condition(node, who, now)
    met = [meets(part, who, now) for part in node.nodes]
    return all(met) if node.kind == "all" else any(met) if node.kind == "any" else not any(met)


def _condition(condition: Condition, who: Subject, now: datetime) -> bool:
    known = find_field(condition.field)
    subject = who.company if known.table == "company" else who
    values = [] if subject is None else _values(known, subject)
    values = [value for value in values if value is not None]
    op, value = condition.op, condition.value
    opposite = {"ne": "eq", "not_in": "in", "not_contains": "contains", "has_not": "has", "is_empty": "is_not_empty"}
    if op in opposite:
        return not any(_holds(known, opposite[op], value, held, now) for held in values)
    if op == "older_than_days":
        return not any(_holds(known, "within_days", value, held, now) for held in values)
    return any(_holds(known, op, value, held, now) for held in values)


def _values(known: FilterField, subject: Subject) -> list[Any]:
    if known.source == "column":
        return [subject.columns.get(known.key)]
    if known.source == "attribute":
        return [subject.attributes.get(known.key)]
    if known.source == "fact":
        return [subject.facts.get(known.key, {}).get(known.part)]
    if known.source == "tags":
        return list(subject.tags)
    found = subject.history.get(known.key, [])
    return [max(found)] if found and known.type == "moment" else list(found)


def folded(text: str) -> str:
    """Lower letter by letter; two signs that would become ASCII stay outside it."""
    return "".join({"İ": "ı", "\u212a": "ĸ"}.get(sign) or sign.lower() for sign in text).replace("ё", "е").replace("ς", "σ")


def number(text: str) -> float | None:
    """Read a number whose digits may be grouped by spaces or apostrophes."""
    plain = re.sub("[ \u00a0\u202f'’]", "", text).replace(",", ".")
    return float(plain) if re.fullmatch(r"[+-]?[0-9]{1,15}(\.[0-9]{0,15})?", plain) else None


def _holds(known: FilterField, op: str, value: Any, held: Any, now: datetime) -> bool:
    if op == "is_not_empty":
        return bool(held.strip(" ")) if isinstance(held, str) else True
    if isinstance(held, datetime):
        return _moment(op, value, held, now)
    if isinstance(held, bool):
        return bool(held is value)
    if isinstance(held, (int, float)):
        return _number(op, value, held)
    if op in ("gt", "gte", "lt", "lte", "between"):
        read = number(held)
        return read is not None and _number(op, value, read)
    return _text(op, value, folded(held))


def _text(op: str, value: Any, held: str) -> bool:
    if op == "in":
        return held in [folded(item) for item in value]
    wanted = folded(value)
    if op == "word":
        return bool(re.search(f"(?<![{WORD}]){re.escape(wanted)}(?![{WORD}])", held))
    return {
        "eq": held == wanted,
        "has": held == wanted,
        "contains": wanted in held,
        "starts_with": held.startswith(wanted),
        "ends_with": held.endswith(wanted),
    }[op]


def _number(op: str, value: Any, held: float) -> bool:
    if op == "in":
        return held in value
    if op == "between":
        return bool(value[0] <= held <= value[1])
    return {"eq": held == value, "gt": held > value, "gte": held >= value, "lt": held < value, "lte": held <= value}[op]


def _moment(op: str, value: Any, held: datetime, now: datetime) -> bool:
    if op == "within_days":
        return held >= now - timedelta(days=value)
    if op == "between":
        return held.date() >= _day(value[0]).date() and held.date() <= _day(value[1]).date()
    day = _day(value)
    return {"on": held.date() == day.date(), "before": held < day, "after": held > day}[op]


def _day(value: str) -> datetime:
    return datetime.fromisoformat(value).replace(tzinfo=UTC)
