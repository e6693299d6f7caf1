"""Deliverability: whether mails arrive, how far each campaign is from its limits, and why one is paused."""

from __future__ import annotations

import streamlit as st

from app.components.choose import campaign_or_all
from app.components.figures import Way, ways
from app.components.language import t
from app.components.page import empty, header, notice, told
from app.components.pausing import paused
from app.components.roles import only
from app.components.text import escaped, percent, spoken
from app.state import bench, person
from gtm_pipelines.acting import Role
from gtm_pipelines.delivery.guard import Deliverability


def page() -> None:
    """Draw the page."""
    header(t("Deliverability"), t("Whether your mails arrive. A campaign pauses itself before your name is lost."))
    with told():
        _domains()
        found = bench().delivery.deliverability()
        if not found:
            empty(t("No campaign was released yet."), page="views/campaigns.py", label=t("Campaigns"))
            return
        chosen = campaign_or_all("deliverability_campaign")
        shown = [one for one in found if chosen in (None, one.campaign_id)]
        if not shown:
            st.caption(t("This campaign was not released yet, so nothing of it can have come back."))
        for one in shown:
            _campaign(one)


def _domains() -> None:
    worst = [one for one in bench().mailboxes.list() if one.status == "paused" or one.worst in ("fail", "warn")]
    if worst:
        names = ", ".join(one.name for one in worst)
        st.warning(escaped(t("Look at these mailboxes: {names}.", names=names)), icon=":material/warning:")
        st.page_link("views/mailboxes.py", label=t("Mailboxes"), icon=":material/arrow_forward:")


def _campaign(one: Deliverability) -> None:
    with st.container(border=True):
        st.markdown(f"**{escaped(one.campaign)}** · {escaped(spoken(one.status))}")
        paused(one.campaign, one.paused_at, one.pause_reason)
        came, complained = st.columns(2)
        counts = one.counts
        with came:
            _rate(t("Came back"), counts.came_back, counts.attempted, one.bounce_limit, one.bounce_floor)
        with complained:
            _rate(t("Reported as spam"), counts.complained, counts.delivered, one.complaint_limit, one.complaint_floor)
        of = {"campaign": one.campaign_id}
        ways(
            (
                Way(t("The campaign"), "campaign_results", ":material/monitoring:", of),
                Way(t("Mails that came back"), "replies", ":material/undo:", of | {"class": "bounce_hard"}),
                Way(t("Reports as spam"), "replies", ":material/report:", of | {"class": "complaint"}),
                Way(t("Its mails, one by one"), "lineage", ":material/account_tree:", of),
            )
        )
        _button(one)


def _rate(label: str, part: int, whole: int, limit: float, floor: int) -> None:
    st.metric(
        label,
        percent(part / whole) if whole else "–",
        help=t("{part:,} of {whole:,}; pauses from {limit:.1%} on.", part=part, whole=whole, limit=limit),
    )
    if whole < floor:
        st.caption(t("{part:,} of {whole:,}. Judged from {floor:,} mails on.", part=part, whole=whole, floor=floor))
    else:
        st.caption(t("{part:,} of {whole:,}. The limit is {limit:.1%}.", part=part, whole=whole, limit=limit))


def _button(one: Deliverability) -> None:
    going = one.status == "sending" and one.paused_at is None
    if going and st.button(t("Pause"), key=f"pause:{one.campaign}", icon=":material/pause:", **only(Role.EDITOR)):
        with told():
            bench().delivery.pause(one.campaign, by=person())
            notice(t("Nothing of {campaign} leaves any more.", campaign=one.campaign))
            st.rerun()


if __name__ == "__main__":
    page()
