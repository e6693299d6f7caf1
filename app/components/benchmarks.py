"""Benchmarks: what each pack and model came to over the same cases."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from app.components.text import moment, percent, spoken
from app.state import bench


def choose(runs: list[dict[str, Any]]) -> str:
    """Let a run be chosen, the newest first."""
    by_id = {run["id"]: run for run in runs}
    named = lambda key: f"{by_id[key]['name']}, {moment(by_id[key]['created_at'])}"  # noqa: E731
    return str(st.selectbox("Benchmark", list(by_id), format_func=named, key="benchmark"))


def result(run_id: str) -> None:
    """Draw a run: a table, best first, and the scores with their intervals."""
    run, table = bench().benchmarks.get(run_id), bench().benchmarks.table(run_id)
    if run["status"] != "finished":
        st.warning(run["settings"].get("stopped") or "It is not finished; what is scored so far is shown.")
    if not table:
        st.markdown("Nothing is scored yet.")
        return
    rows = [
        {
            "Pack": one.pack, "Model": one.model, "Cases": one.cases, "Failed": one.failed, "Quality": one.quality,
            "At least": one.low, "At most": one.high, "Grounded": percent(one.groundedness),
            "US$ a draft": one.cost_usd, "Milliseconds": one.latency_ms,
        }
        for one in table
    ]  # fmt: skip
    frame = pd.DataFrame(rows)
    st.dataframe(frame, hide_index=True, width="stretch")
    _plot(frame.assign(Arm=frame["Pack"] + " · " + frame["Model"]))
    failed = [row for row in bench().benchmarks.scores(run_id) if row["outcome"] != "written"]
    if failed:
        counted = pd.Series([f"{row['model']}: {spoken(row['outcome'])}" for row in failed]).value_counts()
        st.dataframe(counted.rename("Drafts").rename_axis("Why no draft came of it").reset_index(), hide_index=True)


def _plot(frame: pd.DataFrame) -> None:
    base = alt.Chart(frame).encode(y=alt.Y("Arm:N", sort=None, title=None, axis=alt.Axis(labelLimit=320)))
    ends = base.mark_rule(strokeWidth=2, color="#5b6b69").encode(
        x=alt.X("At least:Q", title="Quality, with its 95 % interval", scale=alt.Scale(domain=[0, 1])), x2="At most:Q"
    )
    points = base.mark_point(filled=True, size=90, color="#0f766e", opacity=1).encode(
        x="Quality:Q", tooltip=["Arm", alt.Tooltip("Quality:Q", format=".3f"), "Cases"]
    )
    st.altair_chart((ends + points).properties(height=alt.Step(32)), width="stretch")
