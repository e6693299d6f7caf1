"""A question over the page that stays until it is answered or sent away, whatever else draws the page anew meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from app.components.language import t

_KEY = "asking"


def ask_about(what: str, /, **about: Any) -> None:
    """Open the question ``what`` in the next run."""
    st.session_state[_KEY] = (what, about)
    st.rerun()


def answered() -> None:
    """Close the question."""
    st.session_state.pop(_KEY, None)


def draw(questions: Mapping[str, tuple[str, Callable[..., None]]]) -> None:
    """Draw the open question, if there is one.

    Args:
        questions: by name, the title and what draws the inside.
    """
    held: tuple[str, dict[str, Any]] | None = st.session_state.get(_KEY)
    if held and held[0] in questions:
        title, inside = questions[held[0]]
        st.dialog(t(title), on_dismiss=answered)(inside)(**held[1])
