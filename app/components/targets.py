"""Who gets what, when and from which mailbox; and for the rest the rule that stops it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import pandas as pd
import streamlit as st

from app.components.language import mark, t, tn, written
from app.components.paging import PAGE, pager
from app.components.text import escaped, spoken, these_days
from app.components.translated import translated
from app.state import bench
from gtm_pipelines.campaigns.model import Campaign, CampaignStatus, Target
from gtm_pipelines.delivery.prospect import KINDS, Kind, Prospect
from gtm_pipelines.record.enrolments import FIRST_ANSWER

_FRESH = timedelta(minutes=1)
_WHY = {
    "no_email": mark("No email address"),
    "suppressed": mark("Asked not to be written to, or bounced before"),
    "do_not_contact": mark("Marked “do not contact”"),
    "bad_address": mark("The address cannot be written to"),
    "excluded_by_person": mark("Taken out by a person"),
}


def planned(campaign: Campaign, status: CampaignStatus) -> Prospect:
    """Count who gets what; of many thousands the counts are kept for a minute, while nothing else of the campaign changes."""
    now = bench().clock.now()
    held = st.session_state.get("plan")
    if held is not None and held[0] == status and held[2].campaign_id == campaign.id and now - held[1] < _FRESH:
        return held[2]
    with st.spinner(t("Planning who gets what")):
        plan = bench().delivery.prospect(campaign.id)
    st.session_state["plan"] = None if plan.whole else (status, now, plan)
    return plan


def plan_table(campaign: Campaign, plan: Prospect) -> None:
    """Show the plan a page at a time, whoever is written to first."""
    kinds = {"all": t("Everybody"), "going": t("Will be written to"), "stopped": t("Stopped by a rule"), "done": t("Done")}
    chosen = st.segmented_control(
        t("Show"),
        list(kinds),
        format_func=kinds.__getitem__,
        default="all",
        required=True,
        key="plan_kind",
        label_visibility="collapsed",
    )
    kind: Kind | None = next((one for one in KINDS if one == chosen), None)
    total = plan.numbers[kind] if kind else sum(plan.numbers.values())
    if not total:
        st.caption(t("Nobody here."))
        return
    shown = plan.page(kind, PAGE, pager(total, f"plan_page:{campaign.id}:{chosen}"))
    frame = pd.DataFrame(
        {
            t("Person"): [row.contact for row in shown],
            t("Address"): [row.recipient or "" for row in shown],
            t("From"): [row.mailbox for row in shown],
            t("Mail"): [f"{row.step}" if row.step < FIRST_ANSWER else t("answer") for row in shown] if plan.several else "",
            t("State"): [spoken(row.state) for row in shown],
            t("When, by their clock"): [_clock(row.theirs) for row in shown],
            t("When, by yours"): [_clock(row.ours) for row in shown],
            t("Why not"): [translated(row.reason or "") for row in shown],
            t("Why not at once"): [translated(row.waits_reason or "") for row in shown],
        }
    )
    frame = frame[[name for name in frame if frame[name].ne("").any()]]
    wide = {name: st.column_config.TextColumn(width="large") for name in (t("Why not"), t("Why not at once"))}
    st.dataframe(frame, hide_index=True, width="stretch", height=min(420, 38 + 35 * len(frame)), column_config=wide)
    if not plan.whole:
        st.caption(t("The text, and whether somebody must not be written to, is looked at once more as each mail leaves."))
    _stopped(plan.reasons)


def _stopped(reasons: Mapping[str, int]) -> None:
    if reasons:
        often = Counter(reasons).most_common(6)
        told = "; ".join(f"{written(count, ',')} – {escaped(translated(reason).rstrip('.'))}" for reason, count in often)
        st.caption(t("Stopped: {reasons}", reasons=told))


def _clock(at: datetime | None) -> str:
    return f"{these_days(at, weekday=True)} {at.tzname()}" if at else ""


def left_out(campaign: Campaign, status: CampaignStatus) -> None:
    """Show whom the snapshot left out, with the reason."""
    if not status.excluded:
        return
    with st.expander(
        tn(
            "{number} person left out when the campaign started",
            "{number} people left out when the campaign started",
            status.excluded,
        ),
        icon=":material/person_off:",
    ):
        offset = pager(status.excluded, f"excluded_page:{campaign.id}")
        _people(bench().campaigns.targets(campaign.id, status="excluded", limit=PAGE, offset=offset))


def _people(targets: Sequence[Target]) -> None:
    contacts = [target.snapshot.get("contact", {}) for target in targets]
    frame = pd.DataFrame(
        {
            t("Person"): [c.get("full_name") or "" for c in contacts],
            t("Position"): [c.get("position") or "" for c in contacts],
            t("Address"): [one.recipient or c.get("email") or "" for one, c in zip(targets, contacts, strict=True)],
            t("Why"): [t(_WHY[one.status_reason]) if one.status_reason in _WHY else spoken(one.status_reason) for one in targets],
        }
    )
    st.dataframe(frame, hide_index=True, width="stretch", height=min(320, 38 + 35 * len(frame)))
