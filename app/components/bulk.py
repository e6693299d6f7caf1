"""One decision over many drafts: each says how many it is about before it is taken, and the last one can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from app.components.asking import answered, ask_about
from app.components.decided import forget_decision, last_decision, remember, told_approval
from app.components.editor import reopen
from app.components.language import t, tn
from app.components.page import notice, told
from app.components.roles import only
from app.components.text import escaped
from app.state import bench, person
from gtm_pipelines.acting import Role
from gtm_pipelines.campaigns.model import Campaign
from gtm_pipelines.review.model import Filters


def toolbar(campaign: Campaign, chosen: Filters, total: int, ticked: Sequence[str]) -> None:
    """Show what can be done with the ticked drafts, or with all that the filter shows."""
    waiting = bench().review.count_recommended(campaign.id)
    what = t("{ticked} ticked", ticked=len(ticked)) if ticked else t("all {total:,} shown", total=total)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            t("Approve all recommended"),
            icon=":material/done_all:",
            key="approve_recommended",
            **only(Role.REVIEWER, disabled=not waiting),
        ):
            ask_about("approve_recommended", campaign_id=campaign.id, waiting=waiting)
        good = t("Approve {what}", what=what) if ticked else t("Approve the recommended of {total:,} shown", total=total)
        if st.button(good, icon=":material/check:", key="bulk_approve", **only(Role.REVIEWER, disabled=not total)):
            ask_about("approve_many", campaign_id=campaign.id, chosen=chosen, ticked=list(ticked))
        if st.button(
            t("Reject {what}", what=what), icon=":material/close:", key="bulk_reject", **only(Role.REVIEWER, disabled=not total)
        ):
            ask_about("reject_many", campaign_id=campaign.id, chosen=chosen, ticked=list(ticked))
        if st.button(
            t("Rewrite {what}", what=what),
            icon=":material/edit_note:",
            key="bulk_rewrite",
            **only(Role.EDITOR, disabled=not total),
        ):
            meant = list(ticked) or bench().review.ids(campaign.id, **chosen)
            ask_about("rewrite", campaign_id=campaign.id, draft_ids=meant)
        _undo_last()
        st.caption(
            tn("{number} recommended draft without a decision", "{number} recommended drafts without a decision", waiting),
            width="content",
        )


def approve_recommended(campaign_id: str, waiting: int) -> None:
    """Ask whether the recommended variant of everybody shall be approved."""
    st.markdown(
        tn(
            "Approves the recommended variant of every person without a decision: up to {number} draft, as they are "
            "now. What rules block is left out. Nothing is sent before you release the campaign.",
            "Approves the recommended variant of every person without a decision: up to {number} drafts, as they are "
            "now. What rules block is left out. Nothing is sent before you release the campaign.",
            waiting,
        )
    )
    if st.button(t("Approve them"), type="primary", key="approve_all", **only(Role.REVIEWER)):
        with told():
            since = bench().clock.now()
            ids = bench().review.ids(campaign_id, status="drafted", recommended=True)
            bar = st.progress(0.0, text=t("Approving"))
            report = bench().review.approve_recommended(
                campaign_id, by=person(), progress=lambda done, of: bar.progress(done / max(1, of or done))
            )
            _done(ids, since, told_approval(report))


def approve_many(campaign_id: str, chosen: Filters, ticked: list[str]) -> None:
    """Ask whether the ticked drafts, or all that a filter shows, shall be approved."""
    mine = {**chosen, "recommended": True}
    ids = ticked or bench().review.ids(campaign_id, **mine)  # type: ignore[arg-type]
    whose = t("the ticked ones") if ticked else t("the recommended variant of everybody the filter shows")
    st.markdown(
        tn(
            "Approves {number} draft: {whose}, word for word as they are now. Of two variants of one mail only the "
            "recommended one is approved; what rules block is left out.",
            "Approves {number} drafts: {whose}, word for word as they are now. Of two variants of one mail only the "
            "recommended one is approved; what rules block is left out.",
            len(ids),
            whose=whose,
        )
    )
    if st.button(
        t("Approve {ids:,}", ids=len(ids)), type="primary", key="bulk_approve_do", **only(Role.REVIEWER, disabled=not ids)
    ):
        with told():
            since = bench().clock.now()
            _done(ids, since, told_approval(bench().review.approve(ids, by=person())))


def reject_many(campaign_id: str, chosen: Filters, ticked: list[str]) -> None:
    """Ask why the ticked drafts, or all that a filter shows, shall be rejected."""
    ids = ticked or bench().review.ids(campaign_id, **chosen)
    st.markdown(
        tn(
            "Rejects {number} draft: {value}.",
            "Rejects {number} drafts: {value}.",
            len(ids),
            value=t("the ticked ones") if ticked else t("all that the filter shows"),
        )
    )
    reason = st.text_input(t("Why? Later drafts learn from it."), key="bulk_reason")
    if st.button(
        t("Reject {ids:,}", ids=len(ids)),
        type="primary",
        key="bulk_reject_do",
        **only(Role.REVIEWER, disabled=not ids or not reason.strip()),
    ):
        with told():
            since = bench().clock.now()
            report = bench().review.reject(ids, by=person(), reason=reason)
            refused = t(", {refused:,} refused", refused=len(report.refused)) if report.refused else ""
            _done(
                ids,
                since,
                tn("{number} draft rejected{refused}.", "{number} drafts rejected{refused}.", report.rejected, refused=refused),
            )


def _undo_last() -> None:
    held = last_decision()
    if held is None:
        return
    if st.button(
        t("Undo"),
        icon=":material/undo:",
        shortcut="U",
        key="undo_last",
        **only(Role.REVIEWER, help=t("Take back: {words}", words=escaped(held.words))),
    ):
        with told():
            report = bench().review.take_back(held.draft_ids, by=person(), since=held.since)
            forget_decision()
            for draft_id in held.draft_ids:
                reopen(draft_id)
            refused = t(", {refused:,} could not be", refused=len(report.refused)) if report.refused else ""
            notice(
                tn(
                    "{number} decision taken back{refused}.",
                    "{number} decisions taken back{refused}.",
                    report.rejected,
                    refused=refused,
                )
            )
            st.rerun()


def _done(draft_ids: Sequence[str], since: datetime, words: str) -> None:
    answered()
    remember(draft_ids, since, words)
    for draft_id in draft_ids:
        reopen(draft_id)
    notice(words)
    st.rerun()
