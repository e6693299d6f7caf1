"""What the facts about a company or person mean: the fit with its points, and claims with the words they rest on."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app.components.language import t
from app.components.page import empty
from app.components.text import escaped, moment, spoken
from app.components.weighing import weigh
from app.state import bench
from gtm_pipelines.enrichment.insights.model import Insight
from gtm_pipelines.enrichment.source import SubjectType


def insight_of(kind: SubjectType, subject_id: str) -> None:
    """Show the newest insight, or how one comes about."""
    found = bench().insights.of(kind, subject_id)
    if found is None:
        empty(t("Nothing was concluded yet. What is known can be weighed against the confirmed strategy."))
        weigh(kind, ids=[subject_id])
        return
    if found.summary:
        st.markdown(escaped(found.summary))
    st.caption(
        t(
            "{created_at} · {model} · sure to {confidence:.0%}",
            created_at=moment(found.created_at),
            model=escaped(found.model or t("by rule, without a model")),
            confidence=found.confidence,
        )
    )
    weigh(kind, ids=[subject_id], again=True)
    _fit(found)
    for section, claims in found.claims.items():
        if claims:
            st.markdown(f"**{spoken(section)}**")
        for claim in claims:
            with st.container(border=True, gap="xsmall"):
                st.markdown(escaped(claim.text))
                st.caption(f"“{escaped(claim.quote)}” · {escaped(claim.url or t('from a list'))}")
    if found.dropped:
        with st.expander(t("{dropped} left out, for want of words that carry them", dropped=len(found.dropped))):
            st.dataframe(
                pd.DataFrame([{t("Said"): one.text, t("Why it was left out"): one.reason} for one in found.dropped]),
                hide_index=True,
            )


def _fit(found: Insight) -> None:
    if found.fit is None:
        return
    st.metric(t("Fit"), t("{fit} of 100", fit=found.fit))
    rows = [
        {
            t("Wanted"): point.text,
            t("Known"): point.known or "–",
            t("Verdict"): spoken(point.verdict),
            t("Points"): t("{points:g} of {of:g}", points=point.points, of=point.of),
        }
        for point in found.points
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch", key=f"fit:{found.id}")
