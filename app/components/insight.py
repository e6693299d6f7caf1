"""What the facts about a company or person mean: the fit with its points, and claims with the words they rest on."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app.components.page import empty
from app.components.text import escaped, moment, spoken
from app.state import bench
from gtm_pipelines.enrichment.insights.model import Insight
from gtm_pipelines.enrichment.source import SubjectType


def insight_of(kind: SubjectType, subject_id: str) -> None:
    """Show the newest insight, or how one comes about."""
    found = bench().insights.of(kind, subject_id)
    if found is None:
        empty("Nothing was concluded yet. **gtm enrich insights** weighs the facts against the confirmed strategy.")
        return
    if found.summary:
        st.markdown(escaped(found.summary))
    st.caption(
        f"{moment(found.created_at)} · {escaped(found.model or 'by rule, without a model')} · sure to {found.confidence:.0%}"
    )
    _fit(found)
    for section, claims in found.claims.items():
        if claims:
            st.markdown(f"**{spoken(section)}**")
        for claim in claims:
            with st.container(border=True, gap="xsmall"):
                st.markdown(escaped(claim.text))
                st.caption(f"“{escaped(claim.quote)}” · {escaped(claim.url or 'from a list')}")
    if found.dropped:
        with st.expander(f"{len(found.dropped)} left out, for want of words that carry them"):
            st.dataframe(
                pd.DataFrame([{"Said": one.text, "Why it was left out": one.reason} for one in found.dropped]), hide_index=True
            )


def _fit(found: Insight) -> None:
    if found.fit is None:
        return
    st.metric("Fit", f"{found.fit} of 100")
    rows = [
        {
            "Wanted": point.text,
            "Known": point.known or "–",
            "Verdict": spoken(point.verdict),
            "Points": f"{point.points:g} of {point.of:g}",
        }
        for point in found.points
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch", key=f"fit:{found.id}")
