"""Deliverability: whether mails arrive, how far each campaign is from its limits, and why one is paused."""

from __future__ import annotations

import streamlit as st

from app.components.page import empty, header, notice, told
from app.components.text import escaped, moment, percent, spoken
from app.state import bench, person
from gtm_pipelines.delivery.guard import Deliverability


def page() -> None:
    """Draw the page."""
    header("Deliverability", "Whether your mails arrive. A campaign pauses itself before your name is lost.")
    with told():
        _domains()
        found = bench().delivery.deliverability()
        if not found:
            empty("No campaign was released yet.", page="views/campaigns.py", label="Campaigns")
        for one in found:
            _campaign(one)


def _domains() -> None:
    worst = [one for one in bench().mailboxes.list() if one.status == "paused" or one.worst in ("fail", "warn")]
    if worst:
        names = ", ".join(one.name for one in worst)
        st.warning(escaped(f"Look at these mailboxes: {names}."), icon=":material/warning:")
        st.page_link("views/mailboxes.py", label="Mailboxes", icon=":material/arrow_forward:")


def _campaign(one: Deliverability) -> None:
    with st.container(border=True):
        st.markdown(f"**{escaped(one.campaign)}** · {escaped(spoken(one.status))}")
        if one.paused_at is not None:
            st.error(escaped(f"Paused since {moment(one.paused_at)}: {one.pause_reason}"), icon=":material/pause_circle:")
        came, complained = st.columns(2)
        counts = one.counts
        with came:
            _rate("Came back", counts.came_back, counts.attempted, one.bounce_limit, one.bounce_floor)
        with complained:
            _rate("Reported as spam", counts.complained, counts.delivered, one.complaint_limit, one.complaint_floor)
        _button(one)


def _rate(label: str, part: int, whole: int, limit: float, floor: int) -> None:
    st.metric(label, percent(part / whole) if whole else "–", help=f"{part:,} of {whole:,}; pauses from {limit:.1%} on.")
    if whole < floor:
        st.caption(f"{part:,} of {whole:,}. Judged from {floor:,} mails on.")
    else:
        st.caption(f"{part:,} of {whole:,}. The limit is {limit:.1%}.")


def _button(one: Deliverability) -> None:
    if one.paused_at is not None:
        if st.button("Resume", key=f"resume:{one.campaign}", icon=":material/play_arrow:", type="primary"):
            with told():
                bench().delivery.resume(one.campaign, by=person())
                notice(f"{one.campaign} goes on.")
                st.rerun()
    elif one.status == "sending" and st.button("Pause", key=f"pause:{one.campaign}", icon=":material/pause:"):
        with told():
            bench().delivery.pause(one.campaign, by=person())
            notice(f"Nothing of {one.campaign} leaves any more.")
            st.rerun()


if __name__ == "__main__":
    page()
