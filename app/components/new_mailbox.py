"""Set up a mailbox of one's own: who it is, which servers it has, and its password, which is never shown again."""

from __future__ import annotations

import streamlit as st

from app.components.language import mark, t
from app.components.page import notice, told
from app.components.roles import may, only
from app.components.text import escaped
from app.state import bench, person
from gtm_pipelines.acting import Role
from gtm_pipelines.connections.mailboxes import KNOWN, NewMailbox, Servers

_OTHER = "other"
_TITLES = {"gmail": "Gmail, Google Workspace", "yandex": "Yandex", _OTHER: mark("Another server")}
_SECURITY = {"starttls": "STARTTLS", "tls": "TLS", "none": mark("none, for this machine only")}


def new_mailbox(*, expanded: bool) -> None:
    """Draw the form, for those who may."""
    if not may(Role.OWNER):
        st.caption(t("Only an owner sets up mailboxes."))
        return
    with st.expander(t("Set up a mailbox"), icon=":material/add:", expanded=expanded):
        st.caption(
            t("Most providers want a password made for programs. It is kept outside the data, and nothing is sent by setting up.")
        )
        provider = st.selectbox(
            t("Provider"), [*KNOWN, _OTHER], format_func=lambda each: t(_TITLES[each]), key="mailbox_provider"
        )
        left, right = st.columns(2)
        address = left.text_input(t("Mail address"), key="mailbox_address", placeholder="anna@example.com").strip()
        shown = right.text_input(t("Name shown beside it"), key="mailbox_shown", placeholder=t("Anna Petrova"))
        name = left.text_input(
            t("Short name, for orders and reports"), key="mailbox_name", placeholder=address.partition("@")[0].lower() or "anna"
        )
        password = right.text_input(t("Password"), type="password", autocomplete="off", key="mailbox_password")
        postal = left.text_input(
            t("Postal address"), key="mailbox_postal", help=t("Stands below every mail; nothing is sent without one.")
        )
        cap = right.number_input(
            t("Mails a day at most"), 1, 2_000, 30, key="mailbox_cap", help=t("A new mailbox begins with few.")
        )
        servers = KNOWN.get(provider) or _servers()
        if st.button(t("Set it up"), key="mailbox_save", type="primary", **only(Role.OWNER)):
            called = name.strip() or address.partition("@")[0].lower()
            with told():
                new = NewMailbox(called, address, shown, postal, servers, int(cap))
                bench().mailbox_desk.add(new, password, by=f"person:{person()}")
                notice(t("{name} is set up. Test its connection before you write from it.", name=called))
                st.rerun()


def take_out(name: str) -> None:
    """Offer to take out a mailbox that was set up here."""
    if name not in bench().mailbox_desk.own() or not may(Role.OWNER):
        return
    with st.popover(t("Take out"), icon=":material/delete:"):
        st.markdown(t("Its password is forgotten; what it sent stays on record."))
        if st.button(t("Take {name} out", name=escaped(name)), key=f"mailbox_out:{name}", type="primary", **only(Role.OWNER)):
            with told():
                bench().mailbox_desk.remove(name, by=f"person:{person()}")
                notice(t("{name} is taken out.", name=name))
                st.rerun()


def _servers() -> Servers:
    of_smtp, of_port, of_security, of_imap = st.columns([3, 1, 2, 3])
    smtp = of_smtp.text_input(t("Server that takes mail (SMTP)"), key="mailbox_smtp", placeholder="smtp.example.com")
    port = of_port.number_input(t("Port"), 1, 65_535, 587, key="mailbox_port")
    security = of_security.selectbox(
        t("Protection"), list(_SECURITY), format_func=lambda each: t(_SECURITY[each]), key="mailbox_security"
    )
    imap = of_imap.text_input(
        t("Server that keeps answers (IMAP)"), key="mailbox_imap", help=t("Without one no answers are read.")
    )
    return Servers(smtp, int(port), security, imap)
