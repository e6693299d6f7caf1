"""Segments: build a filter, see whom it finds while building, keep it as a version."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pandas as pd
import streamlit as st

from app.components import builder
from app.components.choose import follow_link, keep_link
from app.components.coach_figures import spoken_language
from app.components.download import download
from app.components.language import mark, t, tn
from app.components.overlaps import warn
from app.components.page import empty, header, notice, told
from app.components.paging import PAGE, pager
from app.components.roles import only
from app.components.tagging import tagging
from app.components.text import escaped, moment
from app.components.top import suggest
from app.components.versions import versions
from app.components.why import why
from app.state import bench, person
from gtm_pipelines.acting import Role
from gtm_pipelines.record import contacts
from gtm_pipelines.segments.describe import describe
from gtm_pipelines.segments.model import SegmentVersion, parse_filter

NEW = mark("A new segment")
_FRESH = timedelta(minutes=1)


def page() -> None:
    """Draw the page."""
    header(
        t("Segments"),
        t("Choose whom to write to. A saved segment keeps every version; a campaign freezes the one it starts from."),
    )
    if not contacts.any_held(bench().record):
        empty(t("There are no contacts yet. Import a list first."), page="views/imports.py", label=t("Import a list"))
        return
    saved = {segment.name: segment for segment in bench().segments.list()}
    chosen = _choose(saved)
    _open(chosen)
    tree, unfinished = builder.build(bench().segments.fields(own=True), suggest)
    if unfinished:
        st.caption(
            tn(
                ":material/edit: {number} row without a value: not counted yet.",
                ":material/edit: {number} rows without a value: not counted yet.",
                unfinished,
            )
        )
    with told():
        count = _preview(tree)
        _save(tree, chosen, unfinished)
        if chosen:
            versions(chosen)
            download(chosen.name, count)
            tagging(chosen.name, count)
    _list(list(saved.values()))


def _choose(saved: dict[str, SegmentVersion]) -> SegmentVersion | None:
    names = [NEW, *saved]
    follow_link("segment_name", "segment", saved)
    wanted = st.session_state.pop("segment_to_open", None)
    if wanted in names:
        st.session_state["segment_name"] = wanted
    name = st.selectbox(
        t("Segment"), names, format_func=lambda name: t(NEW) if name == NEW else name, key="segment_name", persist_state="session"
    )
    keep_link("segment_name", "segment", name if name in saved else None)
    return saved.get(name)


def _open(chosen: SegmentVersion | None) -> None:
    """Load the chosen segment once; later runs keep what is being built."""
    opened = chosen.id if chosen else "new"
    if st.session_state.get("builder_opened") != opened:
        builder.load(chosen.filter if chosen else None)
        st.session_state["builder_opened"] = opened
        st.session_state["preview_page"] = 1


def _preview(tree: dict[str, Any]) -> int:
    """Show whom the filter finds, a page at a time, who of them is in other campaigns, and why somebody is in."""
    count, ids = _found(json.dumps(tree, sort_keys=True, ensure_ascii=False))
    st.subheader(tn("{number} contact", "{number} contacts", count), anchor=False)
    st.markdown(escaped(describe(parse_filter(tree), language=spoken_language())))
    clicked = None
    if count:
        offset = pager(count, "preview_page")
        rows = (
            bench().segments.rows(ids[offset : offset + PAGE]) if ids else bench().segments.page(tree, limit=PAGE, offset=offset)
        )
        clicked = _table(rows)
        st.caption(t("Who has no address or must not be written to is left out when a campaign starts, with the reason."))
        warn(tree)
    else:
        st.caption(t("Nobody fits. Loosen a condition."))
    why(tree, clicked)
    return count


def _found(tree: str) -> tuple[int, list[str] | None]:
    """Count whom a filter finds; of a cohort of thousands keep the ids, so that turning pages looks nothing through.

    Kept for the session until the filter changes or a minute passes.
    """
    now = bench().clock.now()
    held = st.session_state.get("preview_found")
    if held and held[0] == tree and now - held[1] < _FRESH:
        return int(held[2]), held[3]
    ids = bench().segments.cohort(tree)
    count = len(ids) if ids is not None else bench().segments.count(tree)
    st.session_state["preview_found"] = (tree, now, count, ids)
    return count, ids


def _table(found: tuple[Any, ...]) -> str | None:
    """Show one page; return the id of the row a person clicked."""
    rows: Any = found
    frame = pd.DataFrame(
        {
            t("Name"): [r.full_name for r in rows],
            t("Position"): [r.position for r in rows],
            t("Company"): [r.company_name for r in rows],
            t("Email"): [r.email for r in rows],
            t("Country"): [r.country for r in rows],
            t("Industry"): [r.industry for r in rows],
            t("Do not contact"): [r.do_not_contact for r in rows],
        }
    ).fillna("")
    if not frame[t("Do not contact")].any():
        frame = frame.drop(columns=t("Do not contact"))
    shown = st.dataframe(
        frame,
        hide_index=True,
        width="stretch",
        height=min(420, 38 + 35 * len(frame)),
        column_config={t("Email"): st.column_config.TextColumn(width="medium")},
        on_select="rerun",
        selection_mode="single-row",
        key="preview_table",
    )
    picked = shown.selection.rows if shown else []
    return str(rows[picked[0]].id) if picked and picked[0] < len(rows) else None


def _save(tree: dict[str, Any], chosen: SegmentVersion | None, unfinished: int) -> None:
    with st.form("save_segment", border=False):
        of_name, of_button = st.columns([4, 1], vertical_alignment="bottom")
        label = t("Name, such as “Technical leaders in fintech”") if chosen is None else t("Name")
        name = of_name.text_input(label, value=chosen.name if chosen else "", key=f"name:{chosen.id if chosen else 'new'}")
        pressed = of_button.form_submit_button(
            t("Save segment"), type="primary", width="stretch", **only(Role.EDITOR, disabled=bool(unfinished))
        )
    if not pressed:
        return
    version = bench().segments.save(name, tree, by=person())
    notice(t("Saved '{name}', version {version}.", name=version.name, version=version.version))
    st.session_state["segment_to_open"] = version.name
    st.session_state["builder_opened"] = version.id
    st.rerun()


def _list(saved: list[SegmentVersion]) -> None:
    if not saved:
        return
    st.subheader(t("Saved segments"), anchor=False)
    frame = pd.DataFrame(
        {
            t("Name"): [s.name for s in saved],
            t("Version"): [s.version for s in saved],
            t("Whom it finds"): [s.sentence for s in saved],
            t("Saved by"): [s.created_by for s in saved],
            t("Saved"): [moment(s.created_at) for s in saved],
        }
    )
    st.dataframe(
        frame, hide_index=True, width="stretch", column_config={t("Whom it finds"): st.column_config.TextColumn(width="large")}
    )
    st.page_link("views/campaigns.py", label=t("Start a campaign from a segment"), icon=":material/arrow_forward:")


if __name__ == "__main__":
    page()
