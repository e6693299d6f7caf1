"""The talk with the coach: a question, what is looked at for it, the sentences of the answer as each is checked."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from app.components.coach_figures import act, action_of, cited, figure_of, lines, spoken_language
from app.components.language import mark, t
from app.components.page import told
from app.components.roles import only, say_who_may
from app.components.text import escaped
from app.state import bench, person
from gtm_pipelines.acting import Role
from gtm_pipelines.coaching.model import Answer, ChatMessage
from gtm_pipelines.coaching.turn import Step

_KEY = "coach_chat"
_NEW = ""
FIRST = (
    mark("How are we doing?"),
    mark("What should I do next?"),
    mark("Which campaign works best?"),
    mark("How many people does an experiment need?"),
)
"""Questions to begin with."""


def chat() -> None:
    """Draw the talk, and take the next question."""
    if wanted := st.session_state.pop(f"{_KEY}_next", None):
        st.session_state[_KEY] = wanted
    _choose()
    held = st.session_state.get(_KEY) or None
    said = bench().memory.messages(held) if held else []
    for message in said:
        _said(message)
    asked = st.session_state.pop("coach_question", None)
    if not said and not asked:
        _begin()
    model = bench().coach.has_model and st.toggle(t("Let a language model word the answer"), value=True)
    talks = say_who_may(Role.EDITOR, t("Talking to the coach, who keeps what is said,"))
    asked = st.chat_input(t("Ask about your figures"), max_chars=2000, disabled=not talks) or asked
    if asked:
        with told():
            _answer(asked, held, model=bool(model))


def _choose() -> None:
    """Let a person go back to an earlier talk."""
    talks = {one.id: one.title for one in bench().memory.chats(limit=30)}
    if not talks:
        return
    if st.session_state.get(_KEY, _NEW) not in (_NEW, *talks):
        st.session_state[_KEY] = _NEW
    with st.container(horizontal=True, vertical_alignment="bottom"):
        told_as = lambda key: talks.get(key) or t("A new talk")  # noqa: E731
        held = st.selectbox(t("Talk"), [_NEW, *talks], format_func=told_as, key=_KEY, persist_state="session")
        if held != _NEW:
            st.button(t("A new talk"), icon=":material/add:", key="coach_new", on_click=_begin_anew)


def _begin_anew() -> None:
    st.session_state[_KEY] = _NEW


def _begin() -> None:
    st.caption(t("Works without any model. Ask in English or Russian, for instance:"))
    with st.container(horizontal=True):
        for place, question in enumerate(FIRST):
            if st.button(t(question), key=f"coach_first:{place}", **only(Role.EDITOR)):
                st.session_state["coach_question"] = t(question)
                st.rerun()


def _answer(asked: str, chat_id: str | None, *, model: bool) -> None:
    with st.chat_message("user"):
        st.markdown(escaped(asked))
    with st.chat_message("assistant"):
        steps = _Steps(bench().coach.steps(asked, by=f"person:{person()}", chat_id=chat_id, model=model))
        with st.spinner(t("Looking at your figures …")):
            first = steps.next()
        while first is not None and first.kind == "asked":
            with st.spinner(t("A language model is asked; this can take a minute …")):
                first = steps.next()
        st.write_stream(steps.texts(first))
    if steps.chat_id:
        st.session_state[f"{_KEY}_next"] = steps.chat_id
    st.rerun()


class _Steps:
    """The steps of an answer as texts that stream."""

    def __init__(self, steps: Iterator[Step]) -> None:
        self._steps = steps
        self.chat_id: str | None = None
        self.answer: Answer | None = None

    def next(self) -> Step | None:
        """Go on until a model is asked or the first sentence stands; before that come looks."""
        return next((step for step in self._steps if self._noted(step).kind in ("asked", "sentence", "done")), None)

    def texts(self, first: Step | None) -> Iterator[str]:
        """Yield the sentences, words at a time."""
        if first is not None and first.kind == "sentence":
            yield lines(first.text) + "\n"
        for step in self._steps:
            if self._noted(step).kind == "sentence":
                yield lines(step.text) + "\n"

    def _noted(self, step: Step) -> Step:
        self.chat_id, self.answer = step.chat_id or self.chat_id, step.answer or self.answer
        return step


def _said(message: ChatMessage) -> None:
    with st.chat_message("user" if message.role == "user" else "assistant"):
        if message.role == "user":
            st.markdown(escaped(message.text))
            return
        st.markdown(lines(message.text))
        for note in message.detail.get("notes", ()):
            st.caption(f":material/info: {escaped(note)}")
        removed = message.detail.get("removed") or ()
        if removed:
            with st.expander(t("What was taken out")):
                for sentence in removed:
                    st.caption(escaped(sentence))
        cited([figure_of(one) for one in message.detail.get("figures", ())], "ru" if message.language == "ru" else "en")
        act([action_of(one) for one in message.detail.get("actions", ())], spoken_language(), message.id)
