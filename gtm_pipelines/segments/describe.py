"""A filter tree in words, for people who check what they are about to write to."""

from __future__ import annotations

from typing import Any

from gtm_pipelines.segments.fields import find_field
from gtm_pipelines.segments.model import Condition, Entity, FilterTree, Group

_WORDS = {
    "ne": "is not",
    "gt": "is more than",
    "gte": "is at least",
    "lt": "is less than",
    "lte": "is at most",
    "contains": "contains",
    "starts_with": "starts with",
    "before": "is before",
    "after": "is after",
}
_SHOWN = 5


def describe(tree: FilterTree, *, entity: Entity = "contact") -> str:
    """Return one sentence, such as ``Contacts whose position contains "CTO".``"""
    who = "Contacts" if entity == "contact" else "Companies"
    if not tree.nodes:
        return f"All {who.lower()}."
    told = _group(tree, top=True)
    only_exception = len(tree.nodes) == 1 and isinstance(tree.nodes[0], Group) and tree.nodes[0].kind == "none"
    if told.startswith("not (") and (only_exception or tree.kind == "none"):
        return f"{who}, but not those whose {told.removeprefix('not (').removesuffix(')')}."
    return f"{who} whose {told}."


def _group(group: Group, *, top: bool = False) -> str:
    parts = [_group(node) if isinstance(node, Group) else _condition(node) for node in group.nodes]
    joined = (" and " if group.kind == "all" else " or ").join(parts)
    if group.kind == "none":
        return f"not ({joined})"
    return joined if top or len(parts) == 1 else f"({joined})"


def _condition(condition: Condition) -> str:
    label, op, value = find_field(condition.field).label, condition.op, condition.value
    if op in ("is_empty", "is_not_empty"):
        return f"{label} is {'empty' if op == 'is_empty' else 'known'}"
    if op == "within_days":
        return f"{label} is within the last {value} days"
    if op == "older_than_days":
        return f"{label} is not within the last {value} days"
    if op in ("in", "not_in"):
        return f"{label} is {'one of' if op == 'in' else 'none of'} {_list(value)}"
    if isinstance(value, bool):
        return f"{label} is {'set' if value == (op == 'eq') else 'not set'}"
    return f"{label} {_WORDS.get(op, 'is')} {_value(value, quoted=op not in ('before', 'after'))}"


def _list(values: tuple[Any, ...]) -> str:
    shown = ", ".join(_value(value) for value in values[:_SHOWN])
    return shown if len(values) <= _SHOWN else f"{shown} and {len(values) - _SHOWN} more"


def _value(value: Any, *, quoted: bool = True) -> str:
    if not quoted:
        return str(value).removesuffix("T00:00:00")
    return f'"{value}"' if isinstance(value, str) else str(value)
