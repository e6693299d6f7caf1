"""One instruction over chosen drafts: asked for, looked at before and after, then kept or dropped."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app.components.asking import answered
from app.components.jobs import ask, follow, latest
from app.components.page import notice, told
from app.components.paging import pager
from app.components.text import escaped, plural, spoken
from app.state import bench, person
from gtm_pipelines.campaigns.model import Campaign
from gtm_pipelines.drafting.rewriting import Preview, Rewrite

SHOWN = 5
_WHY = {"stale": "changed by somebody in the meantime", "failed": "could not be written", "asked": "not written yet"}


def ask_for_rewrite(campaign_id: str, draft_ids: Sequence[str]) -> None:
    """Ask for the instruction; nothing of a draft changes before a person has seen what it made and keeps it."""
    st.markdown(
        f"One instruction for {plural(len(draft_ids), 'draft')}. You see before and after, and then keep it or drop it. "
        "Keeping takes an approval back, as every edit does."
    )
    told_ = st.text_input("What shall change?", placeholder="shorter; less formal; mention the webinar", key="rewrite_told")
    if st.button("Write it", type="primary", key="rewrite_ask", disabled=not told_.strip() or not draft_ids):
        with told():
            bench().rewrites.ask(campaign_id, told_, draft_ids, by=person())
            answered()
            st.rerun()


def waiting(campaign: Campaign) -> None:
    """Show every instruction of a campaign that nobody has kept or dropped yet."""
    for rewrite in bench().rewrites.list(campaign.id):
        if rewrite.status in ("writing", "previewed"):
            _one(campaign, rewrite)


def _one(campaign: Campaign, rewrite: Rewrite) -> None:
    with st.container(border=True):
        previews = bench().rewrites.preview(rewrite.id)
        written = [one for one in previews if one.status == "written"]
        counted = f"{len(written):,} of {plural(len(previews), 'draft')} written"
        st.markdown(f"**{_asked(rewrite)}: {escaped(rewrite.instruction)}** – {counted}")
        if rewrite.status == "writing":
            _write(campaign, rewrite)
        else:
            _previews(rewrite, previews)
        _settle(rewrite, len(written))


def _asked(rewrite: Rewrite) -> str:
    agent = rewrite.requested_by.removeprefix("agent:")
    return "Instruction" if agent == rewrite.requested_by else f"Proposed by {escaped(agent)}"


def _write(campaign: Campaign, rewrite: Rewrite) -> None:
    """Have the pipeline write; asked for once by itself, and again only by a person."""
    job = latest("draft", campaign=campaign.id)
    asked: set[str] = st.session_state.setdefault("rewrites_asked", set())
    if job is None or not job.status.is_open:
        again = rewrite.id in asked
        if not again or st.button("Write the rest", key=f"rewrite_write:{rewrite.id}"):
            asked.add(rewrite.id)
            ask("draft", {"campaign": campaign.id})
            st.rerun()
    follow(job)


def _previews(rewrite: Rewrite, previews: Sequence[Preview]) -> None:
    offset = pager(len(previews), f"rewrite_page:{rewrite.id}", size=SHOWN)
    for one in previews[offset : offset + SHOWN]:
        with st.expander(
            f"{escaped(one.contact_name or one.subject)} · {spoken(one.variant)}", expanded=offset == 0 and one is previews[0]
        ):
            if one.subject_after is None or one.body_after is None:
                st.caption(escaped(f"{_WHY.get(one.status, spoken(one.status))}. {one.reason or ''}"))
                continue
            if one.status == "stale":
                st.warning("Somebody changed this draft in the meantime; their text stays.")
            before, after = st.columns(2)
            with before:
                st.caption("Before")
                st.text(one.subject)
                st.text(one.body)
            with after:
                st.caption("After")
                st.text(one.subject_after)
                st.text(one.body_after)
            if one.status == "written" and st.button("Keep this one", key=f"rewrite_keep:{rewrite.id}:{one.draft_id}"):
                _keep(rewrite, [one.draft_id])


def _settle(rewrite: Rewrite, written: int) -> None:
    with st.container(horizontal=True):
        if written and st.button(f"Keep all {written:,}", type="primary", key=f"rewrite_keep:{rewrite.id}"):
            _keep(rewrite, None)
        if st.button("Drop it", key=f"rewrite_drop:{rewrite.id}"):
            with told():
                bench().rewrites.drop(rewrite.id, by=person())
                notice("Dropped; the drafts stay as they are.")
                st.rerun()


def _keep(rewrite: Rewrite, draft_ids: Sequence[str] | None) -> None:
    with told():
        report = bench().rewrites.keep(rewrite.id, by=person(), draft_ids=draft_ids)
        st.session_state["review_generation"] = st.session_state.get("review_generation", 0) + 1
        stale = report.items.get("stale", 0)
        left = f"; {stale} had been changed by somebody and stay" if stale else ""
        notice(f"{plural(report.items.get('kept', 0), 'draft')} kept{left}.")
        st.rerun()
