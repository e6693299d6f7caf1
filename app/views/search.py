"""Search: evidence out of everything that is known, each piece with where it is from, how old, and why it was found."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from app.components.page import empty, header, told
from app.components.text import escaped, plural, spoken
from app.state import bench
from gtm_pipelines.retrieval.model import ENTITY_TYPES, Answer, Evidence, Filters, Part

LIMIT = 10
_LANGUAGES = {None: "Any language", "en": "English", "ru": "Russian"}
_AGES = {None: "Any time", 7: "Last 7 days", 30: "Last 30 days", 365: "Last year"}
_MANY = {"company": "Companies", "reply": "Replies", "reference": "Benchmarks"}
_AROUND = 400  # characters of a piece that are shown on each side of the quote


def page() -> None:
    """Draw the page."""
    header("Search", "Everything that is known, found by words and by meaning, in English and Russian.")
    with told():
        status = bench().search.status()
        question = st.text_input(
            "Question", key="search_question", placeholder="Who ships to Canada? · Кто просил прислать цены?",
            icon=":material/search:", label_visibility="collapsed",
        )  # fmt: skip
        filters = _filters()
        if question.strip():
            with st.spinner("Searching", show_time=True):
                answer = bench().search.search(question, filters, limit=LIMIT)
            _show(answer)
        elif not status.pieces:
            empty("Nothing is ready to be searched yet. Ask something, or run **gtm search index** for long lists.")
        else:
            st.caption(f"Searched: {', '.join(f'{_many(kind).lower()} {count:,}' for kind, count in status.pieces.items())}")
        if status.waiting:
            st.caption(f"{plural(status.waiting, 'piece')} can be found by words only until **gtm search index** has run.")


def _filters() -> Filters:
    chosen = st.pills(
        "What", ENTITY_TYPES, selection_mode="multi", format_func=_many, key="search_types", label_visibility="collapsed"
    )
    language, age, _rest = st.columns([1, 1, 2])
    with language:
        spoken_in = st.selectbox(
            "Language", list(_LANGUAGES), format_func=_LANGUAGES.__getitem__, key="search_language", label_visibility="collapsed"
        )
    with age:
        days = st.selectbox("Age", list(_AGES), format_func=_AGES.__getitem__, key="search_age", label_visibility="collapsed")
    since = bench().clock.now() - timedelta(days=days) if days else None
    return Filters(types=tuple(chosen), language=spoken_in, since=since)


def _show(answer: Answer) -> None:
    for note in answer.notes:
        st.info(escaped(note), icon=":material/info:")
    if not answer.evidence:
        empty(f"Nothing found among {plural(answer.searched, 'piece')}. Ask otherwise, or narrow less.")
        return
    for found in answer.evidence:
        _card(found)
    st.caption(f"{len(answer.evidence)} of {plural(answer.searched, 'piece')}, {answer.took_ms:,.0f} ms")


def _card(found: Evidence) -> None:
    with st.container(border=True, gap="small"):
        text, scores = st.columns([4, 1])
        with text:
            st.markdown(f"**{escaped(found.title or spoken(found.entity_type))}**")
            st.markdown(_quoted(found))
            st.caption(escaped(f"{spoken(found.entity_type)}, {_age(found.age_days)}, evidence {found.id}"))
            if found.url and found.url.startswith(("https://", "http://")):
                st.link_button("Open the source", found.url, icon=":material/open_in_new:", type="tertiary")
            elif found.url:
                st.caption(escaped(found.url))
        with scores:
            st.progress(min(found.score, 1.0), text=f"{found.score:.2f}")
            st.caption(f"{_place('By words', found.words)}  \n{_place('By meaning', found.meaning)}")


def _quoted(found: Evidence) -> str:
    """Return the piece around the quote, with the quote in colour."""
    start, end = found.span
    before, after = found.text[max(start - _AROUND, 0) : start], found.text[end : end + _AROUND]
    return f"{escaped(before)} :blue-background[{escaped(found.quote)}] {escaped(after)}"


def _place(way: str, part: Part | None) -> str:
    return f"{way} no. {part.rank} ({part.score:.2f})" if part else f"{way} not found"


def _age(days: float) -> str:
    return "today" if days < 1 else f"{plural(round(days), 'day')} ago"


def _many(kind: str) -> str:
    return _MANY.get(kind, f"{spoken(kind)}s")


if __name__ == "__main__":
    page()
