"""Results by segment: who answers, how sure that is, and which differences are real."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app.components.apart import RATES, verdicts
from app.components.charts import intervals
from app.components.figures import Way, as_of, data_table, no_figures, rate_told, ways
from app.components.language import t, tn
from app.components.page import empty, header, told
from app.components.text import escaped, percent, spoken
from app.state import bench
from gtm_pipelines.errors import NotFoundError
from gtm_pipelines.metrics.benchmarks import bands
from gtm_pipelines.metrics.model import Benchmark, Measure
from gtm_pipelines.metrics.segment_reading import SegmentReading

MOST = 25


def page() -> None:
    """Draw the page."""
    header(t("By segment"), t("Who answers, how sure that is, and which differences between segments are real."))
    with told():
        try:
            found = bench().segment_readings.versions()
        except NotFoundError:
            no_figures()
            return
        if not found:
            empty(
                t("No segment was written to yet. Its rates appear here once a campaign was sent."),
                page="views/campaigns.py",
                label=t("Start a campaign"),
            )
        else:
            _body(found)
    as_of()


def _body(found: list[SegmentReading]) -> None:
    rate = st.segmented_control(
        t("Rate"), list(RATES), default="reply", format_func=lambda key: spoken(RATES[key]), required=True, key="segment_rate",
        label_visibility="collapsed",
    )  # fmt: skip
    rows: list[tuple[str, Measure]] = [(one.name, getattr(one, rate or "reply")) for one in found]
    verdicts(rows, t("segments"))
    intervals(rows[:MOST], spoken(RATES[rate or "reply"]), bands(_general(), RATES[rate or "reply"]))
    if len(rows) > MOST:
        st.caption(tn("{number} more is in the table.", "{number} more are in the table.", len(rows) - MOST))
    st.caption(t("In order of name, not of rank. Pale ones have too few cases to be judged."))
    _table(found)
    _overlaps()


def _general() -> tuple[Benchmark, ...]:
    """Return the benchmarks that fit whatever the size of the list."""
    return tuple(
        one for one in bench().metrics.benchmarks if one.slice in ("all", "top_25pct", "average", "target_max", "review")
    )


def _table(found: list[SegmentReading]) -> None:
    rows = [
        {
            t("Segment"): one.segment,
            t("Version"): one.version,
            t("Campaigns"): one.campaigns,
            t("Sent"): one.sent,
            **{
                title: rate_told(measure)
                for title, measure in (
                    (t("Reply rate"), one.reply), (t("Positive reply rate"), one.positive), (t("Bounce rate"), one.bounce),
                    (t("Unsubscribe rate"), one.unsubscribe),
                )
            },
        }
        for one in found
    ]  # fmt: skip
    data_table(pd.DataFrame(rows), "segments")
    names = list(dict.fromkeys(one.segment for one in found))
    ways([Way(escaped(name), "segments", ":material/filter_alt:", {"segment": name}) for name in names[:MOST]])


def _overlaps() -> None:
    st.subheader(t("Who is in several"), anchor=False)
    found = bench().segment_readings.overlaps()
    if not found:
        st.caption(t("Nobody was written to as part of two segments: each answer counts in one."))
        return
    st.caption(
        t(
            "Whoever is in two segments counts in both. Their rates are then alike for that reason alone, and a difference is "
            "rather missed than invented."
        )
    )
    rows = [
        {
            t("Segment"): one.name,
            t("Other segment"): one.other,
            t("People"): one.people,
            t("In both"): one.both,
            t("Share"): percent(one.both / one.people),
        }
        for one in found[:MOST]
    ]
    data_table(pd.DataFrame(rows), "segments-shared")


if __name__ == "__main__":
    page()
