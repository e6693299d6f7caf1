"""One decision over many drafts: each says how many it is about before it is taken, and the last one can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from app.components.asking import answered, ask_about
from app.components.decided import forget_decision, last_decision, remember, told_approval
from app.components.editor import reopen
from app.components.page import notice, told
from app.components.text import escaped, plural
from app.state import bench, person
from gtm_pipelines.campaigns.model import Campaign
from gtm_pipelines.review.model import Filters


def toolbar(campaign: Campaign, chosen: Filters, total: int, ticked: Sequence[str]) -> None:
    """Show what can be done with the ticked drafts, or with all that the filter shows."""
    waiting = bench().review.count_recommended(campaign.id)
    what = f"{len(ticked)} ticked" if ticked else f"all {total:,} shown"
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Approve all recommended", icon=":material/done_all:", disabled=not waiting, key="approve_recommended"):
            ask_about("approve_recommended", campaign_id=campaign.id, waiting=waiting)
        if st.button(f"Approve {what}", icon=":material/check:", key="bulk_approve", disabled=not total):
            ask_about("approve_many", campaign_id=campaign.id, chosen=chosen, ticked=list(ticked))
        if st.button(f"Reject {what}", icon=":material/close:", key="bulk_reject", disabled=not total):
            ask_about("reject_many", campaign_id=campaign.id, chosen=chosen, ticked=list(ticked))
        if st.button(f"Rewrite {what}", icon=":material/edit_note:", key="bulk_rewrite", disabled=not total):
            meant = list(ticked) or bench().review.ids(campaign.id, **chosen)
            ask_about("rewrite", campaign_id=campaign.id, draft_ids=meant)
        _undo_last()
        st.caption(f"{plural(waiting, 'recommended draft')} without a decision", width="content")


def approve_recommended(campaign_id: str, waiting: int) -> None:
    """Ask whether the recommended variant of everybody shall be approved."""
    st.markdown(
        f"Approves the recommended variant of every person without a decision: up to {plural(waiting, 'draft')}, "
        "as they are now. What rules block is left out. Nothing is sent before you release the campaign."
    )
    if st.button("Approve them", type="primary", key="approve_all"):
        with told():
            since = bench().clock.now()
            ids = bench().review.ids(campaign_id, status="drafted", recommended=True)
            bar = st.progress(0.0, text="Approving")
            report = bench().review.approve_recommended(
                campaign_id, by=person(), progress=lambda done, of: bar.progress(done / max(1, of or done))
            )
            _done(ids, since, told_approval(report))


def approve_many(campaign_id: str, chosen: Filters, ticked: list[str]) -> None:
    """Ask whether the ticked drafts, or all that a filter shows, shall be approved."""
    mine = {**chosen, "recommended": True}
    ids = ticked or bench().review.ids(campaign_id, **mine)  # type: ignore[arg-type]
    whose = "the ticked ones" if ticked else "the recommended variant of everybody the filter shows"
    st.markdown(
        f"Approves {plural(len(ids), 'draft')}: {whose}, word for word as they are now. Of two variants of one mail only the "
        "recommended one is approved; what rules block is left out."
    )
    if st.button(f"Approve {len(ids):,}", type="primary", key="bulk_approve_do", disabled=not ids):
        with told():
            since = bench().clock.now()
            _done(ids, since, told_approval(bench().review.approve(ids, by=person())))


def reject_many(campaign_id: str, chosen: Filters, ticked: list[str]) -> None:
    """Ask why the ticked drafts, or all that a filter shows, shall be rejected."""
    ids = ticked or bench().review.ids(campaign_id, **chosen)
    st.markdown(f"Rejects {plural(len(ids), 'draft')}: {'the ticked ones' if ticked else 'all that the filter shows'}.")
    reason = st.text_input("Why? Later drafts learn from it.", key="bulk_reason")
    if st.button(f"Reject {len(ids):,}", type="primary", key="bulk_reject_do", disabled=not ids or not reason.strip()):
        with told():
            since = bench().clock.now()
            report = bench().review.reject(ids, by=person(), reason=reason)
            refused = f", {len(report.refused):,} refused" if report.refused else ""
            _done(ids, since, f"{plural(report.rejected, 'draft')} rejected{refused}.")


def _undo_last() -> None:
    held = last_decision()
    if held is None:
        return
    if st.button("Undo", icon=":material/undo:", shortcut="U", key="undo_last", help=f"Take back: {escaped(held.words)}"):
        with told():
            report = bench().review.take_back(held.draft_ids, by=person(), since=held.since)
            forget_decision()
            for draft_id in held.draft_ids:
                reopen(draft_id)
            refused = f", {len(report.refused):,} could not be" if report.refused else ""
            notice(f"{plural(report.rejected, 'decision')} taken back{refused}.")
            st.rerun()


def _done(draft_ids: Sequence[str], since: datetime, words: str) -> None:
    answered()
    remember(draft_ids, since, words)
    for draft_id in draft_ids:
        reopen(draft_id)
    notice(words)
    st.rerun()
