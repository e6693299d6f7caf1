"""The buttons of a campaign, each with what it will do said before it is pressed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import streamlit as st

from app.components.jobs import ask, follow, latest
from app.components.language import t, tn
from app.components.page import notice, told
from app.components.pausing import paused
from app.components.roles import only
from app.components.text import escaped, moment, spoken, these_days
from app.components.verification import before_release
from app.state import bench, person
from gtm_pipelines.acting import Role
from gtm_pipelines.campaigns.model import Campaign, CampaignStatus
from gtm_pipelines.delivery.prospect import Prospect
from gtm_pipelines.drafting.model import Missing

LOOKS = 10
"""Looks at the progress after which the plan, which costs more, is asked again."""


def actions(campaign: Campaign, status: CampaignStatus, plan: Prospect) -> None:
    """Show the next steps side by side: draft, review, release and send, collect."""
    of_draft, of_send, of_collect = st.columns(3, border=True)
    with of_draft:
        _draft(campaign, status)
    with of_send:
        _send(campaign, status, plan)
    with of_collect:
        _collect(status)


def _draft(campaign: Campaign, status: CampaignStatus) -> None:
    st.markdown(t("**1. Draft and review**"))
    wanted = bench().drafting.missing(campaign.id)
    missing = wanted.first + wanted.later
    _say_missing(campaign, status, wanted)
    if st.button(
        t("Draft all"),
        type=_weight(missing > status.failures),
        key="do_draft",
        **only(Role.EDITOR, disabled=missing <= 0 or campaign.status == "archived"),
    ):
        ask("draft", {"campaign": campaign.id})
    follow(latest("draft", campaign=campaign.id))
    if status.failures:
        st.caption(
            tn(
                ":material/error: {number} draft failed: {failure_reasons}.",
                ":material/error: {number} drafts failed: {failure_reasons}.",
                status.failures,
                failure_reasons=_listed(status.failure_reasons),
            )
        )
    if status.drafts:
        st.page_link("views/review.py", label=t("Review the drafts"), icon=":material/rate_review:")


def _say_missing(campaign: Campaign, status: CampaignStatus, missing: Missing) -> None:
    if missing.later:
        st.caption(
            tn(
                "Writes {number} later mail that is due soon. Nothing is sent.",
                "Writes {number} later mails that are due soon. Nothing is sent.",
                missing.later,
            )
        )
    if missing.first > 0:
        st.caption(
            tn(
                "Writes {number} draft, {variants} for each person. Nothing is sent.",
                "Writes {number} drafts, {variants} for each person. Nothing is sent.",
                missing.first,
                variants=len(campaign.variants),
            )
        )
    elif missing.later:
        return
    elif status.approved < status.drafted:
        st.caption(
            tn(
                "Everybody has a draft; {number} person waits for an approval.",
                "Everybody has a draft; {number} people wait for an approval.",
                status.drafted - status.approved,
            )
        )
    else:
        st.caption(t("Everybody has an approved mail."))


def _send(campaign: Campaign, status: CampaignStatus, plan: Prospect) -> None:
    st.markdown(t("**2. Release and send**"))
    going = plan.numbers["going"]
    if campaign.paused_at is not None:
        paused(campaign.name, campaign.paused_at, campaign.pause_reason)
        st.page_link("views/deliverability.py", label=t("Deliverability"), icon=":material/arrow_forward:")
    else:
        _say_going(plan)
        _say_when(plan)
    if campaign.status == "sending":
        st.caption(t(":material/check: Released {released_at} UTC", released_at=these_days(campaign.released_at)))
    elif campaign.status == "completed":
        st.caption(t(":material/done_all: Completed: nobody is left to write to. Replies are collected as before."))
    released = campaign.status == "sending"
    may, accepted = before_release(campaign) if going and not released else (True, None)
    with st.container(horizontal=True):
        if not released and st.button(
            t("Release and send"), type=_weight(bool(going)), key="do_send", **only(Role.EDITOR, disabled=not (going and may))
        ):
            release(campaign, accepted)
        if released and st.button(
            t("Send now"),
            key="send_now",
            **only(Role.EDITOR, disabled=not going, help=t("What is due leaves by itself; this asks at once.")),
        ):
            ask("send", {"campaign": campaign.id})
        if (
            released
            and going
            and st.button(
                t("Hold"), key="do_hold", **only(Role.EDITOR, help=t("Nothing more leaves until you release it again."))
            )
        ):
            _hold(campaign)
    if released and plan.due_now:
        st.fragment(_sending, run_every=1)(campaign.id, _left(status) + plan.due_now)
    follow(latest("send", campaign=campaign.id))


def _say_going(plan: Prospect) -> None:
    going, stopped = plan.numbers["going"], plan.numbers["stopped"]
    from_whom = ", ".join(
        t("{count:,} from {name}", count=count, name=escaped(name)) for name, count in sorted(plan.mailboxes.items())
    )
    st.caption(
        tn(
            "Sends {number} approved message ({from_whom}).",
            "Sends {number} approved messages ({from_whom}).",
            going,
            from_whom=from_whom,
        )
        if going
        else t("No approved message is waiting to be sent.")
    )
    if going and stopped:
        st.caption(
            tn(
                "{number} person will not be written to; the table below says why.",
                "{number} people will not be written to; the table below says why.",
                stopped,
            )
        )


def _say_when(plan: Prospect) -> None:
    """Say when the first message may leave, where none may leave now."""
    if plan.first is not None and plan.first > bench().clock.now():
        first, last = moment(plan.first), moment(plan.last)
        until = "" if first == last else t(", the last on {last}", last=last)
        st.caption(
            t(
                ":material/schedule: None may leave now: the first on {first}{until}, as sending hours, caps and the pause "
                "between two mails to one person allow.",
                first=first,
                until=until,
            )
        )


def release(campaign: Campaign, accepted: str | None = None) -> None:
    """Record that a person says send: the pipeline notices the release and starts the sending.

    Args:
        campaign: which.
        accepted: why it is released though many mails may come back.
    """
    with told():
        bench().campaigns.release(campaign.id, by=person(), accept_bounces=accepted)
        notice(t("Released. The messages leave as their mailboxes allow."))
        st.rerun()


def _sending(campaign_id: str, goal: int) -> None:
    """Show how many have left, from the record; draw the page anew at the goal, and now and then in case a rule held some."""
    left = _left(bench().campaigns.status(campaign_id))
    looks = st.session_state["looks"] = st.session_state.get("looks", 0) + 1
    if left >= goal or looks >= LOOKS:
        st.session_state["looks"] = 0
        st.rerun()
    st.progress(left / goal, text=t("Sending: {left:,} of {goal:,}", left=left, goal=goal))


def _left(status: CampaignStatus) -> int:
    return status.sent + status.failed + status.unknown


def _hold(campaign: Campaign) -> None:
    with told():
        bench().campaigns.hold(campaign.id, by=person())
        notice(t("Held. Nothing more leaves until you release it again."))
        st.rerun()


def _collect(status: CampaignStatus) -> None:
    st.markdown(t("**3. Collect replies**"))
    st.caption(t("Reads every mailbox for answers, bounces and automatic replies of all campaigns, then refreshes the figures."))
    if st.button(t("Collect replies"), type=_weight(bool(status.sent)), key="do_collect", **only(Role.EDITOR)):
        ask("collect", {})
    follow(latest("collect"))
    if status.replied or status.bounced:
        st.page_link("views/replies.py", label=t("Read the replies"), icon=":material/forum:")


def _weight(likely: bool) -> Literal["primary", "secondary"]:
    return "primary" if likely else "secondary"


def _listed(reasons: Mapping[str, int]) -> str:
    return ", ".join(f"{escaped(spoken(code).lower())} ({count:,})" for code, count in reasons.items())
