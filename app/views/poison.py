"""Poison queue: messages that failed, were given up or may have left; mended by a person and sent again where that is safe."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from app.components.language import t, tn
from app.components.page import empty, header, notice, told
from app.components.paging import pager
from app.components.roles import only
from app.components.text import escaped, moment, spoken
from app.components.translated import translated
from app.state import bench, person
from gtm_pipelines.acting import Role
from gtm_pipelines.delivery.poison import Stuck

SIZE = 20


def page() -> None:
    """Draw the page."""
    header(t("Poison queue"), t("What did not leave, or may not have: each with the reason and what to do."))
    with told():
        found = bench().delivery.stuck()
        if not found:
            empty(t("Nothing stays behind. Every message left, waits for its time, or was stopped by a rule you set."))
            return
        _again(found)
        offset = pager(len(found), "poison_page", size=SIZE)
        for one in found[offset : offset + SIZE]:
            _one(one)


def _again(found: list[Stuck]) -> None:
    for campaign, number in Counter(one.campaign for one in found if one.can_retry).items():
        label = tn(
            "Send {number} message of {campaign} again that never left",
            "Send {number} messages of {campaign} again that never left",
            number,
            campaign=campaign,
        )
        if st.button(escaped(label), key=f"again:{campaign}", icon=":material/replay:", **only(Role.EDITOR)):
            with told():
                queued = bench().delivery.retry(campaign, by=person())
                notice(tn("{number} message queued again.", "{number} messages queued again.", queued))
                st.rerun()


def _one(one: Stuck) -> None:
    with st.container(border=True):
        of_text, of_button = st.columns([4, 1], vertical_alignment="center")
        of_text.markdown(f"**{escaped(one.contact or one.recipient)}** · {escaped(one.campaign)} · {escaped(spoken(one.state))}")
        of_text.caption(
            escaped(
                t(
                    "{recipient} · mail {step} · from {mailbox} · {at}",
                    recipient=one.recipient,
                    step=one.step,
                    mailbox=one.mailbox,
                    at=moment(one.at),
                )
            )
        )
        st.markdown(escaped(translated(one.reason or "") or t("No reason was given.")))
        st.caption(escaped(translated(one.fix)))
        if one.can_retry and of_button.button(t("Send again"), key=f"retry:{one.id}", **only(Role.EDITOR)):
            with told():
                bench().delivery.retry(one.campaign, by=person(), message_id=one.id)
                notice(t("Queued again."))
                st.rerun()
        elif one.state == "unknown":
            of_button.page_link("views/campaigns.py", label=t("Settle it"), icon=":material/help:")


if __name__ == "__main__":
    page()
