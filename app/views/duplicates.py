"""Duplicates: pairs that may be one, decided by people; and the merges that can be taken back."""

from __future__ import annotations

import streamlit as st

from app.components.jobs import ask, follow, latest
from app.components.language import mark, t, written
from app.components.page import empty, header, notice, told
from app.components.paging import pager
from app.components.pairs import pair_card
from app.components.roles import only
from app.components.text import escaped, moment, spoken
from app.state import bench, person
from gtm_pipelines.acting import Role
from gtm_pipelines.matching.model import KINDS, Merge
from gtm_pipelines.record import companies, contacts

SIZE = 10
MERGES = 50
_TITLES = {"company": mark("Companies"), "contact": mark("People"), "merged": mark("Merged")}


def page() -> None:
    """Draw the page."""
    header(t("Duplicates"), t("Companies and people that may be in your lists twice. Nothing is merged unless you say so."))
    record = bench().record
    if not contacts.any_held(record) and not companies.count(record):
        empty(t("There are no lists yet. Import one first."), page="views/imports.py", label=t("Import a list"))
        return
    _search()
    counts = {kind: bench().matching.count(kind) for kind in KINDS}
    shown = st.segmented_control(
        t("Show"),
        list(_TITLES),
        default=max(KINDS, key=lambda kind: counts[kind]),
        format_func=lambda name: f"{t(_TITLES[name])} ({written(counts[name], ',')})" if name in counts else t(_TITLES[name]),
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
    if st.button(
        t("Look for duplicates"), icon=":material/search:", **only(Role.EDITOR, disabled=job is not None and job.status.is_open)
    ):
        ask("find_duplicates", {})
        job = latest("find_duplicates")
    follow(job)


def _pairs(kind: str, total: int) -> None:
    if not total:
        empty(
            t("No companies wait for a decision. Each import is searched anew.")
            if kind == "company"
            else t("No people wait for a decision. Each import is searched anew.")
        )
        return
    offset = pager(total, f"duplicates_page_{kind}", size=SIZE)
    for pair in bench().matching.page(kind, limit=SIZE, offset=offset):
        pair_card(pair)


def _merged() -> None:
    merges = bench().matching.merges(limit=MERGES)
    if not merges:
        empty(t("Nothing was merged yet."))
    for merge in merges:
        _merge(merge)


def _merge(merge: Merge) -> None:
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{escaped(merge.loser_name or merge.loser_id)}** → **{escaped(merge.winner_name or merge.winner_id)}**")
        st.caption(escaped(f"{spoken(merge.kind)}, {merge.actor}, {moment(merge.created_at)}"))
        if merge.chosen:
            with st.expander(t("Which values stand, and why")):
                rows = [
                    {
                        t("Field"): spoken(n),
                        t("Stands"): str(c["value"]),
                        t("The other"): str(c["other"] or ""),
                        t("Why"): c["why"],
                    }
                    for n, c in merge.chosen.items()
                ]
                st.dataframe(rows, hide_index=True, width="stretch", key=f"chosen:{merge.id}")
        if merge.undone_at:
            st.caption(
                escaped(t("Taken back by {undone_by}, {undone_at}", undone_by=merge.undone_by, undone_at=moment(merge.undone_at)))
            )
        elif st.button(t("Take back"), icon=":material/undo:", key=f"undo:{merge.id}", **only(Role.EDITOR)):
            with told():
                bench().matching.undo(merge.id, by=person())
                notice(
                    t("{winner_name} and {loser_name} are two again.", winner_name=merge.winner_name, loser_name=merge.loser_name)
                )
                st.rerun()


if __name__ == "__main__":
    page()
