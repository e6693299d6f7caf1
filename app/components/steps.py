"""The buttons of a campaign, each with what it will do said before it is pressed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Literal

import streamlit as st

from app.components.jobs import ask, follow, latest
from app.components.page import notice, told
from app.components.text import escaped, plural
from app.state import bench, person
from gtm_pipelines.campaigns.model import Campaign, CampaignStatus
from gtm_pipelines.delivery.model import Plan


def actions(campaign: Campaign, status: CampaignStatus, plan: Plan) -> None:
    """Show the next steps side by side: draft, review, release and send, collect."""
    of_draft, of_send, of_collect = st.columns(3, border=True)
    with of_draft:
        _draft(campaign, status)
    with of_send:
        _send(campaign, plan)
    with of_collect:
        _collect(status)


def _draft(campaign: Campaign, status: CampaignStatus) -> None:
    st.markdown("**1. Draft and review**")
    missing = status.active * len(campaign.variants) - status.drafts
    if missing > 0:
        st.caption(f"Writes {plural(missing, 'draft')}, {len(campaign.variants)} for each person. Nothing is sent.")
    else:
        st.caption(f"Every person has a draft. {plural(status.waiting_review, 'draft')} without a decision.")
    if st.button("Draft", type=_weight(missing > 0), disabled=missing <= 0 or campaign.status == "archived", key="do_draft"):
        ask("draft", {"campaign": campaign.id})
    follow(latest("draft", campaign=campaign.id))
    if status.failures:
        st.caption(f":material/error: {plural(status.failures, 'draft')} failed: {_listed(status.failure_reasons)}.")
    if status.drafts:
        st.page_link("views/review.py", label="Review the drafts", icon=":material/rate_review:")


def _send(campaign: Campaign, plan: Plan) -> None:
    st.markdown("**2. Release and send**")
    going = [row for row in plan.rows if row.state in ("planned", "queued", "deferred") and row.rule is None]
    by_mailbox = Counter(row.mailbox for row in going)
    from_whom = ", ".join(f"{count:,} from {escaped(name)}" for name, count in sorted(by_mailbox.items()))
    st.caption(
        f"Sends {plural(len(going), 'approved message')} ({from_whom})."
        if going
        else "No approved message is waiting to be sent."
    )
    if going and plan.stopped:
        st.caption(f"{plural(sum(plan.stopped.values()), 'person', 'people')} will not be written to; the table below says why.")
    if campaign.status == "sending":
        st.caption(f":material/check: Released {campaign.released_at:%d %b, %H:%M} UTC")
    label = "Send now" if campaign.status == "sending" else "Release and send"
    with st.container(horizontal=True):
        if st.button(label, type=_weight(bool(going)), disabled=not going, key="do_send"):
            release(campaign)
        if (
            campaign.status == "sending"
            and going
            and st.button("Hold", key="do_hold", help="Nothing more leaves until you release it again.")
        ):
            _hold(campaign)
    follow(latest("send", campaign=campaign.id))


def release(campaign: Campaign) -> None:
    """Record that a person says send, and ask the pipeline for it; the due-message sensor covers a lost request."""
    by, services = person(), bench()
    with told():
        services.campaigns.release(campaign.id, by=by)
        services.jobs.request("send", {"campaign": campaign.id}, by=by)
        st.rerun()


def _hold(campaign: Campaign) -> None:
    with told():
        bench().campaigns.hold(campaign.id, by=person())
        notice("Held. Nothing more leaves until you release it again.")
        st.rerun()


def _collect(status: CampaignStatus) -> None:
    st.markdown("**3. Collect replies**")
    st.caption("Reads every mailbox for answers, bounces and automatic replies of all campaigns, then refreshes the figures.")
    if st.button("Collect replies", type=_weight(bool(status.sent)), key="do_collect"):
        ask("collect", {})
    follow(latest("collect"))
    if status.replied or status.bounced:
        st.page_link("views/replies.py", label="Read the replies", icon=":material/forum:")


def _weight(likely: bool) -> Literal["primary", "secondary"]:
    return "primary" if likely else "secondary"


def _listed(reasons: Mapping[str, int]) -> str:
    return ", ".join(f"{escaped(code)} {count:,}" for code, count in reasons.items())
