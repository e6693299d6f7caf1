"""Figures on pages: with their interval and their number of cases, what they are made of, and as a file to keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import streamlit as st

from app.components.jobs import ask, follow, latest
from app.components.language import mark, t, written
from app.components.page import empty
from app.components.roles import only
from app.components.text import moment, percent
from app.state import bench
from gtm_pipelines.acting import Role
from gtm_pipelines.intake.export import safe_cell
from gtm_pipelines.metrics.model import Measure
from gtm_pipelines.metrics.spending import Price

PRICES = {"draft": mark("Cost of a draft"), "reply": mark("Cost of a reply"), "positive_reply": mark("Cost of a positive reply")}


@dataclass(frozen=True)
class Way:
    """A way from a number to what it counts."""

    label: str
    page: str
    icon: str
    parameters: Mapping[str, str] = field(default_factory=dict)


def ways(found: Sequence[Way]) -> None:
    """Show where the numbers above come from, side by side; nothing where there is none."""
    if not found:
        return
    with st.container(horizontal=True, gap="small"):
        for one in found:
            st.page_link(
                f"views/{one.page}.py", label=one.label, icon=one.icon, query_params=dict(one.parameters) or None, width="content"
            )


def rate_told(one: Measure) -> str:
    """Return a rate with its interval and its cases, as a cell of a table holds it, or a dash."""
    if not one.denominator:
        return "–"
    return t(
        "{rate} ({low} to {high}; {numerator:,} of {denominator:,})", rate=percent(one.rate), low=percent(one.low),
        high=percent(one.high), numerator=one.numerator, denominator=one.denominator,
    )  # fmt: skip


def usd(value: float | None) -> str:
    """Return US dollars, small sums to a hundredth of a cent, or a dash."""
    if value is None:
        return "–"
    return "$" + written(value, ",.2f" if value >= 1 or value == 0 else ",.3f" if value >= 0.1 else ",.4f")


def rate(label: str, one: Measure | None) -> None:
    """Show a rate with its interval and what it was counted from."""
    if one is None or not one.denominator:
        st.metric(label, "–")
        st.caption(t("Nothing is counted yet."))
        return
    st.metric(label, percent(one.rate))
    st.caption(
        t(
            "{numerator:,} of {denominator:,}, likely {low} to {high}", numerator=one.numerator, denominator=one.denominator,
            low=percent(one.low), high=percent(one.high),
        )
        + ("" if one.enough else " " + t("{needed:,} more needed to judge it.", needed=one.needed))
    )  # fmt: skip


def price(one: Price) -> None:
    """Show what one thing costs, with its interval and the cases."""
    st.metric(t(PRICES[one.name]), usd(one.value))
    spent = t("{spent} over {cases:,}", spent=usd(one.cost_usd), cases=one.cases)
    if one.low is None:
        sure = t("too few to say how sure that is")
    elif one.high is None:
        sure = t("at least {low}", low=usd(one.low))
    else:
        sure = t("likely {low} to {high}", low=usd(one.low), high=usd(one.high))
    st.caption(f"{spent}, {sure}.".replace("$", r"\$") + ("" if one.enough else " " + t("Too few cases to judge it by.")))


def data_table(frame: pd.DataFrame, name: str, columns: Mapping[str, Any] | None = None) -> None:
    """Show a table, and offer it as a CSV file whose cells no spreadsheet runs."""
    st.dataframe(frame, hide_index=True, width="stretch", column_config=dict(columns or {}))
    st.download_button(
        t("Download as CSV"),
        data=lambda: as_csv(frame),
        file_name=f"{name}.csv",
        mime="text/csv",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
        key=f"csv:{name}",
    )


def as_csv(frame: pd.DataFrame) -> bytes:
    """Return a table as CSV for spreadsheets: in UTF-8 with its mark, and with no cell that runs."""
    cells = frame.astype(object).where(frame.notna(), None).map(safe_cell).rename(columns=safe_cell)
    return cells.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")  # only so is a cell quoted that holds one of them


def as_of() -> None:
    """Say how old the figures are, and offer to make them anew."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(t("Figures of {moment}", moment=moment(bench().metrics.published_at())), width="content")
        if st.button(t("Refresh the figures"), icon=":material/refresh:", type="tertiary", key="refresh", **only(Role.EDITOR)):
            ask("refresh", {})
    job = latest("refresh")
    if job is not None and job.status.is_open:
        follow(job)


def no_figures() -> None:
    """Say that no figures were published yet, and what to do."""
    empty(t("There are no figures yet. They are made from what was drafted, sent and answered."))
    as_of()
