"""The filter builder: rows of field, operator and value in three groups, kept in the session."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any

import streamlit as st

from app.components.values import Suggest, ask
from gtm_pipelines.segments.fields import FilterField, find_field
from gtm_pipelines.segments.model import Condition, FilterTree, Group
from gtm_pipelines.segments.operators import EMPTY
from gtm_pipelines.segments.words import group as heading

GROUPS = {
    "all": ("All of these are true", "Add a condition"),
    "any": ("At least one of these is true", "Add an alternative"),
    "none": ("None of these is true", "Add an exception"),
}
OPERATORS = {
    "eq": "is",
    "ne": "is not",
    "in": "is one of",
    "not_in": "is none of",
    "contains": "contains",
    "not_contains": "does not contain",
    "starts_with": "starts with",
    "ends_with": "ends with",
    "word": "has the word",
    "has": "has",
    "has_not": "has not",
    "gt": "is more than",
    "gte": "is at least",
    "lt": "is less than",
    "lte": "is at most",
    "between": "is between",
    "on": "is on",
    "before": "is before",
    "after": "is after",
    "older_than_days": "is more than … days ago, or never",
    "within_days": "is within the last … days",
    "is_empty": "is empty",
    "is_not_empty": "is known",
}
_WORDS = {"in": "has one of", "not_in": "has none of", "is_empty": "there is none", "is_not_empty": "there is one"}
_STATE = "builder"
_ids = count(1)
Row = dict[str, Any]


def rows_of(group: str) -> list[Row]:
    """Return the rows of one group; each has an id, and what it starts from."""
    state: dict[str, list[Row]] = st.session_state.setdefault(_STATE, {name: [] for name in GROUPS})
    return state[group]


def load(tree: FilterTree | None) -> bool:
    """Put a saved filter into the builder; return False where it nests deeper than the builder shows."""
    split = {"all": [], "any": [], "none": []} if tree is None else _split(tree)
    if split is None:
        return False
    st.session_state[_STATE] = {
        name: [_row(c.field, c.op, list(c.value) if isinstance(c.value, tuple) else c.value) for c in conditions]
        for name, conditions in split.items()
    }
    return True


def build(fields: Sequence[FilterField], suggest: Suggest) -> tuple[dict[str, Any], int]:
    """Draw the builder; return the filter as it stands and how many rows still want a value.

    Args:
        fields: what may be named, in the order in which it is offered.
        suggest: the most frequent values of a field.
    """
    by_name = {field.name: field for field in sorted(fields, key=heading) if field.name != "campaign.name"}
    made: dict[str, list[dict[str, Any]]] = {}
    unfinished = 0
    for group, (title, add) in GROUPS.items():
        with st.container(border=True, gap="xsmall"):
            st.markdown(f"**{title}**")
            conditions = [_draw(group, row, by_name, suggest) for row in list(rows_of(group))]
            unfinished += conditions.count(None)
            made[group] = [c for c in conditions if c is not None]
            st.button(add, key=f"add:{group}", icon=":material/add:", type="tertiary", on_click=_add, args=(group,))
    nested = [{name: made[name]} for name in ("any", "none") if made[name]]
    return {"all": made["all"] + nested}, unfinished


def _split(tree: FilterTree) -> dict[str, list[Condition]] | None:
    found: dict[str, list[Condition]] = {"all": [], "any": [], "none": []}
    nodes: Sequence[Condition | Group] = tree.nodes if tree.kind == "all" else [tree]
    for node in nodes:
        if isinstance(node, Condition):
            found["all"].append(node)
            continue
        plain = [n for n in node.nodes if isinstance(n, Condition)]
        if node.kind == "all" or found[node.kind] or len(plain) != len(node.nodes):
            return None
        found[node.kind] = plain
    return found


def _row(field: str, op: str, value: Any = None) -> Row:
    return {"id": next(_ids), "field": field, "op": op, "value": value}


def _add(group: str) -> None:
    rows_of(group).append(_row("contact.position", "contains"))


def _remove(group: str, row_id: int) -> None:
    rows = rows_of(group)
    rows[:] = [row for row in rows if row["id"] != row_id]


def _shown(field: FilterField) -> str:
    """Return a field as it is offered, under the name it has in sentences: typing any part of it finds it."""
    return f"{heading(field)} · {field.label}"


def _draw(group: str, row: Row, fields: Mapping[str, FilterField], suggest: Suggest) -> dict[str, Any] | None:
    key = f"{group}:{row['id']}"
    of_field, of_op, of_value, of_remove = st.columns([5, 3, 5, 1], vertical_alignment="bottom")
    field = fields.get(row["field"]) or find_field(row["field"])
    names = [*fields] if row["field"] in fields else [*fields, row["field"]]
    with of_field:
        shown = {name: _shown(fields.get(name) or find_field(name)) for name in names}
        row["field"] = _pick("Field", names, row["field"], f"field:{key}", shown.__getitem__)
    field = fields.get(row["field"]) or find_field(row["field"])
    words = OPERATORS | (_WORDS if field.type == "words" else {})
    with of_op:
        row["op"] = _pick("Comparison", list(field.operators), row["op"], f"op:{key}:{row['field']}", words.__getitem__)
    with of_value:
        row["value"] = ask(field, row["op"], row["value"], f"value:{key}:{row['field']}:{row['op']}", suggest)
    of_remove.button(
        "",
        key=f"remove:{key}",
        icon=":material/close:",
        type="tertiary",
        help="Remove",
        on_click=_remove,
        args=(group, row["id"]),
    )
    return _condition(row)


def _pick(label: str, options: list[str], start: str, key: str, shown: Callable[[str], str]) -> str:
    st.session_state.setdefault(key, start if start in options else options[0])
    return st.selectbox(label, options, format_func=shown, key=key, label_visibility="collapsed")


def _condition(row: Row) -> dict[str, Any] | None:
    if row["op"] in EMPTY:
        return {"field": row["field"], "op": row["op"]}
    if row["value"] in (None, "", []):
        return None
    return {"field": row["field"], "op": row["op"], "value": row["value"]}
