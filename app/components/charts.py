"""Charts of figures that say how sure they are: lines with bands, points with intervals, bars with their counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from app.components.language import t, tn
from app.components.text import day_axis, escaped, percent
from gtm_pipelines.metrics.benchmarks import Band
from gtm_pipelines.metrics.campaign_reading import Moment
from gtm_pipelines.metrics.model import Benchmark, Measure
from gtm_pipelines.metrics.pack_reading import Judged

_DAY = 86_400_000
_ROW = 34
_ROOM, _LETTER = 0.35, 0.027
"""How much wider a chart of bars is than its longest bar, for the words behind it: at least, and for each letter."""
LEAST = 0.02
"""The least a chart of rates shows, so that noughts do not look like mountains."""


@dataclass(frozen=True)
class Bar:
    """One bar: what it is called, how long it is and what is written behind it."""

    name: str
    value: float
    label: str


def dark() -> bool:
    """Tell whether the person looks at the dark theme."""
    return bool(st.context.theme.type == "dark")


def ink() -> str:
    """Return the colour of words in the theme in force."""
    return "#e6eeec" if dark() else "#0c1614"


def accent() -> str:
    """Return the colour of what is the person's own, as the theme draws it."""
    return "#2dd4bf" if dark() else "#0f766e"


def pale() -> str:
    """Return the colour of what is not the person's own: the rates of others, a budget."""
    return "#e0b252" if dark() else "#b7791f"


def days() -> alt.X:
    """Return the axis of days, written as the language does."""
    return alt.X("day:T", title=None, axis=alt.Axis(format=day_axis(), tickMinStep=_DAY, labelOverlap=True, grid=False))


def slice_words(one: Benchmark) -> str:
    """Return what a benchmark is of, in a few words."""
    kind, _, rest = one.slice.partition(":")
    words = {
        "all": t("everybody elsewhere"), "top_25pct": t("best quarter elsewhere"), "average": t("average elsewhere"),
        "good": t("good elsewhere"), "target_max": t("mail services want less"), "review": t("mail services look closer"),
        "never_reach": t("never reach this"), "list_size": t("lists of {size} elsewhere", size=rest),
    }  # fmt: skip
    return words.get(kind, one.slice)


def rate_over_time(moments: Sequence[Moment], bands: Sequence[Band], title: str) -> None:
    """Plot a rate by day: its 95 % interval as a band, and the rates of others across it."""
    frame = _points(moments)
    last = moments[-1].measure
    shown = [band for band in bands if band.low <= 3 * max(last.high, LEAST)]
    top = _top(frame, shown)
    scale = alt.Scale(domain=[0, top], nice=False)
    y = alt.Axis(format=".1%" if top < 0.1 else ".0%", title=title)
    base = alt.Chart(frame).encode(x=days())
    told = [
        alt.Tooltip("day:T", title=t("Day"), format=day_axis()), alt.Tooltip("rate:Q", title=title, format=".2%"),
        alt.Tooltip("low:Q", title=t("At least"), format=".2%"), alt.Tooltip("high:Q", title=t("At most"), format=".2%"),
        alt.Tooltip("part:Q", title=t("Counted")), alt.Tooltip("whole:Q", title=t("Out of")),
    ]  # fmt: skip
    low, high = alt.Y("low:Q", axis=y, scale=scale), alt.Y2("high:Q")
    sure = base.mark_area(opacity=0.28, clip=True, line={"strokeWidth": 1, "strokeOpacity": 0.5}).encode(y=low, y2=high)
    if len(frame) < 3:
        sure = base.mark_rule(strokeWidth=8, opacity=0.35, clip=True).encode(y=low, y2=high)
    line = base.mark_line(point={"size": 45, "filled": True}, strokeWidth=2.5, clip=True).encode(
        y=alt.Y("rate:Q", axis=y, scale=scale), tooltip=told
    )
    spoken = t(
        "{title}: {rate} of {whole:,}, likely between {low} and {high}", title=title, rate=percent(last.rate),
        whole=last.denominator, low=percent(last.low), high=percent(last.high),
    )  # fmt: skip
    st.altair_chart(
        alt.layer(*_elsewhere(shown, scale), sure, line, *_names(shown, scale)).properties(height=320),
        width="stretch",
        alt=spoken,
    )


def _points(moments: Sequence[Moment]) -> pd.DataFrame:
    names = ["day", "rate", "low", "high", "part", "whole"]
    counted = [(one.day, one.measure) for one in moments if one.measure.denominator]
    rows = [(pd.Timestamp(day), m.rate, m.low, m.high, m.numerator, m.denominator) for day, m in counted]
    return pd.DataFrame(rows, columns=names)


def _top(frame: pd.DataFrame, bands: Sequence[Band]) -> float:
    """Return where the axis ends: above every rate and benchmark, and above all but the first wide intervals."""
    steady = frame["high"].tail(max(1, len(frame) * 3 // 4)).max()
    return float(
        min(1.0, 1.12 * max([LEAST, steady, frame["rate"].tail(max(1, len(frame) - 2)).max(), *(b.high for b in bands)]))
    )


def _elsewhere(bands: Sequence[Band], scale: alt.Scale) -> list[Any]:
    """Return the rates of others: a stripe from low to high, or a line where it is one figure, each with its name."""
    if not bands:
        return []
    frame = _named(bands)
    at = alt.Y("from:Q", scale=scale)
    stripes = alt.Chart(frame).mark_rect(opacity=0.25, color=pale(), clip=True).encode(y=at, y2="to:Q")
    edges = alt.Chart(frame).mark_rule(strokeDash=[5, 4], color=pale(), strokeWidth=1.5, clip=True)
    return [stripes, edges.encode(y=at), edges.encode(y=alt.Y("to:Q", scale=scale))]


def _names(bands: Sequence[Band], scale: alt.Scale) -> list[Any]:
    """Return the names of the rates of others, at the right end, on top of all else."""
    if not bands:
        return []
    words = alt.Chart(_named(bands)).mark_text(
        align="right", baseline="bottom", dx=-4, dy=-3, color=ink(), fontSize=11, fontWeight="bold", clip=True
    )
    return [words.encode(y=alt.Y("to:Q", scale=scale), x=alt.value("width"), text="name:N")]


def _named(bands: Sequence[Band]) -> pd.DataFrame:
    """Return what is drawn of the rates of others; single figures on one measure are one stripe from the least to the most."""
    single = [b for b in bands if b.low == b.high and b.benchmark.metric == "reply_rate"]
    rows = [{"from": b.low, "to": b.high, "name": f"{slice_words(b.benchmark)} {_span(b)}"} for b in bands if b not in single]
    if single:
        low, high = min(b.low for b in single), max(b.high for b in single)
        rows.append({"from": low, "to": high, "name": t("elsewhere {low} to {high}", low=percent(low), high=percent(high))})
    return pd.DataFrame(rows)


def _span(band: Band) -> str:
    return percent(band.low) if band.low == band.high else f"{percent(band.low)}–{percent(band.high)}"


def intervals(rows: Sequence[tuple[str, Measure]], title: str, bands: Sequence[Band] = ()) -> None:
    """Plot rates one below the other, each with its 95 % interval and what it was counted from."""
    counted = _counted(rows)
    if not counted:
        st.caption(t("Nothing is counted yet."))
        return
    frame = pd.DataFrame(counted)
    known = frame[frame["known"]] if frame["known"].any() else frame
    right = float(min(1.0, 1.1 * max(LEAST, known["high"].max(), *(b.high for b in bands), frame["rate"].max())))
    scale = alt.Scale(domain=[0, right], nice=False)
    axis = alt.Axis(format=".1%" if right < 0.1 else ".0%", title=title, tickCount=8)
    y = alt.Y("name:N", sort=None, title=None, axis=alt.Axis(labelLimit=190, ticks=False, domain=False))
    base = alt.Chart(frame).encode(y=y)
    opacity = alt.condition("datum.known", alt.value(1.0), alt.value(0.45))
    told = [
        alt.Tooltip("name:N", title=t("Name")), alt.Tooltip("rate:Q", title=title, format=".2%"),
        alt.Tooltip("low:Q", title=t("At least"), format=".2%"), alt.Tooltip("high:Q", title=t("At most"), format=".2%"),
        alt.Tooltip("label:N", title=t("Counted")),
    ]  # fmt: skip
    ends = base.mark_rule(strokeWidth=5, clip=True, strokeCap="round", color=accent()).encode(
        x=alt.X("low:Q", scale=scale, axis=axis),
        x2="high:Q",
        opacity=alt.condition("datum.known", alt.value(0.45), alt.value(0.2)),
    )
    points = base.mark_point(filled=True, size=110, clip=True, color=accent()).encode(
        x=alt.X("rate:Q", scale=scale, axis=axis), opacity=opacity, tooltip=told
    )
    words = base.mark_text(align="left", dy=-13, dx=4, fontSize=11, color=ink()).encode(
        x=alt.X("rate:Q", scale=scale), text="label:N"
    )
    layers = [*_across(bands, scale), ends, points, words]
    spoken = "; ".join(f"{row['name']} {percent(row['rate'])} ({row['label']})" for row in counted)
    st.altair_chart(alt.layer(*layers).properties(height=alt.Step(44)), width="stretch", alt=f"{title}: {spoken}")
    if bands:
        st.caption(escaped(t("Dashed lines: {sources}.", sources="; ".join(_named(bands)["name"]))))


def _counted(rows: Sequence[tuple[str, Measure]]) -> list[dict[str, Any]]:
    return [
        {
            "name": name, "rate": m.rate, "low": m.low, "high": m.high,
            "label": t("{numerator:,} of {denominator:,}", numerator=m.numerator, denominator=m.denominator),
            "known": m.enough,
        }
        for name, m in rows
        if m.denominator
    ]  # fmt: skip


def means(rows: Sequence[tuple[str, Judged]], title: str) -> None:
    """Plot means from 0 to 1 one below the other, each with its 95 % interval and how many cases it is of."""
    frame = pd.DataFrame(
        [
            {
                "name": name, "mean": one.quality, "low": one.quality if one.low is None else one.low,
                "high": one.quality if one.high is None else one.high,
                "label": tn("{number} draft", "{number} drafts", one.cases),
            }
            for name, one in rows
        ]
    )  # fmt: skip
    least = max(0.0, float(frame["low"].min()) - 0.1)
    scale, axis = alt.Scale(domain=[least, 1], nice=False), alt.Axis(format=".0%", title=title, tickCount=6)
    base = alt.Chart(frame).encode(
        y=alt.Y("name:N", sort=None, title=None, axis=alt.Axis(labelLimit=190, ticks=False, domain=False))
    )
    ends = base.mark_rule(strokeWidth=5, opacity=0.45, strokeCap="round", color=accent())
    points = base.mark_point(filled=True, size=110, opacity=1, color=accent())
    words = base.mark_text(align="left", dy=-13, dx=4, fontSize=11, color=ink())
    at = alt.X("mean:Q", scale=scale, axis=axis)
    layers = [
        ends.encode(x=alt.X("low:Q", scale=scale, axis=axis), x2="high:Q"),
        points.encode(x=at),
        words.encode(x=at, text="label:N"),
    ]
    spoken = "; ".join(f"{name} {percent(one.quality)}" for name, one in rows)
    st.altair_chart(alt.layer(*layers).properties(height=alt.Step(44)), width="stretch", alt=f"{title}: {spoken}")


def _across(bands: Sequence[Band], scale: alt.Scale) -> list[Any]:
    if not bands:
        return []
    frame = _named(bands)
    at = alt.X("from:Q", scale=scale)
    return [
        alt.Chart(frame).mark_rect(opacity=0.22, color=pale(), clip=True).encode(x=at, x2="to:Q", tooltip=alt.Tooltip("name:N")),
        alt.Chart(frame).mark_rule(strokeDash=[5, 4], color=pale(), strokeWidth=1.5, clip=True).encode(x=at),
        alt.Chart(frame)
        .mark_rule(strokeDash=[5, 4], color=pale(), strokeWidth=1.5, clip=True)
        .encode(x=alt.X("to:Q", scale=scale)),
    ]


def bars(rows: Sequence[Bar], title: str) -> None:
    """Plot bars one below the other, with words behind each."""
    frame = pd.DataFrame([{"name": one.name, "value": one.value, "label": one.label} for one in rows])
    longest = max(max(one.value for one in rows), 1e-9)
    room = 1 + max(_ROOM, _LETTER * max(len(one.label) for one in rows))
    base = alt.Chart(frame).encode(
        y=alt.Y("name:N", sort=None, title=None, axis=alt.Axis(ticks=False, domain=False, labelLimit=190)),
        x=alt.X("value:Q", title=None, axis=None, scale=alt.Scale(domain=[0, longest * room], nice=False)),
    )
    drawn = base.mark_bar(cornerRadiusEnd=4, height={"band": 0.72})
    words = base.mark_text(align="left", dx=6, color=ink()).encode(text="label:N")
    spoken = ", ".join(f"{one.name} {one.label}" for one in rows)
    st.altair_chart((drawn + words).properties(height=_ROW * len(rows)), width="stretch", alt=f"{title}: {spoken}")
