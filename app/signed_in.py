"""Who signed in to this window: their role holds for everything that the page does."""

from __future__ import annotations

import streamlit as st

from app.components.language import t
from app.door import COOKIE, SIGN_IN, bearer
from app.returning import REFUSED
from gtm_pipelines.access.door import check_door
from gtm_pipelines.access.vouching import Vouched, vouched
from gtm_pipelines.acting import Actor, bind
from gtm_pipelines.errors import PolicyError
from gtm_pipelines.workbench import Workbench


def bound(bench: Workbench) -> None:
    """Let whoever signed in act for the rest of this run of the page; stop it where somebody has to sign in first.

    Raises:
        SettingsError: strangers could walk in, or nobody could sign in.
        PolicyError: an identity provider vouches for somebody who has no account here.
    """
    if bench.settings.login.by == "oidc":
        check_door(bench.settings, bench.accounts)
        bind(_vouched_for(bench))
        return
    host = st.get_option("server.address")
    needed, who = bearer(bench, st.context.cookies.get(COOKIE), host)
    if needed and who is None:
        check_door(bench.settings, bench.accounts, host)
        st.info(t("You are not signed in, or your sign-in has ended."), icon=":material/lock:")
        st.link_button(t("Sign in"), SIGN_IN, type="primary")
        st.stop()
    bind(who)


def sign_out(bench: Workbench) -> None:
    """End this sign-in."""
    if bench.settings.login.by == "oidc":
        bench.sign_ins.sign_out(_word(bench).token)
        st.logout()
    elif token := st.context.cookies.get(COOKIE):
        bench.sign_ins.sign_out(token)


def _vouched_for(bench: Workbench) -> Actor:
    who, over = None, False
    if st.user.get("is_logged_in"):
        try:
            who = bench.sign_ins.vouched_for(_word(bench))
        except PolicyError:
            st.button(t("Sign in as somebody else"), on_click=st.logout, icon=":material/logout:")
            raise
        over = who is None
    if who is None:
        st.title(t("GTM workbench"), anchor=False)
        if over:
            st.info(t("You are not signed in, or your sign-in has ended."), icon=":material/lock:")
        elif st.query_params.get(REFUSED[0]) == REFUSED[1]:
            st.error(
                t(
                    "Your identity provider did not sign you in, or what it said cannot be believed. Try again; if it happens "
                    "again, the app's log in the data folder says why."
                ),
                icon=":material/error:",
            )
        st.button(t("Sign in"), on_click=st.login, type="primary", icon=":material/login:")
        st.stop()
    return who


def _word(bench: Workbench) -> Vouched:
    return vouched(st.user.to_dict(), str(bench.settings.login.client_id))
