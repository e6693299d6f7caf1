"""Strategy: six documents out of your website, corrected and confirmed by you, and whom they point to."""

from __future__ import annotations

import streamlit as st

from app.components.correcting import correcting, history
from app.components.documents import TITLES, card
from app.components.jobs import ask, follow, latest
from app.components.language import mark, t
from app.components.page import empty, header, notice, told
from app.components.roles import only
from app.components.text import escaped, moment, spoken
from app.components.translated import translated
from app.state import bench, person
from gtm_pipelines.acting import Role
from gtm_pipelines.segments.propose import propose
from gtm_pipelines.strategy.model import KINDS, Strategy

NEW = mark("A new strategy")
_ROW = 3
_LANGUAGES = {"en": mark("English"), "ru": mark("Russian")}


def page() -> None:
    """Draw the page."""
    header(
        t("Strategy"),
        t("Know who to write to and why: six documents from your own website, each claim with the words it rests on."),
    )
    found = {each.name: each for each in bench().strategies.list()}
    wanted = st.session_state.pop("strategy_to_open", None)
    if wanted in found:
        st.session_state["strategy_name"] = wanted
    if not found:
        empty(t("There is no strategy yet. Give the address of your website to begin one; nothing is sent to anybody."))
        _new()
        return
    name = st.selectbox(
        t("Strategy"),
        [*found, NEW],
        format_func=lambda name: t(NEW) if name == NEW else name,
        key="strategy_name",
        persist_state="session",
    )
    with told():
        if name in found:
            _strategy(found[name])
        else:
            _new()


def _new() -> None:
    with st.form("new_strategy", border=False):
        of_name, of_site, of_language = st.columns([2, 3, 1])
        name = of_name.text_input(t("Name"), placeholder=t("Spring 2026"))
        site = of_site.text_input(t("Your website"), placeholder="https://example.com")
        language = of_language.selectbox(t("Language"), list(_LANGUAGES), format_func=lambda each: t(_LANGUAGES[each]))
        pressed = st.form_submit_button(t("Begin"), type="primary", **only(Role.EDITOR))
    if pressed:
        with told():
            made = bench().strategies.new(name, site, language=language or "en", by=person())
            st.session_state["strategy_to_open"] = made.name
            st.rerun()


def _strategy(strategy: Strategy) -> None:
    job = latest("strategy", strategy=strategy.id)
    busy = job is not None and job.status.is_open
    stale = strategy.stale()
    told_status = t(
        ":material/link: {website}, in {LANGUAGES}.",
        website=escaped(strategy.website),
        LANGUAGES=t(_LANGUAGES.get(strategy.language, strategy.language)),
    )
    if strategy.confirmed_by:
        by, at = escaped(strategy.confirmed_by.removeprefix("person:")), moment(strategy.confirmed_at)
        told_status += " " + t(":green-badge[:material/check: Confirmed by {by}, {at}]", by=by, at=at)
    st.markdown(told_status)
    _actions(strategy, busy=busy, waiting=len(KINDS) - len(strategy.documents) + len(stale))
    follow(job)
    if not strategy.documents:
        empty(t("Nothing is written yet. “Write” reads your website and asks a language model; both are told in each document."))
    for start in range(0, len(KINDS), _ROW):
        _row(strategy, KINDS[start : start + _ROW])
    if "target_company" in strategy.documents:
        _proposal(strategy)


def _actions(strategy: Strategy, *, busy: bool, waiting: int) -> None:
    with st.container(horizontal=True):
        if st.button(
            t("Write") if waiting else t("Write all anew"),
            icon=":material/draw:",
            type="primary" if waiting else "secondary",
            **only(Role.EDITOR, disabled=busy),
        ):
            ask("strategy", {"strategy": strategy.id, "by": person(), **({} if waiting else {"again": True})})
            st.rerun()
        if st.button(
            t("Read the website anew"), icon=":material/refresh:", **only(Role.EDITOR, disabled=busy or not strategy.documents)
        ):
            ask("strategy", {"strategy": strategy.id, "by": person(), "again": True, "refresh": True})
            st.rerun()
        ready = "target_company" in strategy.documents and strategy.status != "confirmed"
        if st.button(t("Confirm"), icon=":material/verified:", **only(Role.EDITOR, disabled=busy or not ready)):
            with told():
                bench().strategies.confirm(strategy.id, by=person())
                notice(t("Confirmed: its profile scores companies and people from now on."))
                st.rerun()


def _row(strategy: Strategy, kinds: tuple[str, ...]) -> None:
    stale = strategy.stale()
    shown = [kind for kind in KINDS if kind in kinds and kind in strategy.documents]
    for column, kind in zip(st.columns(_ROW), shown, strict=False):
        document = strategy.documents[kind]
        with column, st.container(border=True):
            st.subheader(t(TITLES[kind]), anchor=False)
            correcting(strategy, document)
            card(document, outdated_by=stale.get(kind, ()))
            history(strategy, document)


def _proposal(strategy: Strategy) -> None:
    st.subheader(t("Whom it points to"), anchor=False)
    record, now = bench().record, bench().clock.now()
    made = propose(bench().strategies.criteria(strategy.id), workspace_id=record.workspace_id, now=now)
    count = bench().segments.count(made.filter)
    st.markdown(t("**{count:,}** people of your lists match. {sentence}", count=count, sentence=escaped(made.sentence)))
    if made.left_out:
        with st.expander(t("Not in the filter")):
            st.markdown("\n".join(f"- {escaped(criterion)}: {escaped(translated(why))}" for criterion, why in made.left_out))
    with st.form(f"propose:{strategy.id}", border=False):
        of_name, of_button = st.columns([4, 1], vertical_alignment="bottom")
        name = of_name.text_input(t("Name of the segment"), value=spoken(strategy.name))
        pressed = of_button.form_submit_button(t("Save as a segment"), width="stretch", **only(Role.EDITOR))
    if pressed:
        with told():
            saved = bench().segments.save(name, made.filter, by=person())
            notice(t("Saved '{name}', version {version}.", name=saved.name, version=saved.version))
            st.session_state["segment_to_open"] = saved.name
            st.switch_page("views/segments.py")


if __name__ == "__main__":
    page()
