"""A filter tree in words, for people who check what they are about to write to."""

from __future__ import annotations

from typing import Any

from gtm_pipelines.segments.fields import find_field
from gtm_pipelines.segments.model import Condition, Entity, FilterTree, Group
from gtm_pipelines.segments.words import OPERATORS, Language, label

_SHOWN = 5


def describe(tree: FilterTree, *, entity: Entity = "contact", language: Language = "en") -> str:
    """Return one sentence, such as ``Contacts whose position contains "CTO".``"""
    words = OPERATORS[language]
    if not tree.nodes:
        return f"{words['all']} {words[entity].lower()}."
    told, negated = _group(tree, language, top=True), f"{words['not']} ("
    only_exception = len(tree.nodes) == 1 and isinstance(tree.nodes[0], Group) and tree.nodes[0].kind == "none"
    if told.startswith(negated) and (only_exception or tree.kind == "none"):
        return f"{words[entity]}, {words['but']} {told.removeprefix(negated).removesuffix(')')}."
    comma = "," if language == "ru" else ""
    return f"{words[entity]}{comma} {words['whose']} {told}."


def describe_condition(condition: Condition, language: Language = "en") -> str:
    """Return one comparison in words, such as ``position contains "CTO"``."""
    return _condition(condition, language)


def _group(group: Group, language: Language, *, top: bool = False) -> str:
    words = OPERATORS[language]
    parts = [_group(node, language) if isinstance(node, Group) else _condition(node, language) for node in group.nodes]
    joined = f" {words['and'] if group.kind == 'all' else words['or']} ".join(parts)
    if group.kind == "none":
        return f"{words['not']} ({joined})"
    return joined if top or len(parts) == 1 else f"({joined})"


def _condition(condition: Condition, language: Language) -> str:
    field, op, value, words = find_field(condition.field), condition.op, condition.value, OPERATORS[language]
    return f"{label(field, language)} {_compared(field.type, op, value, words)}"


def _compared(kind: str, op: str, value: Any, words: Any) -> str:
    if value is None:
        return str(words[op])
    if op in ("within_days", "older_than_days"):
        return str(words[op]).format(value)
    if isinstance(value, bool):
        return str(words["set" if value == (op == "eq") else "not_set"])
    quoted = kind != "moment"
    if op == "between":
        return f"{words[op]} {_value(value[0], quoted)} {words['and']} {_value(value[1], quoted)}"
    if op in ("in", "not_in"):
        return f"{words[op]} {_list(value, words)}"
    return f"{words[op]} {_value(value, quoted)}"


def _list(values: tuple[Any, ...], words: Any) -> str:
    shown = ", ".join(_value(value, True) for value in values[:_SHOWN])
    return shown if len(values) <= _SHOWN else f"{shown} {words['more'].format(len(values) - _SHOWN)}"


def _value(value: Any, quoted: bool) -> str:
    if not quoted:
        return str(value).removesuffix("T00:00:00")
    return f'"{value}"' if isinstance(value, str) else str(value)
