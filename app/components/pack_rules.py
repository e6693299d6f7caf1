"""What is wrong with a pack, and what mends it."""

from __future__ import annotations

import streamlit as st

from app.components.language import t
from app.components.text import escaped
from app.components.translated import translated
from gtm_pipelines.packs.model import RULES, Problem


def rules(problems: list[Problem]) -> None:
    """Show every broken rule with its hint, errors first."""
    if not problems:
        st.success(t("It breaks none of {RULES} rules.", RULES=len(RULES)), icon=":material/check_circle:")
        return
    for problem in problems:
        error = problem.severity == "error"
        with st.container(border=True):
            mark = ":red[:material/error:]" if error else ":orange[:material/info:]"
            st.markdown(
                t(
                    "{mark} **{title}** in {where}: {text_}",
                    mark=mark,
                    title=escaped(translated(RULES[problem.rule].title)),
                    where=escaped(problem.where),
                    text_=escaped(translated(problem.text)),
                )
            )
            st.caption(
                f"{escaped(translated(problem.hint))} · {escaped(problem.rule)}"
                + ("" if error else " " + t("· advice, stops nothing"))
            )
