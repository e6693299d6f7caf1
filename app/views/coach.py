"""Coach: ask about your figures, see what rules find in them, keep analyses, and see what is remembered of you."""

from __future__ import annotations

import streamlit as st

from app.components.coach_analyses import analyses
from app.components.coach_chat import chat
from app.components.coach_findings import findings
from app.components.coach_memory import memory
from app.components.language import t
from app.components.page import header, told


def page() -> None:
    """Draw the page."""
    header(t("Coach"), t("Answers from your own figures, and what to do next. Every number says what it is made of."))
    parts = {t("Ask"): chat, t("Findings"): findings, t("Analyses"): analyses, t("Memory"): memory}
    for tab, draw in zip(st.tabs(list(parts), on_change="rerun", key="coach_tab"), parts.values(), strict=True):
        if tab.open:
            with tab, told():
                draw()


if __name__ == "__main__":
    page()
