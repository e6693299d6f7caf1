"""Review: read, edit and decide about drafts. Nothing is sent that was not approved here, word for word."""

from __future__ import annotations

import streamlit as st

from app.components.asking import draw
from app.components.bulk import approve_many, approve_recommended, reject_many, toolbar
from app.components.choose import choose_campaign, no_campaign
from app.components.drafts import Listed, filters, neighbour, open_draft, opened, table
from app.components.editor import editor, reject
from app.components.evidence import let_pass
from app.components.page import empty, header, told
from app.components.rewriting import ask_for_rewrite, waiting
from app.components.text import escaped, spoken
from app.state import bench
from gtm_pipelines.campaigns.model import Campaign
from gtm_pipelines.review.model import Scores

KEYS = "Keys: **A** approve · **E** edit · **X** reject · **U** undo · **J** next person · **K** the one before"


QUESTIONS = {
    "approve_recommended": ("Approve all recommended", approve_recommended),
    "approve_many": ("Approve drafts", approve_many),
    "reject_many": ("Reject drafts", reject_many),
    "reject": ("Reject this draft", reject),
    "let_pass": ("Let this finding pass", let_pass),
    "rewrite": ("Rewrite drafts", ask_for_rewrite),
}


def page() -> None:
    """Draw the page."""
    header("Review", "Read what would be sent, change it, and approve exact words. An edit takes an approval back.")
    campaign = choose_campaign()
    if campaign is None:
        no_campaign()
        return
    with told():
        if not bench().review.count(campaign.id):
            empty("This campaign has no drafts yet.", page="views/campaigns.py", label="Have it drafted")
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
        st.caption("No draft fits. Choose another state or search for something else.")
        return
    draft_id = opened(campaign)
    if draft_id is None:
        st.caption("Tick a row to read the draft. ★ is the variant the campaign's coin chose for the person.")
        return
    _steps(campaign, listed, draft_id)
    _side_by_side(draft_id)


def _steps(campaign: Campaign, listed: Listed, draft_id: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        for label, step, key in (("Before", -1, "K"), ("Next", 1, "J")):
            there = neighbour(listed, draft_id, step)
            if st.button(label, key=f"review_step:{step}", shortcut=key, disabled=there is None) and there:
                open_draft(campaign.id, there)
                st.rerun()
        st.caption(KEYS, width="content")


def _side_by_side(draft_id: str) -> None:
    drafts = sorted(
        bench().review.variants(draft_id), key=lambda draft: (draft.id != draft_id, not draft.recommended, draft.variant)
    )
    first = drafts[0]
    about = [part for part in (first.position, first.company_name) if part]
    st.subheader(escaped(first.contact_name or first.recipient or "Unknown person"), anchor=False)
    st.caption(f"{escaped(', '.join(about))} · to {escaped(first.recipient or 'no address')} · from {escaped(first.mailbox)}")
    if first.target_status != "active":
        st.warning(f"This person is left out of the campaign: {escaped(spoken(first.target_reason).lower())}.")
    ids = [draft.id for draft in drafts]
    grounded, scores = bench().groundings.of_drafts(ids), bench().review.scores(ids)
    taken = any(draft.message_state is not None for draft in drafts)
    for column, draft in zip(st.columns(len(drafts)), drafts, strict=True):
        with column:
            said = scores.get(draft.id, Scores())
            editor(draft, said, grounded.get(draft.id), taken=taken, focused=draft.id == draft_id)


if __name__ == "__main__":
    page()
