"""Why one person is in a segment or not: every condition with its verdict and what the person has there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import streamlit as st

from app.components.language import mark, t
from app.components.page import told
from app.components.text import escaped
from app.state import bench
from gtm_pipelines.record import contacts
from gtm_pipelines.segments.findings import GroupVerdict, Verdict

_FOUND = 20
_JOINED = {"all": mark("all of these"), "any": mark("at least one of these"), "none": mark("none of these")}
_YES, _NO = ":green[:material/check_circle:]", ":red[:material/cancel:]"


def why(tree: Any, clicked: str | None) -> None:
    """Ask for a person, or take the one clicked in the list, and show the verdict on every condition."""
    with st.container(border=True, gap="xsmall"):
        st.markdown(t("**Why is somebody in, or not?**"))
        typed = st.text_input(
            t("Person"),
            placeholder=t("a name or an address, or click a row above"),
            key="why_person",
            label_visibility="collapsed",
        ).strip()
        key = _meant(typed) if typed else clicked
        if key:
            with told():
                _show(tree, key)


def _meant(typed: str) -> str | None:
    """Return whom a person means: an address as it is, of a name the one chosen among those it finds."""
    if "@" in typed or "/" in typed:
        return typed
    found = {row.id: row for row in contacts.page(bench().record, search=typed, limit=_FOUND)}
    if not found:
        st.caption(t("No contact's name, address, company or position has “{typed}” in it.", typed=escaped(typed)))
        return None
    if len(found) == 1:
        return next(iter(found))
    return st.selectbox(
        t("Which of them"),
        list(found),
        format_func=lambda key: " · ".join(filter(None, (found[key].full_name, found[key].email, found[key].company_name))),
        key=f"why_which:{typed}",
    )


def _show(tree: Any, key: str) -> None:
    found = bench().segments.explain(tree, key)
    sign, verdict = (_YES, t("is in")) if found.matches else (_NO, t("is not in"))
    st.markdown(f"{sign} **{escaped(found.name)}** {verdict}.")
    lines = list(_lines(found.tree))
    st.markdown("\n".join(lines) if lines else t("There is no condition: everybody is in."))


def _lines(node: GroupVerdict | Verdict, depth: int = 0) -> Iterator[str]:
    if isinstance(node, Verdict):
        yield t(
            "{value}- {YES} {sentence} :gray[– here {held}]",
            value="    " * depth,
            YES=_YES if node.holds else _NO,
            sentence=escaped(node.sentence),
            held=escaped(node.held),
        )
        return
    if depth or node.kind != "all":
        yield f"{'    ' * depth}- {_YES if node.holds else _NO} {t(_JOINED[node.kind])}"
        depth += 1
    for part in node.nodes:
        yield from _lines(part, depth)
