"""Traffic lights and rates, shown with how sure they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import altair as alt
import pandas as pd
import streamlit as st

from app.components.language import mark, t, tn
from app.components.text import escaped, percent, spoken
from app.components.translated import translated
from gtm_pipelines.metrics.model import Colour, Funnel, Light, Measure

_BADGES: dict[Colour, tuple[str, Literal["green", "orange", "red", "gray"], str]] = {
    "GREEN": (mark("Green"), "green", ":material/check_circle:"),
    "YELLOW": (mark("Yellow"), "orange", ":material/warning:"),
    "RED": (mark("Red"), "red", ":material/dangerous:"),
    "GREY": (mark("Not enough data"), "gray", ":material/hourglass_empty:"),
}
TOO_SMALL = (
    mark("Too small ever to be judged on its own."),
    mark("Judge its segment or its pack over several campaigns (the marts 'segment_performance' and 'pack_performance')."),
    mark("The campaign is too small ever to tell its arms apart."),
    mark("Set its variants beside others over several campaigns (the marts 'uplift' and 'pack_performance')."),
)

_WAITING = mark("Not enough data.")


def light_badge(light: Light) -> None:
    """Show the colour in words too, for those who do not tell colours apart."""
    label, colour, icon = _BADGES[light.colour]
    st.badge(t(label), icon=icon, color=colour)


def light_words(light: Light) -> tuple[str, str]:
    """Return what the light means and what to do next, in the person's language."""
    if light.headline != _WAITING:
        return translated(light.headline), translated(light.advice)
    needed = tn(
        "About {number} more delivered message is needed.", "About {number} more delivered messages are needed.", light.needed
    )
    return t(_WAITING), needed


def light_card(light: Light) -> None:
    """Show what the light says, what to do, and the figures behind it."""
    light_badge(light)
    headline, advice = map(escaped, light_words(light))
    st.markdown(f"**{headline}** {advice}")
    for reason in light.reasons:
        st.caption(escaped(translated(reason)))


def rates_table(measures: Sequence[Measure]) -> None:
    """Show every rate with its denominator and its 95 % interval; unjudged ones say what they need."""
    rows = [
        {
            t("Rate"): spoken(m.name),
            t("Value"): percent(m.rate),
            t("95 % interval"): t("{low} to {high}", low=percent(m.low), high=percent(m.high)) if m.denominator else "–",
            t("Counted"): t("{numerator:,} of {denominator:,}", numerator=m.numerator, denominator=m.denominator),
            t("Enough to judge"): t("yes") if m.enough else t("{needed:,} more needed", needed=m.needed),
        }
        for m in measures
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")


def funnel_chart(funnel: Funnel) -> None:
    """Show how far people came, widest step first, each with its share of the step before."""
    steps = funnel.steps()
    frame = pd.DataFrame(
        {
            "step": [spoken(name) for name, _ in steps],
            "count": [count for _, count in steps],
            "label": [_step_label(steps, place) for place in range(len(steps))],
        }
    )
    base = alt.Chart(frame).encode(
        y=alt.Y("step:N", sort=None, title=None, axis=alt.Axis(ticks=False, domain=False)),
        x=alt.X("count:Q", title=None, axis=None, scale=alt.Scale(domainMin=0, domainMax=max(1, steps[0][1]) * 1.35)),
    )
    bars = base.mark_bar(cornerRadiusEnd=4, height={"band": 0.72})
    ink = "#e6eeec" if st.context.theme.type == "dark" else "#0c1614"
    labels = base.mark_text(align="left", dx=6, color=ink).encode(text="label:N")
    spoken_steps = ", ".join(f"{spoken(name)} {count}" for name, count in steps)
    st.altair_chart(
        (bars + labels).properties(height=34 * len(steps)), width="stretch", alt=t("Funnel: {steps}", steps=spoken_steps)
    )


def _step_label(steps: Sequence[tuple[str, int]], place: int) -> str:
    count = steps[place][1]
    before = steps[place - 1][1] if place else 0
    return f"{count:,}  ({count / before:.0%})" if before else f"{count:,}"
