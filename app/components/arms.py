"""Arms of an experiment: rates with their intervals, and how they grew sure over time."""

from __future__ import annotations

import re
from collections.abc import Sequence

import altair as alt
import pandas as pd
import streamlit as st

from app.components.charts import ink
from app.components.language import t
from app.components.text import day_axis, percent, spoken
from app.components.translated import translated
from gtm_pipelines.metrics.reading import ArmReading, Experiment

FEW = 3
"""Days below which a band would be too thin to see: each is then a bar."""


def headline(experiment: Experiment) -> str:
    """Return what is known in a sentence, its arms called as everywhere else in the app."""
    sentence = translated(experiment.headline)
    for arm in experiment.arms:
        sentence = re.sub(rf"(?<=['«]){re.escape(arm.variant)}(?=['»])", spoken(arm.variant).lower(), sentence)
    return sentence


def arms_table(arms: Sequence[ArmReading]) -> None:
    """Show every arm with its counts, harm and verdict."""
    rows = [
        {
            t("Arm"): spoken(arm.variant) + (" " + t("(reference)") if arm.is_reference else ""),
            t("Known"): _known(arm),
            t("Answered with interest"): t("{positive:,} of {delivered:,}", positive=arm.positive, delivered=arm.delivered),
            t("Rate"): percent(arm.positive_rate),
            t("95 % interval"): t(
                "{positive_rate_low} to {positive_rate_high}",
                positive_rate_low=percent(arm.positive_rate_low),
                positive_rate_high=percent(arm.positive_rate_high),
            ),
            t("As often as the reference"): "–" if arm.is_reference else _ratio(arm),
            t("Chance to be better"): "–" if arm.chance_better is None else f"{arm.chance_better:.0%}",
            t("Unsubscribed"): arm.unsubscribed,
            t("Complained"): arm.complained,
            t("Bounced"): arm.bounced,
        }
        for arm in arms
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")


def rates_over_time(days: pd.DataFrame, experiment: Experiment) -> None:
    """Plot the rate of each arm day by day, with its 95 % interval as a band."""
    frame = days.assign(Arm=days["variant"].map(spoken), day=pd.to_datetime(days["day"]))
    arms = [spoken(arm.variant) for arm in experiment.arms]
    colour = alt.Color(
        "Arm:N",
        scale=alt.Scale(domain=arms),
        legend=alt.Legend(orient="top", title=None, symbolOpacity=1),
    )
    top = min(1.0, float(frame["positive_rate_high"].where(frame["delivered"] >= 30).max() or 0.2) * 1.05)
    frame, few = _side_by_side(frame, arms)
    share = alt.Axis(format=".0%", title=t("Answered with interest"))
    base = alt.Chart(frame).encode(x=_when(few=few), color=colour)
    band = (base.mark_rule(strokeWidth=10, opacity=0.35, clip=True) if few else base.mark_area(opacity=0.25, clip=True)).encode(
        y=alt.Y("positive_rate_low:Q", axis=share, scale=alt.Scale(domain=[0, top if top > 0 else 0.2])),
        y2="positive_rate_high:Q",
    )
    line = base.mark_line(point={"size": 60, "filled": True}, clip=True).encode(
        y=alt.Y("positive_rate:Q", axis=share),
        tooltip=[
            alt.Tooltip("Arm:N", title=t("Arm")), alt.Tooltip("day:T", title=t("Day")),
            alt.Tooltip("positive:Q", title=t("With interest")),
            alt.Tooltip("delivered:Q", title=t("Delivered")), alt.Tooltip("positive_rate:Q", title=t("Rate"), format=".2%"),
            alt.Tooltip("positive_rate_low:Q", title=t("At least"), format=".2%"),
            alt.Tooltip("positive_rate_high:Q", title=t("At most"), format=".2%"),
        ],
    )  # fmt: skip
    told = "; ".join(f"{spoken(arm.variant)} {percent(arm.positive_rate)}" for arm in experiment.arms)
    st.altair_chart((band + line).properties(height=300), width="stretch", alt=t("Rate of interest over time: {arms}", arms=told))


def ratios_over_time(days: pd.DataFrame) -> None:
    """Plot how many times as often as the reference each arm is answered: the interval only ever narrows."""
    frame = days[~days["is_reference"]].assign(day=lambda held: pd.to_datetime(held["day"]))
    frame = frame.assign(
        Arm=frame["variant"].map(spoken), high=frame["ratio_high"].fillna(20), low=frame["ratio_low"].clip(lower=0.05)
    )
    if frame.empty:
        return
    frame, few = _side_by_side(frame, list(frame["Arm"].unique()))
    axis = alt.Axis(title=t("Times as often as the reference"), values=[0.1, 0.25, 0.5, 1, 2, 4, 10])
    chart = alt.Chart(frame)
    drawn = (
        chart.mark_rule(strokeWidth=10, opacity=0.5, clip=True)
        if few
        else chart.mark_area(opacity=0.3, interpolate="step-after", clip=True, line=True)
    )
    band = drawn.encode(
        x=_when(few=few),
        y=alt.Y("low:Q", axis=axis, scale=alt.Scale(type="log", domain=[0.1, 10])),
        y2="high:Q",
        color=alt.Color("Arm:N", legend=alt.Legend(orient="top", title=None, symbolOpacity=1)),
        tooltip=[
            alt.Tooltip("Arm:N", title=t("Arm")),
            alt.Tooltip("day:T", title=t("Day")),
            alt.Tooltip("ratio_low:Q", title=t("At least"), format=".2f"),
            alt.Tooltip("ratio_high:Q", title=t("At most"), format=".2f"),
        ],
    )
    alike = alt.Chart(pd.DataFrame({"alike": [1]})).mark_rule(strokeDash=[4, 4], color=ink()).encode(y="alike:Q")
    st.altair_chart((band + alike).properties(height=300), width="stretch", alt=t("Ratio to the reference over time"))


def _side_by_side(frame: pd.DataFrame, arms: Sequence[str]) -> tuple[pd.DataFrame, bool]:
    """Return where each arm is drawn, and whether the days are so few that each is a bar: bars would hide one another."""
    few = frame["day"].nunique() < FEW
    beside = frame["Arm"].map({name: number - (len(arms) - 1) / 2 for number, name in enumerate(arms)})
    return frame.assign(place=frame["day"] + pd.to_timedelta(beside * 3 * few, unit="h")), few


def _when(*, few: bool) -> alt.X:
    more = {"tickCount": "day"} if few else {"tickMinStep": 86_400_000}
    axis = alt.Axis(format=day_axis(), labelOverlap=True, **more)
    return alt.X("place:T", title=None, axis=axis, scale=alt.Scale(nice="day"))


def _ratio(arm: ArmReading) -> str:
    low = arm.ratio_low or 0.0
    return (
        t("{low:.2g} to {ratio_high:.2g} times", low=low, ratio_high=arm.ratio_high)
        if arm.ratio_high
        else t("{low:.2g} times or more", low=low)
    )


def _known(arm: ArmReading) -> str:
    more = t(": about {needed:,} more needed", needed=arm.needed) if arm.needed and not arm.is_reference else ""
    words = {
        "reference": t("reference"),
        "not_enough_data": t("not enough data") + more,
        "undecided": t("cannot be told yet") + more,
        "better": t("better"),
        "worse": t("worse"),
    }[arm.verdict]
    return t("{words}; more harm", words=words) if arm.harm_verdict == "worse" else words
