"""One instruction over chosen drafts: asked for, looked at before and after, then kept or dropped."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app.components.asking import answered
from app.components.jobs import ask, follow, latest
from app.components.language import mark, t, tn
from app.components.page import notice, told
from app.components.paging import pager
from app.components.roles import may, only
from app.components.text import escaped, spoken
from app.components.translated import translated
from app.state import bench, person
from gtm_pipelines.acting import Role
from gtm_pipelines.campaigns.model import Campaign
from gtm_pipelines.drafting.rewriting import Preview, Rewrite
from gtm_pipelines.errors import SettingsError

SHOWN = 5
_WHY = {
    "stale": mark("changed by somebody in the meantime"),
    "failed": mark("could not be written"),
    "asked": mark("not written yet"),
}


def ask_for_rewrite(campaign_id: str, draft_ids: Sequence[str]) -> None:
    """Ask for the instruction; nothing of a draft changes before a person has seen what it made and keeps it."""
    try:
        bench().rewrites.check_ready()
    except SettingsError as error:
        st.info(
            t("Rewriting needs a language model, and none is configured. Until then, edit drafts by hand with **E**."),
            icon=":material/edit_off:",
        )
        st.caption(escaped(translated(error)))
        return
    st.markdown(
        tn(
            "One instruction for {number} draft. You see before and after, and then keep it or drop it. Keeping takes "
            "an approval back, as every edit does.",
            "One instruction for {number} drafts. You see before and after, and then keep it or drop it. Keeping takes "
            "an approval back, as every edit does.",
            len(draft_ids),
        )
    )
    told_ = st.text_input(t("What shall change?"), placeholder=t("shorter; less formal; mention the webinar"), key="rewrite_told")
    if st.button(
        t("Write it"), type="primary", key="rewrite_ask", **only(Role.EDITOR, disabled=not told_.strip() or not draft_ids)
    ):
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
        counted = tn(
            "{written:,} of {number} draft written", "{written:,} of {number} drafts written", len(previews), written=len(written)
        )
        st.markdown(f"**{_asked(rewrite)}: {escaped(rewrite.instruction)}** – {counted}")
        if rewrite.status == "writing":
            _write(campaign, rewrite)
        else:
            _previews(rewrite, previews)
        _settle(rewrite, len(written))


def _asked(rewrite: Rewrite) -> str:
    agent = rewrite.requested_by.removeprefix("agent:")
    return t("Instruction") if agent == rewrite.requested_by else t("Proposed by {agent}", agent=escaped(agent))


def _write(campaign: Campaign, rewrite: Rewrite) -> None:
    """Have the pipeline write; asked for once by itself, and again only by a person."""
    job = latest("draft", campaign=campaign.id)
    asked: set[str] = st.session_state.setdefault("rewrites_asked", set())
    if job is None or not job.status.is_open:
        again = rewrite.id in asked or not may(Role.EDITOR)
        if not again or st.button(t("Write the rest"), key=f"rewrite_write:{rewrite.id}", **only(Role.EDITOR)):
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
                st.caption(
                    escaped(
                        f"{t(_WHY[one.status]) if one.status in _WHY else spoken(one.status)}. {translated(one.reason or '')}"
                    )
                )
                continue
            if one.status == "stale":
                st.warning(t("Somebody changed this draft in the meantime; their text stays."))
            before, after = st.columns(2)
            with before:
                st.caption(t("Before"))
                st.text(one.subject)
                st.text(one.body)
            with after:
                st.caption(t("After"))
                st.text(one.subject_after)
                st.text(one.body_after)
            if one.status == "written" and st.button(
                t("Keep this one"), key=f"rewrite_keep:{rewrite.id}:{one.draft_id}", **only(Role.EDITOR)
            ):
                _keep(rewrite, [one.draft_id])


def _settle(rewrite: Rewrite, written: int) -> None:
    with st.container(horizontal=True):
        if written and st.button(
            t("Keep all {written:,}", written=written), type="primary", key=f"rewrite_keep:{rewrite.id}", **only(Role.EDITOR)
        ):
            _keep(rewrite, None)
        if st.button(t("Drop it"), key=f"rewrite_drop:{rewrite.id}", **only(Role.EDITOR)):
            with told():
                bench().rewrites.drop(rewrite.id, by=person())
                notice(t("Dropped; the drafts stay as they are."))
                st.rerun()


def _keep(rewrite: Rewrite, draft_ids: Sequence[str] | None) -> None:
    with told():
        report = bench().rewrites.keep(rewrite.id, by=person(), draft_ids=draft_ids)
        st.session_state["review_generation"] = st.session_state.get("review_generation", 0) + 1
        stale = report.items.get("stale", 0)
        left = t("; {stale} had been changed by somebody and stay", stale=stale) if stale else ""
        notice(tn("{number} draft kept{left}.", "{number} drafts kept{left}.", report.items.get("kept", 0), left=left))
        st.rerun()
