"""What was decided last in this window: said in words, kept so that it can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import streamlit as st

from app.components.language import t, tn
from gtm_pipelines.review.model import ApprovalReport

_KEY = "review_last"


class Decided(NamedTuple):
    """The last decision of this window."""

    draft_ids: list[str]
    since: datetime
    words: str


def remember(draft_ids: Sequence[str], since: datetime, words: str) -> None:
    """Keep what was decided last."""
    st.session_state[_KEY] = Decided(list(draft_ids), since, words)


def last_decision() -> Decided | None:
    """Return what was decided last; ``None`` where nothing was, or it was taken back."""
    held: Decided | None = st.session_state.get(_KEY)
    return held


def forget_decision() -> None:
    """Take note that the last decision was taken back."""
    st.session_state.pop(_KEY, None)


def told_approval(report: ApprovalReport) -> str:
    """Say what an approval did, with the rules that refused some."""
    parts = [tn("{number} draft approved", "{number} drafts approved", report.approved)]
    if report.voided:
        parts.append(
            tn(
                "{number} earlier approval of another variant replaced",
                "{number} earlier approvals of another variant replaced",
                report.voided,
            )
        )
    if report.already:
        parts.append(t("{already:,} approved before", already=report.already))
    reasons = sorted({refusal.reason for refusal in report.refused})
    if reasons:
        parts.append(t("{refused:,} refused: {reasons}", refused=len(report.refused), reasons="; ".join(reasons[:3])))
    return ", ".join(parts) + "."
