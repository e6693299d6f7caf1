"""The frame of every page: a title, one sentence, and errors told in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from app.components.language import t
from app.components.text import escaped
from app.components.translated import translated
from gtm_pipelines.errors import ConflictError, GtmError
from gtm_pipelines.log import get_logger

_NO_RAW_LISTS = (
    '[data-testid="stDataFrame"] [data-testid="stElementToolbarButton"]:has(path[d^="M18 15v3H6v-3H4"]) { display: none; }'
)
"""Streamlit's own download of a table writes cells as they are, so that a spreadsheet would run formulas in them.

It is known by the arrow it draws, which is the same in every language. Cells that somebody copies are as they stand in the table,
too, since addresses and numbers are copied to be used elsewhere: Streamlit could forbid copying of tables only as a whole.
"""


def legible() -> None:
    """Write dark on the bright buttons of the dark theme, where Streamlit writes white (1.9 to 1; WCAG asks for 4.5).

    Also take Streamlit's own download of tables away: ours make formulas text.
    """
    rules = [_NO_RAW_LISTS]
    if st.context.theme.type == "dark":
        buttons = ", ".join(f'[data-testid="stBaseButton-{kind}"]:not(:disabled) p' for kind in ("primary", "primaryFormSubmit"))
        rules.append(f"{buttons} {{ color: #06201c; }}")
    st.html(f"<style>{' '.join(rules)}</style>")


def header(title: str, sentence: str) -> None:
    """Show the title of a page and what it is for."""
    st.title(title, anchor=False)
    st.caption(sentence)
    show_notice()


@contextmanager
def told() -> Iterator[None]:
    """Show an expected error as its own text, which names the next step, instead of a traceback."""
    try:
        yield
    except ConflictError as error:
        st.warning(escaped(translated(error)), icon=":material/sync_problem:")
    except GtmError as error:
        st.error(escaped(translated(error)), icon=":material/error:")


@contextmanager
def kept() -> Iterator[None]:
    """Show an unforeseen error as a sentence; its traceback goes to the log, not to the page."""
    try:
        yield
    except Exception:  # noqa: BLE001 - the last stop before a person; the log has it whole
        get_logger("app").exception("page failed")
        st.error(
            t(
                "Something happened that the workbench did not foresee. What was saved stays saved. Reload the page; if it "
                "happens again, the app's log in the data folder says why."
            ),
            icon=":material/error:",
        )


def notice(text: str) -> None:
    """Keep ``text`` for the next run of the page, where it is shown once."""
    st.session_state["notice"] = text


def show_notice() -> None:
    """Show what the last action did."""
    text = st.session_state.pop("notice", None)
    if text:
        st.toast(escaped(text), icon=":material/check_circle:")


def empty(text: str, *, page: str | None = None, label: str | None = None) -> None:
    """Say that there is nothing here yet, and lead to where it begins."""
    with st.container(border=True):
        st.markdown(text)
        if page:
            st.page_link(page, label=label, icon=":material/arrow_forward:")
