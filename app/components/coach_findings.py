"""What rules see in the figures, most pressing first."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from app.components.coach_figures import act, cited, spoken_language
from app.components.language import mark, t
from app.components.page import empty
from app.components.text import escaped
from app.state import bench
from gtm_pipelines.coaching.model import Finding, Severity

BADGES: dict[Severity, tuple[str, Literal["red", "orange", "blue", "gray", "green"], str]] = {
    "stop": (mark("Stop"), "red", ":material/dangerous:"),
    "act": (mark("Do"), "orange", ":material/bolt:"),
    "watch": (mark("Watch"), "blue", ":material/visibility:"),
    "info": (mark("Note"), "gray", ":material/info:"),
    "good": (mark("Good"), "green", ":material/check_circle:"),
}
"""How pressing a finding is: its label, its colour, its sign."""
_MOST = 40


def findings() -> None:
    """List the findings, and below them what cannot be judged yet."""
    found = bench().findings.list()
    seen, early = [one for one in found if one.seen], [one for one in found if not one.seen]
    if not found:
        empty(t("No findings yet. They appear once a campaign was sent and its figures were refreshed."),
              page="views/campaigns.py", label=t("Open the campaigns"))  # fmt: skip
        return
    for place, one in enumerate(seen[:_MOST]):
        _card(one, f"finding:{place}")
    if early:
        with st.expander(t("Too early to judge"), icon=":material/hourglass_empty:"):
            for one in early[:_MOST]:
                st.caption(escaped(one.title.said(spoken_language())))


def _card(one: Finding, key: str) -> None:
    spoken = spoken_language()
    label, colour, icon = BADGES[one.severity]
    with st.container(border=True, gap="xsmall"):
        st.badge(t(label), icon=icon, color=colour)
        st.markdown(f"**{escaped(one.title.said(spoken))}**")
        st.markdown(escaped(one.advice.said(spoken)))
        if one.benchmark:
            st.caption(f"{t('Elsewhere')}: {escaped(one.benchmark.text.said(spoken))}")
        source = "" if one.effect_source == "unknown" else f" ({one.effect_source})"
        st.caption(f"{t('What it may bring')}: {escaped(one.effect.said(spoken) + source)}")
        cited(one.evidence, spoken)
        action = bench().coach.action(one.action, one.campaign_id)
        if action:
            act([action], spoken, key)
