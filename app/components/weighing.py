"""What is known, weighed against the confirmed strategy: asked for here, done by the pipeline, the best shown."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from app.components.jobs import ask, follow, latest
from app.components.language import language, t
from app.components.page import empty
from app.components.roles import only
from app.components.text import escaped, moment
from app.components.translated import translated
from app.state import bench
from gtm_pipelines.acting import Role
from gtm_pipelines.enrichment.source import SubjectType
from gtm_pipelines.record import companies, contacts, strategies

SHOWN = 20


def weigh(kind: SubjectType, *, ids: Sequence[str] = (), again: bool = False) -> None:
    """Let a person have some, or of a whole kind so many, weighed; follow the work, and say what kept it from more.

    Args:
        kind: of whom.
        ids: exactly these; else a number is asked for.
        again: something was concluded before, so the button is a quiet one.
    """
    match = {"kind": kind, "ids": list(ids)}
    place = "-".join(ids) or kind
    job = latest("insights", **match)
    wish: dict[str, object] = {**match, "language": language()}
    if not ids:
        wish["limit"] = int(
            st.number_input(t("At most so many"), 0, value=100, step=50, help=t("0 for all."), key=f"weigh_most:{kind}")
        )
    if bench().settings.models:
        wish["ask_models"] = st.toggle(
            t("Ask the language models as well"),
            key=f"weigh_models:{place}",
            help=t("They find what rules cannot; that may cost money."),
        )
    busy = job is not None and job.status.is_open
    if st.button(
        t("Weigh again") if again else t("Weigh what is known"), key=f"weigh:{place}", icon=":material/balance:",
        type="tertiary" if again else "primary", **only(Role.EDITOR, disabled=busy),
    ):  # fmt: skip
        ask("insights", wish)
        job = latest("insights", **match)
    follow(job)
    for note in (job.result.get("insights") or {}).get("notes") or () if job else ():
        st.caption(escaped(translated(note)))


def fitting(kind: SubjectType) -> None:
    """Show who fits the confirmed strategy best, and let more be weighed."""
    if strategies.icp(bench().record) is None:
        empty(
            t("Fit is counted against a strategy that somebody confirmed, and none is yet."),
            page="views/strategy.py", label=t("Strategy"),
        )  # fmt: skip
    with st.container(border=True):
        weigh(kind)
    best = bench().insights.best(kind, SHOWN)
    if not best:
        st.caption(t("Nobody was weighed yet."))
        return
    rows = [
        {
            t("Name"): _name(kind, one.subject_id),
            t("Fit"): one.fit,
            t("Sure to"): one.confidence,
            t("In a sentence"): translated(one.summary or ""),
            t("Weighed"): moment(one.created_at),
        }
        for one in best
    ]
    columns = {
        t("Fit"): st.column_config.ProgressColumn(min_value=0, max_value=100, format="%d"),
        t("Sure to"): st.column_config.NumberColumn(format="percent"),
    }
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch", column_config=columns, key=f"fitting:{kind}")


def _name(kind: SubjectType, key: str) -> str:
    if kind == "company":
        return str(companies.get(bench().record, key).name)
    row = contacts.get(bench().record, key)
    return str(row.full_name or row.email or key)
