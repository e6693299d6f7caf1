"""Set up a mailbox of one's own: who it is, who takes its mail, and its password or key, which is never shown again."""

from __future__ import annotations

import streamlit as st

from app.components.language import mark, t
from app.components.page import notice, told
from app.components.roles import may, only
from app.components.text import escaped
from app.components.vendor_mailbox import about, its_key, its_way
from app.state import bench, person
from gtm_pipelines.acting import Role
from gtm_pipelines.connections.new_mailbox import KNOWN, VENDORS, NewMailbox, Servers

_OTHER = "other"
_TITLES = {
    "gmail": "Gmail, Google Workspace",
    "yandex": "Yandex",
    _OTHER: mark("Another server"),
    "resend": "Resend",
    "sendgrid": "SendGrid",
    "instantly": "Instantly",
    "smartlead": "Smartlead",
}
_SECURITY = {"starttls": "STARTTLS", "tls": "TLS", "none": mark("none, for this machine only")}


def new_mailbox(*, expanded: bool) -> None:
    """Draw the form, for those who may."""
    if not may(Role.OWNER):
        st.caption(t("Only an owner sets up mailboxes."))
        return
    with st.expander(t("Set up a mailbox"), icon=":material/add:", expanded=expanded):
        provider = st.selectbox(
            t("Provider"), [*KNOWN, _OTHER, *VENDORS], format_func=lambda each: t(_TITLES[each]), key="mailbox_provider"
        )
        if provider in VENDORS:
            about(provider)
        else:
            st.caption(
                t(
                    "Most providers want a password made for programs. It is kept outside the data, and nothing is sent by "
                    "setting up."
                )
            )
        new, password, key = _asked(provider)
        if st.button(t("Set it up"), key="mailbox_save", type="primary", **only(Role.OWNER)):
            waits = t("Asking {tool}", tool=_TITLES[provider]) if key else t("Setting it up")
            with told(), st.spinner(waits):
                bench().mailbox_desk.add(new, by=f"person:{person()}", password=password, key=key)
                notice(t("{name} is set up. Test its connection before you write from it.", name=new.name))
                st.rerun()


def _asked(provider: str) -> tuple[NewMailbox, str, str]:
    """Return the mailbox as it was entered, the password of its account and the vendor's key."""
    left, right = st.columns(2)
    address = left.text_input(t("Mail address"), key="mailbox_address", placeholder="anna@example.com").strip()
    shown = right.text_input(t("Name shown beside it"), key="mailbox_shown", placeholder=t("Anna Petrova"))
    short = address.partition("@")[0].lower()
    name = left.text_input(t("Short name, for orders and reports"), key="mailbox_name", placeholder=short or "anna")
    with right:
        secret = its_key(provider) if provider in VENDORS else _password()
    postal = left.text_input(
        t("Postal address"), key="mailbox_postal", help=t("Stands below every mail; nothing is sent without one.")
    )
    cap = right.number_input(t("Mails a day at most"), 1, 2_000, 30, key="mailbox_cap", help=t("A new mailbox begins with few."))
    if provider in VENDORS:
        vendor, password = its_way(provider)
        return NewMailbox(name.strip() or short, address, shown, postal, vendor, int(cap)), password, secret
    servers = KNOWN.get(provider) or _servers()
    return NewMailbox(name.strip() or short, address, shown, postal, servers, int(cap)), secret, ""


def take_out(name: str) -> None:
    """Offer to take out a mailbox that was set up here."""
    if name not in bench().mailbox_desk.own() or not may(Role.OWNER):
        return
    with st.popover(t("Take out"), icon=":material/delete:"):
        st.markdown(t("Its password is forgotten; what it sent stays on record, and a vendor's key under Connections."))
        if st.button(t("Take {name} out", name=escaped(name)), key=f"mailbox_out:{name}", type="primary", **only(Role.OWNER)):
            with told():
                bench().mailbox_desk.remove(name, by=f"person:{person()}")
                notice(t("{name} is taken out.", name=name))
                st.rerun()


def _password() -> str:
    return st.text_input(t("Password"), type="password", autocomplete="off", key="mailbox_password")


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
