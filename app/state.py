"""What a page may reach: the workbench, held to the role of whoever signed in, and the name to write beside a decision."""

from __future__ import annotations

import streamlit as st

from app.components.language import mark, t
from app.components.text import escaped
from app.signed_in import bound, sign_out
from gtm_pipelines.acting import Role, actor
from gtm_pipelines.log import configure_logging
from gtm_pipelines.settings import load_settings
from gtm_pipelines.workbench import Workbench, open_workbench

ROLES = {
    Role.OWNER: mark("owner"),
    Role.EDITOR: mark("editor"),
    Role.REVIEWER: mark("reviewer"),
    Role.VIEWER: mark("viewer"),
}


def bench() -> Workbench:
    """Return the workbench of the settings in force, opened once per data folder, held to the role of whoever signed in.

    Stops the page where somebody has to sign in first.

    Raises:
        SettingsError: a setting is wrong, a secret is missing, or strangers could walk in.
    """
    settings = load_settings()
    opened = _open(settings.model_dump_json())
    bound(opened)
    return opened


@st.cache_resource(show_spinner=False, max_entries=4, on_release=Workbench.close)
def _open(values: str) -> Workbench:  # noqa: ARG001 - the key it is kept under
    """Open once per distinct settings; the record's pool is safe to share between sessions."""
    opened = open_workbench(load_settings())
    configure_logging(opened.settings.log_level, json=opened.settings.log_json)
    return opened


def ask_person() -> None:
    """Show who signed in; where nobody has to, the field that names the person in every decision made from this window."""
    if who := actor():
        st.caption(t("Signed in as **{name}**, {role}", name=escaped(who.name), role=t(ROLES[who.role])))
        st.button(t("Sign out"), icon=":material/logout:", on_click=sign_out, args=(bench(),))
        return
    st.session_state.setdefault("person", load_settings().acting)
    st.text_input(
        t("Your name"),
        key="person",
        persist_state="session",
        help=t("Written beside every approval, edit and release you make here."),
    )


def person() -> str:
    """Return the name to write beside a decision."""
    if who := actor():
        return who.name
    return str(st.session_state.get("person") or "").strip() or load_settings().acting
