"""Charts of money: what was spent by day, and where the month is heading."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from app.components.charts import accent, days, ink, pale
from app.components.language import t
from app.components.text import day_axis
from gtm_pipelines.metrics.spending import Month


def spending(frame: pd.DataFrame, names: Sequence[str], title: str) -> None:
    """Plot dollars by day, one colour a name, the dearest at the bottom; ``frame`` has ``day``, ``name`` and ``cost_usd``."""
    begin = pd.to_datetime(frame["day"])
    length = 7 if len(held := begin.drop_duplicates().sort_values()) > 1 and held.diff().min().days >= 7 else 1
    shown = frame.assign(
        day=begin, end=begin + pd.Timedelta(hours=21 * length), place=frame["name"].map({name: n for n, name in enumerate(names)})
    ).sort_values(["day", "place"])
    shown["top"] = shown.groupby("day")["cost_usd"].cumsum()
    shown["base"] = shown["top"] - shown["cost_usd"]
    money = alt.Axis(format="$,.2f" if frame.groupby("day")["cost_usd"].sum().max() < 10 else "$,.0f", title=title)
    colour = alt.Color(
        "name:N", sort=list(names), scale=alt.Scale(domain=list(names)), legend=alt.Legend(orient="top", title=None, columns=3)
    )
    told = [
        alt.Tooltip("day:T", title=t("Day"), format=day_axis()), alt.Tooltip("name:N", title=t("Name")),
        alt.Tooltip("cost_usd:Q", title=t("US dollars"), format=",.4f"),
    ]  # fmt: skip
    chart = (
        alt.Chart(shown)
        .mark_rect()
        .encode(
            x=days(),
            x2="end:T",
            y=alt.Y("base:Q", axis=money),
            y2="top:Q",
            color=colour,
            tooltip=told,
        )
    )
    st.altair_chart(chart.properties(height=300), width="stretch", alt=title)


def forecast_chart(month: Month) -> None:
    """Plot the month as one bar: what is spent, where it is heading, and the budget as a line."""
    ahead = month.forecast
    if ahead is None:
        return
    right = 1.15 * max(ahead.high, month.cap or 0.0, 0.01)
    axis = alt.X(
        "value:Q", title=None, axis=alt.Axis(format="$,.2f" if right < 100 else "$,.0f"), scale=alt.Scale(domain=[0, right])
    )
    spent = alt.Chart(pd.DataFrame([{"value": month.spent}])).mark_bar(height=26, cornerRadiusEnd=3).encode(x=axis)
    frame = pd.DataFrame([{"value": ahead.expected, "low": ahead.low, "high": ahead.high}])
    base = alt.Chart(frame)
    likely = base.mark_bar(height=26, opacity=0.35, color=accent()).encode(
        x=alt.X("low:Q", title=None, scale=alt.Scale(domain=[0, right])), x2="high:Q"
    )
    middle = base.mark_tick(thickness=3, size=34, color=ink()).encode(x=axis)
    layers: list[Any] = [spent, likely, middle]
    if month.cap:
        cap = alt.Chart(pd.DataFrame([{"value": month.cap, "label": t("budget")}]))
        layers += [
            cap.mark_rule(strokeDash=[5, 4], strokeWidth=2, color=pale()).encode(x=axis),
            cap.mark_text(color=ink(), fontSize=11).encode(x=axis, y=alt.value(6), text="label:N"),
        ]
    told = t("Spent {spent:,.2f}, heading for {expected:,.2f} US dollars", spent=month.spent, expected=ahead.expected)
    st.altair_chart(alt.layer(*layers).properties(height=100), width="stretch", alt=told)
