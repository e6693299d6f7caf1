"""Messages that may or may not have left: only a person, who looked, says what became of them."""

from __future__ import annotations

import streamlit as st

from app.components.language import mark, t, tn
from app.components.page import notice, told
from app.components.roles import only
from app.components.text import escaped, moment
from app.state import bench, person
from gtm_pipelines.acting import Role
from gtm_pipelines.campaigns.model import Campaign
from gtm_pipelines.delivery.settling import Verdict

_SHOWN = 50
_VERDICTS: dict[Verdict, str] = {
    "sent": mark("It left"),
    "not_sent": mark("It did not leave"),
    "retry": mark("It did not leave; send it again"),
}


def unknown_messages(campaign: Campaign) -> None:
    """List the unknown messages of a campaign with what a person can say of each."""
    rows = bench().delivery.unknown(campaign.id)
    if not rows:
        return
    title = tn("{number} message may or may not have left", "{number} messages may or may not have left", len(rows))
    with st.expander(title, icon=":material/help:", expanded=True):
        st.caption(
            t(
                "The connection broke at the last moment. Look in the mailbox's Sent folder; nothing is sent again unless "
                "you say so."
            )
        )
        for row in rows[:_SHOWN]:
            _one(row["id"], f"{row['recipient']} · {row['subject']} · {moment(row['handed_at'])}")


def _one(message_id: str, about: str) -> None:
    of_text, of_choice = st.columns([3, 2], vertical_alignment="center")
    of_text.markdown(escaped(about))
    with of_choice, st.container(horizontal=True), st.popover(t("Say what became of it")):
        for verdict, label in _VERDICTS.items():
            if st.button(t(label), key=f"settle:{message_id}:{verdict}", **only(Role.EDITOR)):
                with told():
                    bench().delivery.settle(message_id, verdict, person())
                    notice(t("Noted."))
                    st.rerun()
