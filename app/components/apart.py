"""Which of several rates can be told apart, in words: a ranking only where there is one."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app.components.language import t, tn
from app.components.text import escaped, percent
from gtm_pipelines.metrics.apart import told_apart
from gtm_pipelines.metrics.model import Measure

RATES = {"reply": "reply_rate", "positive": "positive_reply_rate", "bounce": "bounce_rate", "unsubscribe": "unsubscribe_rate"}
_SHOWN = 5


def verdicts(rows: Sequence[tuple[str, Measure]], what: str) -> None:
    """Say which pairs differ for sure, or that none does and what would change that."""
    judged = [one for _, one in rows if one.enough]
    with st.container(border=True):
        if len(judged) < 2:
            short = sorted((one.needed for _, one in rows if not one.enough), reverse=False)
            st.markdown(t("**Too early to compare {what}.** At least two need enough cases.", what=what))
            if short:
                st.caption(tn("The nearest lacks {number} case.", "The nearest lacks {number} cases.", short[0]))
            return
        found = told_apart(rows)
        if not found:
            st.markdown(
                t("**No difference can be told.** What looks better may be chance: do not drop one for its rank.", what=what)
            )
            st.caption(
                tn(
                    "Only {number} pair can be compared yet.",
                    "{number} pairs are looked at together, so that at most one in twenty such pages calls a false one.",
                    len(judged) * (len(judged) - 1) // 2,
                )
            )
            return
        for one in found[:_SHOWN]:
            st.markdown(
                t(
                    "**{higher}** is above **{lower}** by {low} to {high}.",
                    higher=escaped(one.higher),
                    lower=escaped(one.lower),
                    low=percent(one.low),
                    high=percent(one.high),
                )
            )
        if len(found) > _SHOWN:
            st.caption(tn("And {number} more pair.", "And {number} more pairs.", len(found) - _SHOWN))
        st.caption(t("It shows that they differ, not why: other people, other texts and other weeks may be behind it."))
