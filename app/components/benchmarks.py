"""Benchmarks: what each pack and model came to over the same cases."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from app.components.language import t
from app.components.text import escaped, moment, percent, spoken
from app.state import bench

_PLOTTED = ["arm", "quality", "low", "high", "cases"]


def choose(runs: list[dict[str, Any]]) -> str:
    """Let a run be chosen, the newest first."""
    by_id = {run["id"]: run for run in runs}
    named = lambda key: f"{by_id[key]['name']}, {moment(by_id[key]['created_at'])}"  # noqa: E731
    return str(st.selectbox(t("Benchmark"), list(by_id), format_func=named, key="benchmark"))


def result(run_id: str) -> None:
    """Draw a run: a table, best first, and the scores with their intervals."""
    run, table = bench().benchmarks.get(run_id), bench().benchmarks.table(run_id)
    if run["status"] != "finished":
        st.warning(escaped(run["settings"].get("stopped") or "") or t("It is not finished; what is scored so far is shown."))
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
