"""Figures of the coach with what each is made of, and ways from an answer to the pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from app.components.choose import open_campaign
from app.components.language import language, t
from app.components.text import escaped
from app.state import bench
from gtm_pipelines.coaching.model import Action, Figure, Language, Words
from gtm_pipelines.coaching.words import made_of

_VIEWS = Path(__file__).parents[1] / "views"


def spoken_language() -> Language:
    """Return the language in force, as the coach knows it."""
    return "ru" if language() == "ru" else "en"


def lines(text: str) -> str:
    """Return a text of several lines as Markdown in which nothing comes alive; what begins with a dash is a point of a list."""
    shown = [f"- {escaped(line[2:])}" if line.startswith("- ") else f"\n{escaped(line)}\n" for line in text.split("\n") if line]
    return "\n".join(shown)


def cited(figures: Sequence[Figure], spoken: Language) -> None:
    """Show what figures are made of, with links to the pages that show it."""
    if not figures:
        return
    names = bench().findings.book.names
    with st.expander(t("What the figures are made of"), icon=":material/functions:"):
        for figure in figures:
            st.caption(escaped(made_of(figure, names, spoken)))
        pages = [page for page in dict.fromkeys(figure.page for figure in figures) if _is_page(page)]
        with st.container(horizontal=True):
            for page in pages:
                st.page_link(f"views/{page}.py", label=t("See the page"), icon=":material/open_in_new:", help=page)


def act(actions: Sequence[Action], spoken: Language, key: str) -> None:
    """Offer ways to the pages on which a person decides."""
    with st.container(horizontal=True):
        for action in actions:
            if not _is_page(action.page):
                continue
            if st.button(action.label.said(spoken), key=f"{key}:{action.key}", icon=":material/arrow_forward:"):
                if action.campaign_id:
                    open_campaign(action.campaign_id)
                st.switch_page(f"views/{action.page}.py")


def figure_of(kept: Mapping[str, Any]) -> Figure:
    """Return a figure as it was kept with an answer."""
    return Figure(**{name: kept.get(name) for name in Figure.__dataclass_fields__ if name in kept})


def action_of(kept: Mapping[str, Any]) -> Action:
    """Return an action as it was kept with an answer."""
    return Action(kept["key"], Words(**kept["label"]), kept["page"], kept["command"], kept.get("campaign_id"))


def _is_page(name: str) -> bool:
    return name.isidentifier() and (_VIEWS / f"{name}.py").is_file()
