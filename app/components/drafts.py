"""The list of drafts: filters, one page of rows, and which of them is open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd
import streamlit as st

from app.components.evidence import HIGH_RISK, UNVERIFIED
from app.components.language import mark, t
from app.components.paging import PAGE, pager
from app.components.text import spoken
from app.state import bench
from gtm_pipelines.campaigns.model import Campaign
from gtm_pipelines.record.enrolments import FIRST_ANSWER
from gtm_pipelines.review.model import DraftView, Filters, Scores

ALL = "all"
STATES = {ALL: mark("All states"), "drafted": mark("Waiting"), "approved": mark("Approved"), "rejected": mark("Rejected")}
CHECKS = {
    ALL: mark("All checks"),
    "risk": mark("High risk"),
    "block": mark("Blocked"),
    "flag": mark("To be looked at"),
    "clear": mark("Nothing found"),
}
_SIGNS = {
    "block": mark("⛔ blocked"), "flag": mark("⚑ look at it"), "address": mark("✓ but the address"), "clear": "✓", None: "",
}  # fmt: skip


class Listed(NamedTuple):
    """One page of drafts as first read."""

    key: str
    rows: Sequence[DraftView]
    scores: dict[str, Scores]
    rules: dict[str, frozenset[str]]

    @property
    def unverified(self) -> bool:
        """Whether nobody verified the address of any of these drafts: then it is said once, and not of each."""
        return len(self.rows) > 1 and all(UNVERIFIED in self.rules.get(row.id, ()) for row in self.rows)

    def sign(self, draft_id: str) -> str | None:
        """Return what the rules come to for one row, without what is said above the list."""
        verdict = self.scores.get(draft_id, Scores()).verdict
        return "address" if verdict == "flag" and self.unverified and self.rules[draft_id] == {UNVERIFIED} else verdict


def renew() -> None:
    """Have the list read again in the next run."""
    st.session_state["review_generation"] = st.session_state.get("review_generation", 0) + 1


def _written(campaign: Campaign) -> tuple[list[str], list[str]]:
    """Return the variants of the first mail, of the later ones and of answers, and the languages that drafts are in."""
    written = bench().campaigns.written(campaign.id)
    later = (variant for step in bench().campaigns.steps(campaign.id) for variant in step.variants)
    variants = dict.fromkeys([*campaign.variants, *later, *sorted(variant for variant, _ in written)])
    return list(variants), sorted({language for _, language in written})


def filters(campaign: Campaign) -> Filters:
    """Ask which drafts are meant."""
    variants, languages = _written(campaign)
    state, checks, variant, language, search, fresh = st.columns([2, 2, 2, 2, 4, 1], vertical_alignment="bottom")
    status = state.selectbox(
        t("State"), list(STATES), format_func=lambda each: t(STATES[each]), key="review_status", persist_state="session"
    )
    check = checks.selectbox(
        t("Checks"), list(CHECKS), format_func=lambda each: t(CHECKS[each]), key="review_checks", persist_state="session"
    )
    named = variant.selectbox(
        t("Variant"),
        [ALL, *variants],
        format_func=lambda v: t("All variants") if v == ALL else spoken(v),
        key=f"review_variant:{campaign.id}",
    )
    spoken_in = language.selectbox(
        t("Language"),
        [ALL, *languages],
        format_func=lambda code: {ALL: t("All languages"), "en": t("English"), "ru": t("Russian")}.get(code, code),
        key=f"review_language:{campaign.id}",
    )
    words = search.text_input(t("Search"), placeholder=t("a name, a company, a word of the text"), key="review_search")
    if fresh.button("", icon=":material/refresh:", help=t("Show the list as it is now"), key="review_refresh"):
        renew()
    return {
        "status": None if status == ALL else status,
        "variant": None if named == ALL else named,
        "language": None if spoken_in == ALL else spoken_in,
        "search": words.strip() or None,
        "risk": HIGH_RISK if check == "risk" else None,
        "verdict": check if check in ("block", "flag", "clear") else None,
    }


def table(campaign: Campaign, chosen: Filters, total: int) -> tuple[Listed, list[str]]:
    """Show one page of drafts; return it with the ids of the ticked rows. A row ticked last is opened."""
    named = ":".join(str(value) for value in chosen.values())
    listed = _pinned(campaign, chosen, pager(total, f"review_page:{campaign.id}:{named}"))
    rows = listed.rows
    if listed.unverified:
        st.caption(
            t(
                ":orange[:material/flag:] Nobody has verified the addresses of these people. That is said here once; it stands "
                "under each draft too. Verify them, or decide that they may be written to."
            )
        )
    picked = st.dataframe(
        _frame(listed),
        hide_index=True,
        width="stretch",
        height=min(350, 38 + 35 * len(rows)),
        on_select="rerun",
        selection_mode="multi-row",
        key=f"drafts:{listed.key}",
        column_config={t("Subject"): st.column_config.TextColumn(width="large")},
    )
    ticked = [rows[place].id for place in picked.selection.rows if place < len(rows)]
    before = st.session_state.get("review_ticked", [])
    fresh = [draft_id for draft_id in ticked if draft_id not in before]
    if fresh:
        open_draft(campaign.id, fresh[-1])
    st.session_state["review_ticked"] = ticked
    return listed, ticked


def open_draft(campaign_id: str, draft_id: str) -> None:
    """Make a draft the one that is read."""
    st.session_state["review_draft"] = (campaign_id, draft_id)


def opened(campaign: Campaign) -> str | None:
    """Return the draft that is read, which stays open wherever its row goes."""
    held: tuple[str, str] | None = st.session_state.get("review_draft")
    return held[1] if held and held[0] == campaign.id else None


def _mails(rows: Sequence[DraftView]) -> dict[str, list[str]]:
    """Return which mail of a sequence each draft is, where they are not all first mails."""
    if all(row.step == 1 for row in rows):
        return {}
    return {t("Mail"): [t("answer") if row.step >= FIRST_ANSWER else str(row.step) for row in rows]}


def neighbour(listed: Listed, draft_id: str | None, step: int) -> str | None:
    """Return a draft of the next person (or the one before, with ``step`` -1) on the page; the coin's variant if it is there.

    Where none is open, the first person's.
    """
    people = list(dict.fromkeys((row.target_id, row.step) for row in listed.rows))
    here = next(((row.target_id, row.step) for row in listed.rows if row.id == draft_id), None)
    place = 0 if here is None else people.index(here) + step
    if not 0 <= place < len(people):
        return None
    theirs = [row for row in listed.rows if (row.target_id, row.step) == people[place]]
    return next((row.id for row in theirs if row.recommended), theirs[0].id)


def _pinned(campaign: Campaign, chosen: Filters, offset: int) -> Listed:
    """Return the rows of this page as first read, until this person changes something or asks for fresh ones."""
    key = f"{campaign.id}:{sorted(chosen.items())}:{offset}:{st.session_state.get('review_generation', 0)}"
    held: Listed | None = st.session_state.get("review_rows")
    if held is None or held.key != key:
        rows = bench().review.page(campaign.id, **chosen, limit=PAGE, offset=offset)
        ids = [row.id for row in rows]
        held = Listed(key, rows, bench().review.scores(ids), bench().groundings.rules_of(ids))
        st.session_state["review_rows"] = held
    return held


def _frame(listed: Listed) -> pd.DataFrame:
    nothing = Scores()
    scores = [listed.scores.get(row.id, nothing) for row in listed.rows]
    columns = {
        t("Person"): [row.contact_name or row.recipient or "" for row in listed.rows],
        t("Company"): [row.company_name or "" for row in listed.rows],
        **_mails(listed.rows),
        t("Variant"): [spoken(row.variant) + (" ★" if row.recommended else "") for row in listed.rows],
        t("State"): [t(STATES[row.status]) for row in listed.rows],
        t("Checks"): [t(_SIGNS[listed.sign(row.id)]) for row in listed.rows],
        t("Subject"): [row.subject for row in listed.rows],
        t("Language"): [row.language for row in listed.rows],
    }
    if any(score.risk is not None for score in scores):
        columns[t("Quality")] = ["" if score.quality is None else f"{score.quality:.0%}" for score in scores]
        columns[t("Risk")] = ["" if score.risk is None else f"{score.risk:.0%}" for score in scores]
    return pd.DataFrame(columns)
