"""The part of a new mailbox that a vendor hands over: what it is for and cannot do, its key, its campaigns, the answers."""

from __future__ import annotations

import streamlit as st

from app.components.language import mark, t
from app.components.text import escaped
from app.components.tools import key_help, purpose_of
from app.state import bench
from gtm_pipelines.connections.model import Tool
from gtm_pipelines.connections.new_mailbox import KNOWN, WITH_CAMPAIGNS, Vendor

_NOBODY, _OTHER = "", "other"
_READ = {
    _NOBODY: mark("They are not read here"),
    "gmail": "Gmail, Google Workspace",
    "yandex": "Yandex",
    _OTHER: mark("Another server"),
}
_EACH_MAIL = mark(
    "{vendor} hands over one mail at a time, when this workbench says so. Your domain has to be verified there. It keeps no "
    "mailbox: answers go to the address below."
)
_ITS_REPORTS = mark(
    "Which mails came back or were complained about, only {vendor} knows. It tells so to a public address of this workbench, "
    "which whoever runs this machine sets up as `replies.webhooks`; without that, look at {vendor}'s own page."
)
_ITS_CAMPAIGNS = mark(
    "{vendor} writes from its own mailboxes, at the hours that its campaigns have. Make a campaign there for each mail of a "
    "sequence, with one step: the subject `{subject}`, the text `{text}`."
)
_ITS_LIMITS = mark(
    "It takes a mail's text alone, so no invitation to a meeting goes along, and takes a person into a campaign only once. "
    "Answers and mails that came back it tells to a public address of this workbench, which whoever runs this machine sets "
    "up as `replies.webhooks`."
)


def about(vendor: str) -> None:
    """Say what a vendor is for, what it cannot do, and how its key is got."""
    tool = _tool(vendor)
    st.markdown(f"**{escaped(tool.title)}** · {escaped(purpose_of(tool))}")
    works, lacks = (_ITS_CAMPAIGNS, _ITS_LIMITS) if vendor in WITH_CAMPAIGNS else (_EACH_MAIL, _ITS_REPORTS)
    st.markdown(t(works, vendor=tool.title, subject="{{gtm_subject}}", text="{{gtm_body}}"))
    st.markdown(t(lacks, vendor=tool.title))
    key_help(tool)


def its_key(vendor: str) -> str:
    """Ask for the key of a vendor; one that is connected already need not be entered."""
    tool = _tool(vendor)
    connected = any(one.tool.name == vendor for one in bench().connections.list())
    return st.text_input(
        t("Key of {tool}", tool=tool.title),
        type="password",
        autocomplete="off",
        key=f"mailbox_key:{vendor}",
        placeholder=t("the one under Connections") if connected else "",
        help=t("It is tried by a request that changes nothing, kept outside the data, and never shown again."),
    )


def its_way(vendor: str) -> tuple[Vendor, str]:
    """Ask for a vendor's campaigns and for who keeps answers; return both, and the password of the latter."""
    campaigns = ""
    if vendor in WITH_CAMPAIGNS:
        campaigns = st.text_area(
            t("Ids of its campaigns, a line for each"),
            key=f"mailbox_campaigns:{vendor}",
            help=t("First the one for the first mail of a sequence, then the one for the second, and so on."),
        )
    of_server, of_password = st.columns(2)
    chosen = of_server.selectbox(
        t("Who keeps answers to this address"), list(_READ), format_func=lambda each: t(_READ[each]), key="mailbox_answers"
    )
    if chosen == _NOBODY:
        return Vendor(vendor, tuple(campaigns.split())), ""
    password = of_password.text_input(t("Its password"), type="password", autocomplete="off", key="mailbox_answers_password")
    imap = KNOWN[chosen].imap if chosen in KNOWN else _server()
    return Vendor(vendor, tuple(campaigns.split()), imap), password


def _server() -> str:
    return st.text_input(t("Server that keeps answers (IMAP)"), key="mailbox_answers_imap")


def _tool(vendor: str) -> Tool:
    return bench().connections.tools().tool(vendor)
