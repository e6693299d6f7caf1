"""Review: read, edit and decide about drafts. Nothing is sent that was not approved here, word for word."""

from __future__ import annotations

import streamlit as st

from app.components.asking import draw
from app.components.bulk import approve_many, approve_recommended, reject_many, toolbar
from app.components.choose import choose_campaign, no_campaign
from app.components.drafts import Listed, filters, neighbour, open_draft, opened, table
from app.components.editor import editor, reject
from app.components.evidence import let_pass
from app.components.language import mark, t
from app.components.page import empty, header, told
from app.components.rewriting import ask_for_rewrite, waiting
from app.components.text import escaped, spoken
from app.state import bench
from gtm_pipelines.campaigns.model import Campaign
from gtm_pipelines.review.model import Scores

KEYS = mark("Keys: **A** approve · **E** edit · **X** reject · **U** undo · **J** next person · **K** the one before")


QUESTIONS = {
    "approve_recommended": (mark("Approve all recommended"), approve_recommended),
    "approve_many": (mark("Approve drafts"), approve_many),
    "reject_many": (mark("Reject drafts"), reject_many),
    "reject": (mark("Reject this draft"), reject),
    "let_pass": (mark("Let this finding pass"), let_pass),
    "rewrite": (mark("Rewrite drafts"), ask_for_rewrite),
}


def page() -> None:
    """Draw the page."""
    header(t("Review"), t("Read what would be sent, change it, and approve exact words. An edit takes an approval back."))
    campaign = choose_campaign()
    if campaign is None:
        no_campaign()
        return
    with told():
        if not bench().review.count(campaign.id):
            empty(t("This campaign has no drafts yet."), page="views/campaigns.py", label=t("Have it drafted"))
            return
        _work(campaign)
        draw(QUESTIONS)


def _work(campaign: Campaign) -> None:
    tools = st.container()
    chosen = filters(campaign)
    total = bench().review.count(campaign.id, **chosen)
    listed, ticked = table(campaign, chosen, total) if total else (None, [])
    with tools:
        toolbar(campaign, chosen, total, ticked)
    waiting(campaign)
    if listed is None:
        st.caption(t("No draft fits. Choose another state or search for something else."))
        return
    draft_id = opened(campaign)
    _steps(campaign, listed, draft_id)
    if draft_id is None:
        st.caption(t("Tick a row to read the draft, or press J. ★ is the variant the campaign's coin chose for the person."))
        return
    _side_by_side(draft_id)


def _steps(campaign: Campaign, listed: Listed, draft_id: str | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        for label, step, key in ((t("Before"), -1, "K"), (t("Next"), 1, "J")):
            there = neighbour(listed, draft_id, step)
            if st.button(label, key=f"review_step:{step}", shortcut=key, disabled=there is None) and there:
                open_draft(campaign.id, there)
                st.rerun()
        st.caption(t(KEYS), width="content")


def _side_by_side(draft_id: str) -> None:
    # The keys act on the draft that stands first: one press of A approves what the coin recommends.
    drafts = sorted(
        bench().review.variants(draft_id), key=lambda draft: (not draft.recommended, draft.id != draft_id, draft.variant)
    )
    first = drafts[0]
    about = [part for part in (first.position, first.company_name) if part]
    st.subheader(escaped(first.contact_name or first.recipient or t("Unknown person")), anchor=False)
    st.caption(
        t(
            "{about} · to {recipient} · from {mailbox}",
            about=escaped(", ".join(about)),
            recipient=escaped(first.recipient or t("no address")),
            mailbox=escaped(first.mailbox),
        )
    )
    if first.target_status != "active":
        st.warning(
            t(
                "This person is left out of the campaign: {target_reason}.",
                target_reason=escaped(spoken(first.target_reason).lower()),
            )
        )
    ids = [draft.id for draft in drafts]
    grounded, scores = bench().groundings.of_drafts(ids), bench().review.scores(ids)
    taken = any(draft.message_state is not None for draft in drafts)
    for column, draft in zip(st.columns(len(drafts)), drafts, strict=True):
        with column:
            said = scores.get(draft.id, Scores())
            editor(draft, said, grounded.get(draft.id), taken=taken, focused=draft is first)


if __name__ == "__main__":
    page()
