"""The buttons of a campaign, each with what it will do said before it is pressed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Literal

import streamlit as st

from app.components.jobs import ask, follow, latest
from app.components.language import t, tn
from app.components.page import notice, told
from app.components.text import escaped, moment, spoken, these_days
from app.components.verification import before_release
from app.state import bench, person
from gtm_pipelines.campaigns.model import Campaign, CampaignStatus
from gtm_pipelines.delivery.model import Plan, PlanRow
from gtm_pipelines.drafting.model import Missing

LOOKS = 10
"""Looks at the progress after which the plan, which costs more, is asked again."""
WAITS = ("planned", "queued", "deferred", "claimed", "handing")


def actions(campaign: Campaign, status: CampaignStatus, plan: Plan) -> None:
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
        disabled=missing <= 0 or campaign.status == "archived",
        key="do_draft",
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


def _send(campaign: Campaign, status: CampaignStatus, plan: Plan) -> None:
    st.markdown(t("**2. Release and send**"))
    going = [row for row in plan.rows if row.state in WAITS and row.rule is None]
    if campaign.paused_at is not None:
        _say_paused(campaign)
    else:
        _say_going(going, plan)
        _say_when(going)
    if campaign.status == "sending":
        st.caption(t(":material/check: Released {released_at} UTC", released_at=these_days(campaign.released_at)))
    elif campaign.status == "completed":
        st.caption(t(":material/done_all: Completed: nobody is left to write to. Replies are collected as before."))
    released = campaign.status == "sending"
    may, accepted = before_release(campaign) if going and not released else (True, None)
    with st.container(horizontal=True):
        if not released and st.button(
            t("Release and send"), type=_weight(bool(going)), disabled=not (going and may), key="do_send"
        ):
            release(campaign, accepted)
        if released and st.button(
            t("Send now"), disabled=not going, key="send_now", help=t("What is due leaves by itself; this asks at once.")
        ):
            ask("send", {"campaign": campaign.id})
        if released and going and st.button(t("Hold"), key="do_hold", help=t("Nothing more leaves until you release it again.")):
            _hold(campaign)
    due = sum(1 for row in going if _due(row))
    if released and due:
        st.fragment(_sending, run_every=1)(campaign.id, _left(status) + due)
    follow(latest("send", campaign=campaign.id))


def _say_paused(campaign: Campaign) -> None:
    since = moment(campaign.paused_at)
    why = t("Paused since {paused_at}: {pause_reason}", paused_at=since, pause_reason=campaign.pause_reason)
    st.error(escaped(why), icon=":material/pause_circle:")
    st.page_link("views/deliverability.py", label=t("Deliverability"), icon=":material/arrow_forward:")


def _say_going(going: list[PlanRow], plan: Plan) -> None:
    by_mailbox = Counter(row.mailbox for row in going)
    from_whom = ", ".join(
        t("{count:,} from {name}", count=count, name=escaped(name)) for name, count in sorted(by_mailbox.items())
    )
    st.caption(
        tn(
            "Sends {number} approved message ({from_whom}).",
            "Sends {number} approved messages ({from_whom}).",
            len(going),
            from_whom=from_whom,
        )
        if going
        else t("No approved message is waiting to be sent.")
    )
    if going and plan.stopped:
        st.caption(
            tn(
                "{number} person will not be written to; the table below says why.",
                "{number} people will not be written to; the table below says why.",
                sum(plan.stopped.values()),
            )
        )


def _say_when(going: list[PlanRow]) -> None:
    """Say when the first message may leave, where none may leave now."""
    moments = [row.due_at for row in going if row.due_at is not None]
    if len(moments) == len(going) and moments and min(moments) > bench().clock.now():
        first, last = moment(min(moments)), moment(max(moments))
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


def _due(row: PlanRow) -> bool:
    return row.state in WAITS and row.rule is None and (row.due_at is None or row.due_at <= bench().clock.now())


def _hold(campaign: Campaign) -> None:
    with told():
        bench().campaigns.hold(campaign.id, by=person())
        notice(t("Held. Nothing more leaves until you release it again."))
        st.rerun()


def _collect(status: CampaignStatus) -> None:
    st.markdown(t("**3. Collect replies**"))
    st.caption(t("Reads every mailbox for answers, bounces and automatic replies of all campaigns, then refreshes the figures."))
    if st.button(t("Collect replies"), type=_weight(bool(status.sent)), key="do_collect"):
        ask("collect", {})
    follow(latest("collect"))
    if status.replied or status.bounced:
        st.page_link("views/replies.py", label=t("Read the replies"), icon=":material/forum:")


def _weight(likely: bool) -> Literal["primary", "secondary"]:
    return "primary" if likely else "secondary"


def _listed(reasons: Mapping[str, int]) -> str:
    return ", ".join(f"{escaped(spoken(code).lower())} ({count:,})" for code, count in reasons.items())
