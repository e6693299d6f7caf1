"""Who signed in to this window: their role holds for everything that the page does."""

from __future__ import annotations

import streamlit as st

from app.components.language import t
from app.door import COOKIE, SIGN_IN, bearer
from gtm_pipelines.access.door import check_door
from gtm_pipelines.access.model import LONGEST
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
        st.logout()
    elif token := st.context.cookies.get(COOKIE):
        bench.sign_ins.sign_out(token)


def _vouched_for(bench: Workbench) -> Actor:
    if not st.user.get("is_logged_in"):
        st.title("GTM workbench", anchor=False)
        st.button(t("Sign in"), on_click=st.login, type="primary", icon=":material/login:")
        st.stop()
    if bench.clock.now().timestamp() - float(str(st.user.get("iat") or 0)) > LONGEST.total_seconds():
        st.logout()
        st.stop()
    address = str(st.user.get("email") or "")
    who = bench.sign_ins.vouched_for(address) if st.user.get("email_verified") is True else None
    if who is None:
        st.button(t("Sign out"), on_click=st.logout, icon=":material/logout:")
        raise PolicyError(
            "account.unknown",
            f"Your identity provider vouches for '{address or 'no address'}', and no account here is called so, or it does not "
            f"say that the address is yours. Ask an owner to let you in: 'gtm account add {address or 'ADDRESS'} --no-password'.",
        )
    return who
