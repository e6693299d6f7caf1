"""Enrichment: how much is known, who may be asked, what it costs, and where sources contradict each other."""

from __future__ import annotations

from typing import Any, cast

import altair as alt
import pandas as pd
import streamlit as st

from app.components.facts import decide
from app.components.jobs import ask, follow, latest
from app.components.page import empty, header, told
from app.components.text import escaped, moment, plural, spoken
from app.state import bench
from gtm_pipelines.enrichment.research import Order
from gtm_pipelines.enrichment.source import SubjectType
from gtm_pipelines.record import companies, contacts
from gtm_pipelines.record.coverage import Covered

_KINDS = {"company": "Companies", "contact": "People"}
_TITLES = {"coverage": "Coverage", "sources": "Sources", "runs": "Runs and cost", "conflicts": "Contradictions"}
_VIEWS = {"company": "views/companies.py", "contact": "views/contacts.py"}


def page() -> None:
    """Draw the page."""
    header("Enrichment", "What is known of companies and people, from where, how surely, and what it cost.")
    record = bench().record
    if not contacts.count(record) and not companies.count(record):
        empty("There are no lists yet. Import one first.", page="views/imports.py", label="Import a list")
        return
    kind_box, tab_box = st.columns([1, 3], vertical_alignment="center")
    with kind_box:
        kind = st.segmented_control(
            "Of", list(_KINDS), default="company", format_func=_KINDS.__getitem__, key="enrichment_kind", required=True,
            label_visibility="collapsed",
        )  # fmt: skip
    with tab_box:
        shown = st.segmented_control(
            "Show", list(_TITLES), default="coverage", format_func=_TITLES.__getitem__, key="enrichment_shown", required=True,
            label_visibility="collapsed",
        )  # fmt: skip
    with told():
        _SECTIONS[str(shown)](cast(SubjectType, kind))


def _coverage(kind: SubjectType) -> None:
    covered = bench().research.coverage(kind)
    _chart(covered)
    _look(kind)


def _chart(covered: list[Covered]) -> None:
    rows = [
        {"Field": spoken(one.field), "Part": part, "Share": count / one.total if one.total else 0.0, "Count": count}
        for one in covered
        for part, count in (
            ("from lists alone", one.known - min(one.known, one.sourced)),
            ("told by a source", min(one.known, one.sourced)),
        )
    ]
    order = [spoken(one.field) for one in covered]
    bars = (
        alt.Chart(pd.DataFrame(rows))
        .mark_bar(size=16, cornerRadiusEnd=2)
        .encode(
            x=alt.X("sum(Share):Q", title=None, axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1])),
            y=alt.Y("Field:N", sort=order, title=None, axis=alt.Axis(labelLimit=220)),
            color=alt.Color(
                "Part:N",
                title=None,
                scale=alt.Scale(domain=["from lists alone", "told by a source"], range=["#3b6fb6", "#52b788"]),
            ),
            tooltip=["Field", "Part", "Count", alt.Tooltip("Share:Q", format=".0%")],
        )
    )
    told_in_words = ", ".join(f"{spoken(one.field)} {one.share:.0%}" for one in covered)
    st.altair_chart(bars.properties(height=24 * len(order) + 30), width="stretch", alt=f"Known: {told_in_words}")


def _look(kind: SubjectType) -> None:
    """Say what a run would do, and let a person ask for it."""
    research = bench().research
    if not research.plan(kind).fields:
        st.info("No source is in use. Switch some on in gtm.toml; the Sources view says how.", icon=":material/cloud_off:")
        return
    with st.container(border=True):
        limit_box, ceiling_box = st.columns(2)
        limit = limit_box.number_input("At most so many", 0, value=100, step=50, help="0 for all.", key=f"limit_{kind}")
        cap = research.settings.run_ceiling_usd
        ceiling = ceiling_box.number_input(
            "At most so many US dollars", 0.0, value=float(cap or 5.0), step=1.0, key=f"ceiling_{kind}"
        )
        forecast = research.forecast(Order(kind, limit=int(limit) or None, ceiling_usd=ceiling))
        asked = ", ".join(f"{one.source} {one.first + one.later:,}" for one in forecast.sources if one.first or one.later)
        st.markdown(
            f"Something would be asked about **{forecast.asking:,}** of {forecast.subjects:,}: {escaped(asked) or 'nobody'}. "
            f"That can cost **\\${forecast.most_usd:.2f}** at most."
        )
        job = latest("enrich", kind=kind)
        busy = job is not None and job.status.is_open
        if st.button("Look for it", type="primary", icon=":material/travel_explore:", disabled=busy or not forecast.asking):
            ask("enrich", {"kind": kind, "limit": int(limit), "ceiling_usd": float(ceiling), "paid": True})
            job = latest("enrich", kind=kind)
        follow(job)


def _sources(kind: SubjectType) -> None:
    rows = [
        {
            "Source": one.source.name, "In use": one.enabled, "Key": one.key, "Price": _price(one.source.price),
            "Fields": ", ".join(spoken(name) for name in sorted(one.source.fields)), "Rank": one.rank, "From": one.origin,
            "Section": one.section,
        }
        for one in bench().research.sources()
        if kind in one.source.subjects
    ]  # fmt: skip
    order = {row["Source"]: number for number, row in enumerate(rows)}
    rows.sort(key=lambda row: (not row["In use"], order[str(row["Source"])]))
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch", key=f"sources:{kind}")
    st.caption("A source is switched on, and its key named, in gtm.toml:")
    st.code('[enrichment.sources.hunter]\nenabled = true\nkey = "env:HUNTER_API_KEY"', language="toml")
    plan = bench().research.plan(kind)
    if plan.fields:
        with st.expander("Who is asked for what, in which order"):
            lines = [
                {"Field": spoken(n), "Order": " → ".join(p.sources), "Enough at": p.good_enough} for n, p in plan.fields.items()
            ]
            st.dataframe(pd.DataFrame(lines), hide_index=True, width="stretch", key=f"plan:{kind}")


def _runs(_kind: SubjectType) -> None:
    research = bench().research
    months, by_source = research.months(), research.cost("source")
    if not by_source:
        empty("Nobody was asked yet.")
        return
    cap = research.settings.month_ceiling_usd
    now = months[0] if months else None
    lost = sum(row.lost_usd for row in by_source)
    total = sum(row.cost_usd for row in by_source)
    spent, without, asked = st.columns(3)
    spent.metric("This month", f"${now.cost_usd if now else 0:.2f}", help=f"Of ${cap:.2f} at most." if cap is not None else None)
    without.metric("Without gain", f"${lost:.2f}", help="Spent on look-ups that gave no fact.")
    asked.metric("All look-ups", f"{sum(row.lookups for row in by_source):,}", help=f"${total:.2f} altogether.")
    frame = pd.DataFrame([_spent(row) for row in by_source])
    st.dataframe(frame, hide_index=True, width="stretch", key="spend")
    st.subheader("Runs", anchor=False)
    runs = [
        {
            "Begun": moment(row.started_at), "Of": _KINDS[row.subject_type], "Status": spoken(row.status),
            "Done": f"{row.done:,} of {row.subjects:,}", "Facts": row.facts, "Cost": f"${row.cost_usd:.4f}", "By": row.actor,
            "Because": row.reason or "", "Id": row.id,
        }
        for row in research.runs(limit=20)
    ]  # fmt: skip
    st.dataframe(pd.DataFrame(runs), hide_index=True, width="stretch", key="runs")


def _spent(row: Any) -> dict[str, object]:
    return {
        "Source": row.name, "Look-ups": row.lookups, "Found": row.found, "Nothing": row.empty, "Failed": row.failed,
        "Unknown": row.unknown, "Facts": row.facts, "Cost": f"${row.cost_usd:.4f}", "Without gain": f"${row.lost_usd:.4f}",
    }  # fmt: skip


def _conflicts(kind: SubjectType) -> None:
    found = bench().research.conflicts(kind, limit=20)
    if not found:
        empty("No two sure sources contradict each other.")
        return
    st.caption(f"{plural(len(found), 'contradiction')} shown. Until somebody decides, the surest counts; nothing is lost.")
    for one in found:
        with st.container(border=True, gap="small"):
            st.markdown(f"**{escaped(one.name)}** · {escaped(spoken(one.field))}")
            decide(one.kind, one.subject_id, one.field, one.settled)
            st.page_link(_VIEWS[one.kind], label="All that is known", query_params={"id": one.subject_id}, icon=":material/list:")


def _price(price: Any) -> str:
    parts = [f"${price.per_ask:.4f} to ask"] * bool(price.per_ask) + [f"${price.per_hit:.4f} for a find"] * bool(price.per_hit)
    return ", ".join(parts) or "free"


_SECTIONS = {"coverage": _coverage, "sources": _sources, "runs": _runs, "conflicts": _conflicts}


if __name__ == "__main__":
    page()
