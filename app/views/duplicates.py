"""Duplicates: pairs that may be one, decided by people; and the merges that can be taken back."""

from __future__ import annotations

import streamlit as st

from app.components.jobs import ask, follow, latest
from app.components.page import empty, header, notice, told
from app.components.paging import pager
from app.components.pairs import pair_card
from app.components.text import escaped, moment, spoken
from app.state import bench, person
from gtm_pipelines.matching.model import KINDS, Merge
from gtm_pipelines.record import companies, contacts

SIZE = 10
MERGES = 50
_TITLES = {"company": "Companies", "contact": "People", "merged": "Merged"}


def page() -> None:
    """Draw the page."""
    header("Duplicates", "Companies and people that may be in your lists twice. Nothing is merged unless you say so.")
    record = bench().record
    if not contacts.count(record) and not companies.count(record):
        empty("There are no lists yet. Import one first.", page="views/imports.py", label="Import a list")
        return
    _search()
    counts = {kind: bench().matching.count(kind) for kind in KINDS}
    shown = st.segmented_control(
        "Show",
        list(_TITLES),
        default=max(KINDS, key=lambda kind: counts[kind]),
        format_func=lambda name: f"{_TITLES[name]} ({counts[name]:,})" if name in counts else _TITLES[name],
        label_visibility="collapsed",
        key="duplicates_shown",
        required=True,
    )
    with told():
        if shown == "merged":
            _merged()
        else:
            _pairs(str(shown), counts[str(shown)])


def _search() -> None:
    job = latest("find_duplicates")
    if st.button("Look for duplicates", icon=":material/search:", disabled=job is not None and job.status.is_open):
        ask("find_duplicates", {})
        job = latest("find_duplicates")
    follow(job)


def _pairs(kind: str, total: int) -> None:
    if not total:
        empty(f"No {'companies' if kind == 'company' else 'people'} wait for a decision. Each import is searched anew.")
        return
    offset = pager(total, f"duplicates_page_{kind}", size=SIZE)
    for pair in bench().matching.page(kind, limit=SIZE, offset=offset):
        pair_card(pair)


def _merged() -> None:
    merges = bench().matching.merges(limit=MERGES)
    if not merges:
        empty("Nothing was merged yet.")
    for merge in merges:
        _merge(merge)


def _merge(merge: Merge) -> None:
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{escaped(merge.loser_name or merge.loser_id)}** → **{escaped(merge.winner_name or merge.winner_id)}**")
        st.caption(escaped(f"{spoken(merge.kind)}, {merge.actor}, {moment(merge.created_at)}"))
        if merge.chosen:
            with st.expander("Which values stand, and why"):
                rows = [
                    {"Field": spoken(n), "Stands": str(c["value"]), "The other": str(c["other"] or ""), "Why": c["why"]}
                    for n, c in merge.chosen.items()
                ]
                st.dataframe(rows, hide_index=True, width="stretch", key=f"chosen:{merge.id}")
        if merge.undone_at:
            st.caption(escaped(f"Taken back by {merge.undone_by}, {moment(merge.undone_at)}"))
        elif st.button("Take back", icon=":material/undo:", key=f"undo:{merge.id}"):
            with told():
                bench().matching.undo(merge.id, by=person())
                notice(f"{merge.winner_name} and {merge.loser_name} are two again.")
                st.rerun()


if __name__ == "__main__":
    page()
