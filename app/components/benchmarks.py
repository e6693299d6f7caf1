"""Benchmarks: what each pack and model came to over the same cases."""

from __future__ import annotations

from collections import Counter
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from app.components.jobs import ask, follow, latest
from app.components.language import t
from app.components.page import empty
from app.components.roles import only
from app.components.text import escaped, moment, percent, spoken
from app.components.translated import translated
from app.state import bench
from gtm_pipelines.acting import Role

_PLOTTED = ["arm", "quality", "low", "high", "cases"]


def begin() -> None:
    """Let a person have packs and models measured, or say what is missing for it; follow the work."""
    cases = Counter[str]()
    for one in bench().examples.counts():
        cases[one.pack] += one.examples if one.kind == "draft" and one.split == "held_out" else 0
    models = [model.name for model in bench().settings.models]
    packs = [f"{pack.name}@{pack.version}" for pack in bench().packs.list() if cases[pack.name]]
    if not models:
        empty(
            t("A benchmark has language models write, and none is set up. Drafts from templates cost nothing and are all alike."),
            page="views/ai_models.py", label=t("AI models"),
        )  # fmt: skip
    elif not packs:
        empty(
            t("There are no cases to measure on yet: they come of drafts that people decide about, and some are held out."),
            page="views/review.py", label=t("Review the drafts"),
        )  # fmt: skip
    else:
        _wish(packs, models)
    follow(latest("benchmark"))


def _wish(packs: list[str], models: list[str]) -> None:
    with st.form("benchmark_wish"):
        of_packs, of_models = st.columns(2)
        chosen = of_packs.multiselect(t("Packs"), packs, default=packs[-1:], key="benchmark_packs")
        asked = of_models.multiselect(t("Models"), models, default=models, key="benchmark_models")
        of_cases, of_money, of_button = st.columns([1, 1, 1], vertical_alignment="bottom")
        most = of_cases.number_input(
            t("Cases at most"), 2, 1000, 30, key="benchmark_cases", help=t("Each pack and model gets the same.")
        )
        usd = of_money.number_input(t("At most so many US dollars"), 0.0, value=5.0, step=1.0, key="benchmark_usd")
        if of_button.form_submit_button(
            t("Measure"), type="primary", icon=":material/speed:", width="stretch", **only(Role.EDITOR)
        ):
            if chosen and asked:
                ask("benchmark", {"packs": chosen, "models": asked, "cases": int(most), "budget_usd": float(usd)})
            else:
                st.warning(t("Choose at least one pack and one model."))


def _go_on(run_id: str) -> None:
    job = latest("benchmark")
    busy = job is not None and job.status.is_open
    if not busy and st.button(t("Go on"), key=f"benchmark_on:{run_id}", icon=":material/play_arrow:", **only(Role.EDITOR)):
        ask("benchmark", {"resume": run_id})
        st.rerun()


def choose(runs: list[dict[str, Any]]) -> str:
    """Let a run be chosen, the newest first."""
    by_id = {run["id"]: run for run in runs}
    named = lambda key: f"{by_id[key]['name']}, {moment(by_id[key]['created_at'])}"  # noqa: E731
    return str(st.selectbox(t("Benchmark"), list(by_id), format_func=named, key="benchmark"))


def result(run_id: str) -> None:
    """Draw a run: a table, best first, and the scores with their intervals."""
    run, table = bench().benchmarks.get(run_id), bench().benchmarks.table(run_id)
    if run["status"] != "finished":
        st.warning(
            escaped(translated(run["settings"].get("stopped") or "")) or t("It is not finished; what is scored so far is shown.")
        )
        _go_on(run_id)
    if not table:
        st.markdown(t("Nothing is scored yet."))
        return
    rows = [
        {
            t('Pack'): one.pack, t('Model'): one.model, t('Cases'): one.cases, t('Failed'): one.failed, t('Quality'): one.quality,
            t('At least'): one.low, t('At most'): one.high, t('Grounded'): percent(one.groundedness),
            t('US$ a draft'): one.cost_usd, t('Milliseconds'): one.latency_ms,
        }
        for one in table
    ]  # fmt: skip
    frame = pd.DataFrame(rows)
    st.dataframe(frame, hide_index=True, width="stretch")
    plotted = [(f"{one.pack} · {one.model}", one.quality, one.low, one.high, one.cases) for one in table]
    _plot(pd.DataFrame(plotted, columns=_PLOTTED))
    failed = [row for row in bench().benchmarks.scores(run_id) if row["outcome"] != "written"]
    if failed:
        counted = pd.Series([f"{row['model']}: {spoken(row['outcome'])}" for row in failed]).value_counts()
        st.dataframe(counted.rename(t("Drafts")).rename_axis(t("Why no draft came of it")).reset_index(), hide_index=True)


def _plot(frame: pd.DataFrame) -> None:
    """Plot the quality of each arm; the columns are ``_PLOTTED``."""
    base = alt.Chart(frame).encode(y=alt.Y("arm:N", sort=None, title=None, axis=alt.Axis(labelLimit=320)))
    quality = t("Quality, with its 95 % interval")
    ends = base.mark_rule(strokeWidth=2).encode(x=alt.X("low:Q", title=quality, scale=alt.Scale(domain=[0, 1])), x2="high:Q")
    points = base.mark_point(filled=True, size=90, opacity=1).encode(
        x="quality:Q",
        tooltip=[
            alt.Tooltip("arm:N", title=t("Arm")),
            alt.Tooltip("quality:Q", title=t("Quality"), format=".3f"),
            alt.Tooltip("cases:Q", title=t("Cases")),
        ],
    )
    st.altair_chart((ends + points).properties(height=alt.Step(32)), width="stretch", alt=quality)
