"""What a page may reach: the workbench, and the name of the person who decides."""

from __future__ import annotations

import streamlit as st

from app.components.language import t
from gtm_pipelines.log import configure_logging
from gtm_pipelines.settings import load_settings
from gtm_pipelines.workbench import Workbench, open_workbench


def bench() -> Workbench:
    """Return the workbench of the settings in force, opened once per data folder.

    Raises:
        SettingsError: a setting is wrong or a secret is missing.
    """
    settings = load_settings()
    return _open(settings.model_dump_json())


@st.cache_resource(show_spinner=False, max_entries=4, on_release=Workbench.close)
def _open(values: str) -> Workbench:  # noqa: ARG001 - the key it is kept under
    """Open once per distinct settings; the record's pool is safe to share between sessions."""
    opened = open_workbench(load_settings())
    configure_logging(opened.settings.log_level, json=opened.settings.log_json)
    return opened


def ask_person() -> None:
    """Show the field that names the person in every decision made from this window."""
    st.session_state.setdefault("person", load_settings().acting)
    st.text_input(
        t("Your name"),
        key="person",
        persist_state="session",
        help=t("Written beside every approval, edit and release you make here."),
    )


def person() -> str:
    """Return the name to write beside a decision."""
    return str(st.session_state.get("person") or "").strip() or load_settings().acting
