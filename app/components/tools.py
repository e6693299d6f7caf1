"""What a tool is, in the person's language, and where its key is made."""

from __future__ import annotations

import streamlit as st

from app.components.language import language, t
from app.components.text import escaped
from app.components.translated import translated
from gtm_pipelines.connections.model import Tool


def purpose_of(tool: Tool) -> str:
    """Return what a tool is for."""
    return tool.ru_purpose if language() == "ru" and tool.ru_purpose else tool.purpose


def key_help(tool: Tool) -> None:
    """Say how a key is got, and lead to where that is."""
    st.markdown(t("**How to get a key:** {steps}", steps=escaped(translated(tool.key.steps))))
    with st.container(horizontal=True):
        st.link_button(t("Where keys are made"), str(tool.key.page), icon=":material/open_in_new:")
        st.link_button(t("Documentation"), str(tool.docs), icon=":material/menu_book:")
