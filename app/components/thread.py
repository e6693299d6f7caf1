"""One conversation as plain text: what we wrote, and what came back. Nothing in it comes alive."""

from __future__ import annotations

import streamlit as st

from app.components.language import t, tn
from app.components.text import escaped, moment, spoken
from app.state import bench
from gtm_pipelines.record import threads
from gtm_pipelines.replies.model import InboundView


def thread(mail: InboundView) -> None:
    """Show our message and everything that answered it, oldest first."""
    ours = threads.sent_message(bench().record, mail.message_id) if mail.message_id else None
    if ours is None:
        _letter(mail.from_name or mail.from_address or t("Somebody"), "", mail.subject, mail.text, moment(mail.received_at))
        return
    _letter(
        t("We ({mailbox})", mailbox=ours.mailbox),
        t("to {contact_name}", contact_name=ours.contact_name or ours.recipient),
        ours.subject,
        ours.body,
        moment(ours.sent_at),
    )
    for answer in threads.answers(bench().record, ours.id):
        values = answer._mapping
        who = values["from_name"] or values["from_address"] or t("Mail system")
        _letter(who, spoken(values["class"]).lower(), values["subject"], values["text"], moment(values["received_at"]))


def stopped_by(mail: InboundView) -> None:
    """Lead to the suppressions that a mail of theirs, or the one of ours that it answers, has caused."""
    for source in filter(None, (f"reply:{mail.id}", mail.message_id and f"message:{mail.message_id}")):
        if found := bench().suppressions.caused(source):
            label = tn("{number} suppression because of it", "{number} suppressions because of it", len(found))
            st.page_link("views/suppressions.py", label=label, icon=":material/block:", query_params={"source": source})


def _letter(who: str, note: str, subject: str | None, body: str | None, when: str) -> None:
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{escaped(who)}** {escaped(note)}")
        st.caption(when)
        st.text(subject or t("(no subject)"))
        st.text((body or "").strip() or t("(no text)"))
