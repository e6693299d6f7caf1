"""The filter builder: rows of field, operator and value in three groups, kept in the session."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from itertools import count
from typing import Any

import streamlit as st

from app.components.text import escaped
from gtm_pipelines.segments.fields import FilterField, find_field
from gtm_pipelines.segments.model import Condition, FilterTree, Group

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
    "starts_with": "starts with",
    "gt": "is more than",
    "gte": "is at least",
    "lt": "is less than",
    "lte": "is at most",
    "before": "is before",
    "after": "is after",
    "older_than_days": "is more than … days ago",
    "within_days": "is within the last … days",
    "is_empty": "is empty",
    "is_not_empty": "is known",
}
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


def build(fields: Sequence[FilterField]) -> tuple[dict[str, Any], int]:
    """Draw the builder; return the filter as it stands and how many rows still want a value."""
    by_name = {field.name: field for field in fields}
    made: dict[str, list[dict[str, Any]]] = {}
    unfinished = 0
    for group, (title, add) in GROUPS.items():
        with st.container(border=True, gap="xsmall"):
            st.markdown(f"**{title}**")
            conditions = [_draw(group, row, by_name) for row in list(rows_of(group))]
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


def _draw(group: str, row: Row, fields: Mapping[str, FilterField]) -> dict[str, Any] | None:
    key = f"{group}:{row['id']}"
    of_field, of_op, of_value, of_remove = st.columns([4, 3, 5, 1], vertical_alignment="bottom")
    names = [*fields] if row["field"] in fields else [*fields, row["field"]]
    with of_field:
        row["field"] = _pick(
            "Field", names, row["field"], f"field:{key}", lambda n: fields[n].label.capitalize() if n in fields else n
        )
    field = fields.get(row["field"]) or find_field(row["field"])
    with of_op:
        row["op"] = _pick("Comparison", list(field.operators), row["op"], f"op:{key}:{row['field']}", OPERATORS.__getitem__)
    with of_value:
        row["value"] = _value(field.type, row, f"value:{key}:{row['field']}:{row['op']}")
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
    if row["op"] in ("is_empty", "is_not_empty"):
        return {"field": row["field"], "op": row["op"]}
    if row["value"] in (None, "", []):
        return None
    return {"field": row["field"], "op": row["op"], "value": row["value"]}


def _value(kind: str, row: Row, key: str) -> Any:
    """Draw what the operator compares with; the row's own value is where a fresh field starts."""
    op, start = row["op"], row["value"]
    if op in ("is_empty", "is_not_empty"):
        return None
    if op in ("in", "not_in"):
        return _several(kind, start if isinstance(start, list) else [], key)
    hidden: dict[str, Any] = {"key": key, "label_visibility": "collapsed"}
    if kind == "number" or op in ("older_than_days", "within_days"):
        _start(key, start if isinstance(start, int) and not isinstance(start, bool) else None)
        return st.number_input("Value", step=1, placeholder="a number", **hidden)
    if kind == "flag":
        _start(key, start is not False)
        return st.selectbox("Value", [True, False], format_func=lambda flag: "yes" if flag else "no", **hidden)
    if kind == "moment":
        _start(key, _day(start))
        chosen = st.date_input("Value", **hidden)
        return chosen.isoformat() if isinstance(chosen, date) else None
    _start(key, start if isinstance(start, str) else "")
    return st.text_input("Value", placeholder="a word or a phrase", **hidden).strip()


def _start(key: str, value: Any) -> None:
    st.session_state.setdefault(key, value)


def _several(kind: str, start: list[Any], key: str) -> list[Any]:
    _start(key, [str(item) for item in start])
    chosen = st.multiselect(
        "Values",
        st.session_state[key],
        accept_new_options=True,
        placeholder="type a value, then Enter",
        key=key,
        label_visibility="collapsed",
    )
    if kind != "number":
        return list(chosen)
    wrong = [word for word in chosen if not word.lstrip("-").isdigit()]
    if wrong:
        st.caption(f":material/error: {escaped(', '.join(wrong))} is no whole number")
    return [int(word) for word in chosen if word not in wrong]


def _day(value: Any) -> date | None:
    return datetime.fromisoformat(value).date() if isinstance(value, str) and value[:4].isdigit() else None
