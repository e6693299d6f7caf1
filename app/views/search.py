"""Search: evidence out of everything that is known, each piece with where it is from, how old, and why it was found."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

import streamlit as st

from app.components.jobs import ask, follow, latest
from app.components.language import mark, t, tn
from app.components.page import empty, header, told
from app.components.roles import only
from app.components.text import escaped, spoken
from app.components.translated import translated
from app.state import bench
from gtm_pipelines.acting import Role
from gtm_pipelines.retrieval.model import ENTITY_TYPES, Answer, Evidence, Filters, IndexStatus, Part

LIMIT = 10
_LANGUAGES = {None: mark("Any language"), "en": mark("English"), "ru": mark("Russian")}
_AGES = {None: mark("Any time"), 7: mark("Last 7 days"), 30: mark("Last 30 days"), 365: mark("Last year")}
_MANY = {
    "company": mark("Companies"), "reply": mark("Replies"), "reference": mark("Benchmarks"),
    "page": mark("Pages"), "insight": mark("Insights"),
}  # fmt: skip
_AROUND = 400  # characters of a piece that are shown on each side of the quote


def page() -> None:
    """Draw the page."""
    header(t("Search"), t("Everything that is known, found by words and by meaning, in English and Russian."))
    with told():
        status = bench().search.status()
        question = st.text_input(
            t('Question'), key="search_question", placeholder=t('Who ships to Canada? · Кто просил прислать цены?'),
            icon=":material/search:", label_visibility="collapsed",
        )  # fmt: skip
        filters = _filters()
        if question.strip():
            with st.spinner(t("Searching"), show_time=True):
                answer = bench().search.search(question, filters, limit=LIMIT)
            _show(answer)
        elif not status.pieces:
            empty(t("Nothing is ready to be searched yet. Ask something; long lists are made findable first."))
        else:
            st.caption(
                t(
                    "Searched: {value}",
                    value=", ".join((f"{_many(kind).lower()} {count:,}" for kind, count in status.pieces.items())),
                )
            )
        _index(status)


def _index(status: IndexStatus) -> None:
    """Say what cannot be found yet, and let a person have it made findable."""
    if status.waiting:
        st.caption(
            tn(
                "{number} piece can be found by words only until everything is made findable by meaning too.",
                "{number} pieces can be found by words only until everything is made findable by meaning too.",
                status.waiting,
            )
        )
    job = latest("search_index")
    busy = job is not None and job.status.is_open
    kind: Literal["primary", "secondary"] = "primary" if status.waiting or not status.pieces else "secondary"
    if st.button(
        t("Make everything findable"), type=kind, icon=":material/manage_search:", key="search_index",
        **only(Role.EDITOR, disabled=busy, help=t("Takes in all that is new or changed. Goes on where it stopped.")),
    ):  # fmt: skip
        ask("search_index", {})
        job = latest("search_index")
    follow(job)


def _filters() -> Filters:
    chosen = st.pills(
        t("What"), ENTITY_TYPES, selection_mode="multi", format_func=_many, key="search_types", label_visibility="collapsed"
    )
    language, age, _rest = st.columns([1, 1, 2])
    with language:
        spoken_in = st.selectbox(
            t("Language"),
            list(_LANGUAGES),
            format_func=lambda each: t(_LANGUAGES[each]),
            key="search_language",
            label_visibility="collapsed",
        )
    with age:
        days = st.selectbox(
            t("Age"), list(_AGES), format_func=lambda each: t(_AGES[each]), key="search_age", label_visibility="collapsed"
        )
    since = bench().clock.now() - timedelta(days=days) if days else None
    return Filters(types=tuple(chosen), language=spoken_in, since=since)


def _show(answer: Answer) -> None:
    for note in answer.notes:
        st.info(escaped(translated(note)), icon=":material/info:")
    if not answer.evidence:
        empty(
            tn(
                "Nothing found among {number} piece. Ask otherwise, or narrow less.",
                "Nothing found among {number} pieces. Ask otherwise, or narrow less.",
                answer.searched,
            )
        )
        return
    for found in answer.evidence:
        _card(found)
    st.caption(
        tn(
            "{evidence} of {number} piece, {took_ms:,.0f} ms",
            "{evidence} of {number} pieces, {took_ms:,.0f} ms",
            answer.searched,
            evidence=len(answer.evidence),
            took_ms=answer.took_ms,
        )
    )


def _card(found: Evidence) -> None:
    with st.container(border=True, gap="small"):
        text, scores = st.columns([4, 1])
        with text:
            st.markdown(f"**{escaped(found.title or spoken(found.entity_type))}**")
            st.markdown(_quoted(found))
            st.caption(
                escaped(
                    t(
                        "{entity_type}, {age_days}, evidence {id}",
                        entity_type=spoken(found.entity_type),
                        age_days=_age(found.age_days),
                        id=found.id,
                    )
                )
            )
            if found.url and found.url.startswith(("https://", "http://")):
                st.link_button(t("Open the source"), found.url, icon=":material/open_in_new:", type="tertiary")
            elif found.url:
                st.caption(escaped(found.url))
        with scores:
            st.progress(min(found.score, 1.0), text=f"{found.score:.2f}")
            st.caption(f"{_place(t('By words'), found.words)}  \n{_place(t('By meaning'), found.meaning)}")


def _quoted(found: Evidence) -> str:
    """Return the piece around the quote, with the quote in colour."""
    start, end = found.span
    before, after = found.text[max(start - _AROUND, 0) : start], found.text[end : end + _AROUND]
    return f"{escaped(before)} :blue-background[{escaped(found.quote)}] {escaped(after)}"


def _place(way: str, part: Part | None) -> str:
    return (
        t("{way} no. {rank} ({score:.2f})", way=way, rank=part.rank, score=part.score) if part else t("{way} not found", way=way)
    )


def _age(days: float) -> str:
    return t("today") if days < 1 else tn("{number} day ago", "{number} days ago", round(days))


def _many(kind: str) -> str:
    return t(_MANY[kind]) if kind in _MANY else spoken(f"{kind}s")


if __name__ == "__main__":
    page()
