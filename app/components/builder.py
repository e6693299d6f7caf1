"""The filter builder: rows of field, operator and value in three groups, with groups inside groups, kept in the session."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.components.language import mark, t
from app.components.values import Suggest, ask
from gtm_pipelines.segments.fields import FilterField, find_field
from gtm_pipelines.segments.model import MAX_DEPTH, Condition, FilterTree, Group
from gtm_pipelines.segments.operators import EMPTY
from gtm_pipelines.segments.words import group as heading

GROUPS = {
    "all": (mark("All of these are true"), mark("Add a condition")),
    "any": (mark("At least one of these is true"), mark("Add an alternative")),
    "none": (mark("None of these is true"), mark("Add an exception")),
}
OPERATORS = {
    "eq": mark("is"),
    "ne": mark("is not"),
    "in": mark("is one of"),
    "not_in": mark("is none of"),
    "contains": mark("contains"),
    "not_contains": mark("does not contain"),
    "starts_with": mark("starts with"),
    "ends_with": mark("ends with"),
    "word": mark("has the word"),
    "has": mark("has"),
    "has_not": mark("has not"),
    "gt": mark("is more than"),
    "gte": mark("is at least"),
    "lt": mark("is less than"),
    "lte": mark("is at most"),
    "between": mark("is between"),
    "on": mark("is on"),
    "before": mark("is before"),
    "after": mark("is after"),
    "older_than_days": mark("is more than … days ago, or never"),
    "within_days": mark("is within the last … days"),
    "is_empty": mark("is empty"),
    "is_not_empty": mark("is known"),
}
_WORDS = {
    "in": mark("has one of"),
    "not_in": mark("has none of"),
    "is_empty": mark("there is none"),
    "is_not_empty": mark("there is one"),
}
_STATE = "builder"
_ids = count(1)
_DEEPEST = MAX_DEPTH - 2
"""How deep a person may go on putting groups into groups: the outermost and the three below it count too."""
Node = dict[str, Any]
"""A row with ``field``, ``op`` and ``value``, or a group with ``kind`` and ``nodes``; each has an ``id``."""


@dataclass(frozen=True)
class _Offer:
    """What every row may choose from."""

    fields: Mapping[str, FilterField]
    suggest: Suggest


def nodes_of(group: str) -> list[Node]:
    """Return the rows and groups in one of the three groups."""
    state: dict[str, list[Node]] = st.session_state.setdefault(_STATE, {name: [] for name in GROUPS})
    return state[group]


def load(tree: FilterTree | None) -> None:
    """Put a saved filter into the builder, or an empty one."""
    st.session_state[_STATE] = {"all": [], "any": [], "none": []} if tree is None else _split(tree)


def build(fields: Sequence[FilterField], suggest: Suggest) -> tuple[dict[str, Any], int]:
    """Draw the builder; return the filter as it stands and how many rows still want a value.

    Args:
        fields: what may be named, in the order in which it is offered.
        suggest: the most frequent values of a field.
    """
    by_name = {field.name: field for field in sorted(fields, key=heading) if field.name != "campaign.name"}
    offer = _Offer(by_name, suggest)
    made, unfinished = {}, 0
    for group, (title, add) in _spoken_groups():
        with st.container(border=True, gap="xsmall"):
            st.markdown(f"**{title}**")
            made[group], missing = _draw_nodes(nodes_of(group), offer, 1)
            unfinished += missing
            _adding(nodes_of(group), group, add, 1)
    nested = [{name: made[name]} for name in ("any", "none") if made[name]]
    return {"all": made["all"] + nested}, unfinished


def _spoken_groups() -> Iterator[tuple[str, tuple[str, str]]]:
    for group, (title, add) in GROUPS.items():
        yield group, (t(title), t(add))


def _adding_of(node: Node) -> str:
    kind = node["kind"]
    return t(GROUPS[kind][1])


def _draw_nodes(nodes: list[Node], offer: _Offer, depth: int) -> tuple[list[dict[str, Any]], int]:
    made, unfinished = [], 0
    for node in list(nodes):
        if "kind" in node:
            inner, missing = _draw_group(nodes, node, offer, depth)
            unfinished += missing
            made += [{node["kind"]: inner}] if inner else []
        elif (condition := _draw(nodes, node, offer)) is None:
            unfinished += 1
        else:
            made.append(condition)
    return made, unfinished


def _draw_group(nodes: list[Node], node: Node, offer: _Offer, depth: int) -> tuple[list[dict[str, Any]], int]:
    with st.container(border=True, gap="xsmall"):
        of_kind, of_remove = st.columns([13, 1], vertical_alignment="center")
        with of_kind:
            node["kind"] = _pick(t("Group"), list(GROUPS), node["kind"], f"kind:{node['id']}", lambda kind: t(GROUPS[kind][0]))
        _removing(of_remove, nodes, node, f"remove:{node['id']}", t("Remove the group"))
        made, unfinished = _draw_nodes(node["nodes"], offer, depth + 1)
        _adding(node["nodes"], str(node["id"]), _adding_of(node), depth + 1)
    return made, unfinished


def _adding(nodes: list[Node], key: str, label: str, depth: int) -> None:
    with st.container(horizontal=True):
        st.button(label, key=f"add:{key}", icon=":material/add:", type="tertiary", on_click=_add, args=(nodes,))
        if depth < _DEEPEST:
            icon = ":material/account_tree:"
            st.button(t("Add a group"), key=f"group:{key}", icon=icon, type="tertiary", on_click=_add_group, args=(nodes,))


def _split(tree: FilterTree) -> dict[str, list[Node]]:
    """Lay a filter out: the first group of alternatives and the first of exceptions have places of their own."""
    found: dict[str, list[Node]] = {"all": [], "any": [], "none": []}
    for node in tree.nodes if tree.kind == "all" else [tree]:
        if isinstance(node, Group) and node.kind != "all" and not found[node.kind]:
            found[node.kind] = [_node(inner) for inner in node.nodes]
        else:
            found["all"].append(_node(node))
    return found


def _node(node: Condition | Group) -> Node:
    if isinstance(node, Condition):
        return _row(node.field, node.op, list(node.value) if isinstance(node.value, tuple) else node.value)
    return {"id": next(_ids), "kind": node.kind, "nodes": [_node(inner) for inner in node.nodes]}


def _row(field: str, op: str, value: Any = None) -> Node:
    return {"id": next(_ids), "field": field, "op": op, "value": value}


def _add(nodes: list[Node]) -> None:
    nodes.append(_row("contact.position", "contains"))


def _add_group(nodes: list[Node]) -> None:
    nodes.append({"id": next(_ids), "kind": "any", "nodes": [_row("contact.position", "contains")]})


def _removing(place: DeltaGenerator, nodes: list[Node], node: Node, key: str, told: str) -> None:
    icon = ":material/close:"
    place.button("", key=key, icon=icon, type="tertiary", help=told, on_click=_remove, args=(nodes, node["id"]))


def _remove(nodes: list[Node], node_id: int) -> None:
    nodes[:] = [node for node in nodes if node["id"] != node_id]


def _shown(field: FilterField) -> str:
    """Return a field as it is offered, under the name it has in sentences: typing any part of it finds it."""
    return f"{heading(field)} · {field.label}"


def _draw(nodes: list[Node], row: Node, offer: _Offer) -> dict[str, Any] | None:
    key, fields = row["id"], offer.fields
    of_field, of_op, of_value, of_remove = st.columns([5, 3, 5, 1], vertical_alignment="bottom")
    names = [*fields] if row["field"] in fields else [*fields, row["field"]]
    with of_field:
        shown = {name: _shown(fields.get(name) or find_field(name)) for name in names}
        row["field"] = _pick(t("Field"), names, row["field"], f"field:{key}", shown.__getitem__)
    field = fields.get(row["field"]) or find_field(row["field"])
    words = OPERATORS | (_WORDS if field.type == "words" else {})
    with of_op:
        row["op"] = _pick(
            t("Comparison"), list(field.operators), row["op"], f"op:{key}:{row['field']}", lambda each: t(words[each])
        )
    with of_value:
        row["value"] = ask(field, row["op"], row["value"], f"value:{key}:{row['field']}:{row['op']}", offer.suggest)
    _removing(of_remove, nodes, row, f"remove:{key}", t("Remove"))
    return _condition(row)


def _pick(label: str, options: list[str], start: str, key: str, shown: Callable[[str], str]) -> str:
    st.session_state.setdefault(key, start if start in options else options[0])
    return st.selectbox(label, options, format_func=shown, key=key, label_visibility="collapsed")


def _condition(row: Node) -> dict[str, Any] | None:
    if row["op"] in EMPTY:
        return {"field": row["field"], "op": row["op"]}
    if row["value"] in (None, "", []):
        return None
    return {"field": row["field"], "op": row["op"], "value": row["value"]}
