"""Enrichment: how much is known, who may be asked, what it costs, and where sources contradict each other."""

from __future__ import annotations

from typing import Any, cast

import altair as alt
import pandas as pd
import streamlit as st

from app.components.facts import decide
from app.components.jobs import ask, follow, latest
from app.components.language import mark, t, tn
from app.components.page import empty, header, told
from app.components.roles import only
from app.components.sources import sources
from app.components.text import escaped, moment, spoken
from app.components.translated import translated
from app.components.weighing import fitting
from app.state import bench
from gtm_pipelines.acting import Role
from gtm_pipelines.enrichment.research import Order
from gtm_pipelines.enrichment.source import SubjectType
from gtm_pipelines.record import companies, contacts
from gtm_pipelines.record.coverage import Covered

_KINDS = {"company": mark("Companies"), "contact": mark("People")}
_TITLES = {
    "coverage": mark("Coverage"),
    "sources": mark("Sources"),
    "fit": mark("Fit"),
    "runs": mark("Runs and cost"),
    "conflicts": mark("Contradictions"),
}
_VIEWS = {"company": "views/companies.py", "contact": "views/contacts.py"}


def page() -> None:
    """Draw the page."""
    header(t("Enrichment"), t("What is known of companies and people, from where, how surely, and what it cost."))
    record = bench().record
    if not contacts.any_held(record) and not companies.count(record):
        empty(t("There are no lists yet. Import one first."), page="views/imports.py", label=t("Import a list"))
        return
    kind_box, tab_box = st.columns([1, 3], vertical_alignment="center")
    with kind_box:
        kind = st.segmented_control(
            t("Of"),
            list(_KINDS),
            default="company",
            format_func=lambda each: t(_KINDS[each]),
            key="enrichment_kind",
            required=True,
            label_visibility="collapsed",
        )
    with tab_box:
        shown = st.segmented_control(
            t("Show"),
            list(_TITLES),
            default="coverage",
            format_func=lambda each: t(_TITLES[each]),
            key="enrichment_shown",
            required=True,
            label_visibility="collapsed",
        )
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
            (t("from lists alone"), one.known - min(one.known, one.sourced)),
            (t("told by a source"), min(one.known, one.sourced)),
        )
    ]
    order = [spoken(one.field) for one in covered]
    bars = (
        alt.Chart(pd.DataFrame(rows))
        .mark_bar(size=16, cornerRadiusEnd=2)
        .encode(
            x=alt.X("sum(Share):Q", title=None, axis=alt.Axis(format="%", tickCount=5), scale=alt.Scale(domain=[0, 1])),
            y=alt.Y("Field:N", sort=order, title=None, axis=alt.Axis(labelLimit=220, labelOverlap=False)),
            color=alt.Color(
                "Part:N",
                title=None,
                scale=alt.Scale(domain=[t("from lists alone"), t("told by a source")]),
                legend=alt.Legend(orient="top"),
            ),
            tooltip=[
                alt.Tooltip("Field:N", title=t("Field")),
                alt.Tooltip("Part:N", title=t("Part")),
                alt.Tooltip("Count:Q", title=t("Count")),
                alt.Tooltip("Share:Q", title=t("Rate"), format=".0%"),
            ],
        )
    )
    told_in_words = ", ".join(f"{spoken(one.field)} {one.share:.0%}" for one in covered)
    st.altair_chart(bars.properties(height=24 * len(order) + 90), width="stretch", alt=t("Known: {fields}", fields=told_in_words))


def _look(kind: SubjectType) -> None:
    """Say what a run would do, and let a person ask for it."""
    research = bench().research
    if not research.plan(kind).fields:
        st.info(t("No source is in use. Switch some on under Sources above; some are free."), icon=":material/cloud_off:")
        return
    with st.container(border=True):
        limit_box, ceiling_box = st.columns(2)
        limit = limit_box.number_input(t("At most so many"), 0, value=100, step=50, help=t("0 for all."), key=f"limit_{kind}")
        cap = research.settings.run_ceiling_usd
        ceiling = ceiling_box.number_input(
            t("At most so many US dollars"), 0.0, value=float(cap or 5.0), step=1.0, key=f"ceiling_{kind}"
        )
        forecast = research.forecast(Order(kind, limit=int(limit) or None, ceiling_usd=ceiling))
        asked = ", ".join(f"{one.source} {one.first + one.later:,}" for one in forecast.sources if one.first or one.later)
        st.markdown(
            t(
                "Something would be asked about **{asking:,}** of {subjects:,}: {asked}. That can cost "
                "**\\${most_usd:.2f}** at most.",
                asking=forecast.asking,
                subjects=forecast.subjects,
                asked=escaped(asked) or t("nobody"),
                most_usd=forecast.most_usd,
            )
        )
        job = latest("enrich", kind=kind)
        busy = job is not None and job.status.is_open
        if st.button(
            t("Look for it"),
            type="primary",
            icon=":material/travel_explore:",
            **only(Role.EDITOR, disabled=busy or not forecast.asking),
        ):
            ask("enrich", {"kind": kind, "limit": int(limit), "ceiling_usd": float(ceiling), "paid": True})
            job = latest("enrich", kind=kind)
        follow(job)


def _runs(_kind: SubjectType) -> None:
    research = bench().research
    months, by_source = research.months(), research.cost("source")
    if not by_source:
        empty(t("Nobody was asked yet."))
        return
    cap = research.settings.month_ceiling_usd
    now = months[0] if months else None
    lost = sum(row.lost_usd for row in by_source)
    total = sum(row.cost_usd for row in by_source)
    spent, without, asked = st.columns(3)
    spent.metric(
        t("This month"),
        f"${now.cost_usd if now else 0:.2f}",
        help=t("Of ${cap:.2f} at most.", cap=cap) if cap is not None else None,
    )
    without.metric(t("Without gain"), f"${lost:.2f}", help=t("Spent on look-ups that gave no fact."))
    asked.metric(t("All look-ups"), f"{sum(row.lookups for row in by_source):,}", help=t("${total:.2f} altogether.", total=total))
    frame = pd.DataFrame([_spent(row) for row in by_source])
    st.dataframe(frame, hide_index=True, width="stretch", key="spend")
    st.subheader(t("Runs"), anchor=False)
    runs = [
        {
            t("Begun"): moment(row.started_at),
            t("Of"): t(_KINDS[row.subject_type]),
            t("Status"): spoken(row.status),
            t("Done"): t("{done:,} of {subjects:,}", done=row.done, subjects=row.subjects),
            t("Facts"): row.facts,
            t("Cost"): f"${row.cost_usd:.4f}",
            t("By"): row.actor,
            t("Because"): translated(row.reason or ""),
            t("Id"): row.id,
        }
        for row in research.runs(limit=20)
    ]
    st.dataframe(pd.DataFrame(runs), hide_index=True, width="stretch", key="runs")


def _spent(row: Any) -> dict[str, object]:
    return {
        t("Source"): row.name,
        t("Look-ups"): row.lookups,
        t("Found"): row.found,
        t("Nothing"): row.empty,
        t("Failed"): row.failed,
        t("Unknown"): row.unknown,
        t("Facts"): row.facts,
        t("Cost"): f"${row.cost_usd:.4f}",
        t("Without gain"): f"${row.lost_usd:.4f}",
    }


def _conflicts(kind: SubjectType) -> None:
    found = bench().research.conflicts(kind, limit=20)
    if not found:
        empty(t("No two sure sources contradict each other."))
        return
    st.caption(
        tn(
            "{number} contradiction shown. Until somebody decides, the surest counts; nothing is lost.",
            "{number} contradictions shown. Until somebody decides, the surest counts; nothing is lost.",
            len(found),
        )
    )
    for one in found:
        with st.container(border=True, gap="small"):
            st.markdown(f"**{escaped(one.name)}** · {escaped(spoken(one.field))}")
            decide(one.kind, one.subject_id, one.field, one.settled)
            st.page_link(
                _VIEWS[one.kind], label=t("All that is known"), query_params={"id": one.subject_id}, icon=":material/list:"
            )


_SECTIONS = {"coverage": _coverage, "sources": sources, "fit": fitting, "runs": _runs, "conflicts": _conflicts}


if __name__ == "__main__":
    page()
