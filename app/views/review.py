"""Review: read, edit and decide about drafts. Nothing is sent that was not approved here, word for word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from app.components.choose import choose_campaign, no_campaign
from app.components.editor import editor, told_approval
from app.components.page import empty, header, notice, told
from app.components.paging import PAGE, pager
from app.components.text import escaped, plural, spoken
from app.state import bench, person
from gtm_pipelines.campaigns.model import Campaign
from gtm_pipelines.review.model import DraftView

ALL = "all"
STATES = {ALL: "All states", "drafted": "Waiting", "approved": "Approved", "rejected": "Rejected"}


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
        _approve_all(campaign)
        filters = _filters(campaign)
        total = bench().review.count(campaign.id, **filters)
        if not total:
            st.caption("No draft fits. Choose another state or search for something else.")
            return
        chosen = _table(campaign, filters, total)
        if chosen:
            _side_by_side(chosen)


def _approve_all(campaign: Campaign) -> None:
    waiting = bench().review.count_recommended(campaign.id)
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover("Approve all recommended", icon=":material/done_all:", disabled=not waiting):
            st.markdown(
                f"Approves the recommended variant of every person without a decision: up to {plural(waiting, 'draft')}, "
                "as they are now. Nothing is sent before you release the campaign."
            )
            if st.button("Approve them", type="primary", key="approve_all"):
                report = bench().review.approve_recommended(campaign.id, by=person())
                _renew()
                notice(told_approval(report))
                st.rerun()
        st.caption(f"{plural(waiting, 'recommended draft')} without a decision", width="content")


def _filters(campaign: Campaign) -> dict[str, str | None]:
    of_state, of_variant, of_search, of_fresh = st.columns([2, 2, 4, 1], vertical_alignment="bottom")
    status = of_state.selectbox(
        "State", list(STATES), format_func=STATES.__getitem__, key="review_status", persist_state="session"
    )
    variants = [ALL, *campaign.variants]
    variant = of_variant.selectbox(
        "Variant", variants, format_func=lambda v: "All variants" if v == ALL else spoken(v), key=f"review_variant:{campaign.id}"
    )
    search = of_search.text_input("Search", placeholder="a name, a company, a word of the text", key="review_search")
    if of_fresh.button("", icon=":material/refresh:", help="Show the list as it is now", key="review_refresh"):
        _renew()
    return {
        "status": None if status == ALL else status,
        "variant": None if variant == ALL else variant,
        "search": search.strip() or None,
    }


def _renew() -> None:
    st.session_state["review_generation"] = st.session_state.get("review_generation", 0) + 1


def _pinned_rows(campaign: Campaign, filters: Mapping[str, str | None], offset: int) -> tuple[str, Sequence[DraftView]]:
    """Return the rows of this page as first read, until this person changes something or asks for fresh ones."""
    key = f"{campaign.id}:{sorted(filters.items())}:{offset}:{st.session_state.get('review_generation', 0)}"
    held: tuple[str, Sequence[DraftView]] | None = st.session_state.get("review_rows")
    if held is None or held[0] != key:
        held = (key, bench().review.page(campaign.id, **filters, limit=PAGE, offset=offset))
        st.session_state["review_rows"] = held
    return held


def _table(campaign: Campaign, filters: dict[str, str | None], total: int) -> str | None:
    """Show one page of drafts; return the id of the chosen one, which stays chosen wherever its row goes."""
    offset = pager(total, f"review_page:{campaign.id}:{filters['status']}:{filters['variant']}:{filters['search']}")
    key, rows = _pinned_rows(campaign, filters, offset)
    frame = pd.DataFrame(
        {
            "Person": [d.contact_name or d.recipient or "" for d in rows],
            "Company": [d.company_name or "" for d in rows],
            "Variant": [spoken(d.variant) + (" ★" if d.recommended else "") for d in rows],
            "State": [STATES[d.status] for d in rows],
            "Subject": [d.subject for d in rows],
            "Language": [d.language for d in rows],
        }
    )
    wide = {"Subject": st.column_config.TextColumn(width="large")}
    picked = st.dataframe(
        frame,
        hide_index=True,
        width="stretch",
        height=min(350, 38 + 35 * len(frame)),
        on_select="rerun",
        selection_mode="single-row",
        key=f"drafts:{key}",
        column_config=wide,
    )
    chosen = [row for row in picked.selection.rows if row < len(rows)]
    if chosen:
        st.session_state["review_draft"] = (campaign.id, rows[chosen[0]].id)
    held: tuple[str, str] | None = st.session_state.get("review_draft")
    if held is None or held[0] != campaign.id:
        st.caption("Tick a row to read the draft. ★ is the variant the campaign's coin chose for the person.")
        return None
    return held[1]


def _side_by_side(draft_id: str) -> None:
    drafts = bench().review.variants(draft_id)
    first = drafts[0]
    about = [part for part in (first.position, first.company_name) if part]
    st.subheader(escaped(first.contact_name or first.recipient or "Unknown person"), anchor=False)
    st.caption(f"{escaped(', '.join(about))} · to {escaped(first.recipient or 'no address')} · from {escaped(first.mailbox)}")
    if first.target_status != "active":
        st.warning(f"This person is left out of the campaign: {escaped(spoken(first.target_reason).lower())}.")
    for column, draft in zip(st.columns(len(drafts)), drafts, strict=True):
        with column:
            editor(draft, taken=any(other.message_state is not None for other in drafts))


if __name__ == "__main__":
    page()
