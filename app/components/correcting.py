"""Corrections of a document where it stands: a claim, a section, the whole; its versions, and taking back."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.components.documents import TITLES
from app.components.jobs import ask
from app.components.language import mark, t
from app.components.page import notice, told
from app.components.roles import only
from app.components.text import escaped, moment, spoken
from app.state import bench, person
from gtm_pipelines.acting import Role
from gtm_pipelines.strategy.model import FORMS, Correction, Document, Strategy, paths
from gtm_pipelines.strategy.patch import ADD, plain_sections, read_value, settable, shown_value

WHOLE = mark("The whole document")


def correcting(strategy: Strategy, document: Document) -> None:
    """Let a person correct a document."""
    with st.popover(t("Correct"), icon=":material/edit:", width="stretch"):
        _claim(strategy, document)
        if document.kind != "data_sources":
            st.divider()
            _anew(strategy, document)


def _claim(strategy: Strategy, document: Document) -> None:
    held = paths(document.content)
    more = [f"{name}.{ADD}" for name in plain_sections(document.kind)]
    key = document.id
    path = st.selectbox(
        t("Claim"),
        [*held, *more],
        format_func=lambda each: (
            f"{spoken(each)}: {held[each].text}" if each in held else t("One more: {each}", each=spoken(each[:-2]))
        ),
        key=f"claim:{key}",
    )
    if path is None:
        return
    name = "text"
    if path in held:
        name = st.selectbox(t("What of it"), settable(held[path]), format_func=_called, key=f"part:{key}:{path}") or "text"
    now = shown_value(getattr(held[path], name)) if path in held else ""
    text = st.text_area(t("What it should be"), value=now, key=f"value:{key}:{path}:{name}").strip()
    left, right = st.columns(2)
    if left.button(
        t("Save"), type="primary", key=f"save:{key}", width="stretch", **only(Role.EDITOR, disabled=text in ("", now))
    ):
        where = f"{path}.{name}" if path in held else path
        _field(strategy, document, where, read_value(where, text))
    if path in held and right.button(t("Take out"), key=f"remove:{key}", width="stretch", **only(Role.EDITOR)):
        _field(strategy, document, path, None)


def _called(name: str) -> str:
    return {"text": t("What it says"), "values": t("Values, parted by commas"), "op": t("Comparison")}.get(name, spoken(name))


def _field(strategy: Strategy, document: Document, path: str, value: Any) -> None:
    with told():
        made = bench().strategies.corrections.field(strategy.id, document.kind, path, value, by=person())
        notice(summary(made))
        st.rerun()


def _anew(strategy: Strategy, document: Document) -> None:
    section = st.selectbox(
        t("Have written anew"),
        [WHOLE, *FORMS[document.kind].model_fields],
        format_func=lambda each: t(WHOLE) if each == WHOLE else spoken(each),
        key=f"section:{document.id}",
    )
    guidance = st.text_area(t("What should be better"), key=f"guidance:{document.id}", placeholder=t("We also serve importers."))
    if st.button(t("Ask for it"), key=f"anew:{document.id}", width="stretch", **only(Role.EDITOR, disabled=not guidance.strip())):
        more = {} if section in (None, WHOLE) else {"section": section}
        payload = {"strategy": strategy.id, "by": person(), "correct": document.kind, "guidance": guidance.strip(), **more}
        ask("strategy", payload)
        st.rerun()


def history(strategy: Strategy, document: Document) -> None:
    """Show the versions of a document and what was corrected, and let a person take back."""
    with st.expander(
        t("History: {numbers} versions", numbers=document.number) if document.number > 1 else t("History"),
        icon=":material/history:",
    ):
        made = {each.id: each for each in bench().strategies.corrections.list(strategy.id)}
        for each in bench().strategies.history(strategy.id, document.kind):
            by = escaped(each.author.removeprefix("person:"))
            st.markdown(f"**{each.number}** {by}, {moment(each.created_at)}, {each.confidence:.0%}")
            if each.correction_id in made:
                st.caption(escaped(summary(made[each.correction_id])))
        if document.number > 1 and st.button(
            t("Go back to the version before"), icon=":material/undo:", key=f"undo:{document.id}", **only(Role.EDITOR)
        ):
            with told():
                bench().strategies.corrections.undo(strategy.id, document.kind, by=person())
                notice(t("“{title}” says again what it said before.", title=t(TITLES[document.kind])))
                st.rerun()


def summary(made: Correction) -> str:
    """Say what a correction did."""
    change = (made.confidence_after or 0) - (made.confidence_before or 0)
    told = f"{spoken(made.scope)} {spoken(made.path) if made.path and made.scope != 'undo' else ''}".strip()
    notes = (
        " " + t("{notes} things to look at: {notes2}.", notes=len(made.notes), notes2="; ".join(made.notes[:2]))
        if made.notes
        else ""
    )
    return t(
        "{told}: {changes} changes, confidence {change:+.0%}.{notes}",
        told=told,
        changes=len(made.changes),
        change=change,
        notes=notes,
    )
