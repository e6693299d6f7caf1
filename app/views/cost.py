"""Cost: what was spent on what, where the month is heading, and what a draft, a reply and a yes cost."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app.components.figures import Way, as_of, data_table, no_figures, price, usd, ways
from app.components.language import mark, t
from app.components.money_charts import forecast_chart, spending
from app.components.page import empty, header, told
from app.components.stages import stage_words
from app.components.text import escaped, moment, spoken
from app.state import bench
from gtm_pipelines.errors import NotFoundError
from gtm_pipelines.metrics.forecast import FEWEST
from gtm_pipelines.metrics.spending import NONE, REST, SPLITS, Month, Split, Total

NAMES: dict[Split, str] = {
    "stage": mark("Stage"), "model": mark("Model"), "pack": mark("Pack version"), "campaign": mark("Campaign"),
    "source": mark("Paid to"),
}  # fmt: skip
MOST = 8  # ways shown below a table
SPANS = {"30": mark("30 days"), "90": mark("90 days"), "365": mark("A year"), "all": mark("All time")}


def page() -> None:
    """Draw the page."""
    header(t("Cost"), t("What was spent on what, where the month is heading, and what a draft, a reply and a yes cost."))
    with told():
        try:
            month = bench().spending.month()
            totals = bench().spending.totals("stage")
        except NotFoundError:
            no_figures()
            return
        if not sum(one.cost_usd for one in totals):
            _nothing(totals)
            as_of()
            return
        _month(month)
        st.subheader(t("What one costs"), anchor=False)
        for place, one in zip(st.columns(3), bench().spending.prices(), strict=True):
            with place:
                price(one)
        st.caption(t("All spending over all replies, research and the coach included; a campaign's page has its own alone."))
        _over_time()
        _calls()
    as_of()


def _nothing(totals: list[Total]) -> None:
    if sum(one.items for one in totals):
        st.caption(t("Nothing has cost money yet: what was asked is free, or its price is not known."))
    empty(
        t("No money was spent yet. Templates, rules and models on this machine are free; others need a key and take a budget."),
        page="views/ai_models.py",
        label=t("AI models"),
    )


def _month(month: Month) -> None:
    st.subheader(t("This month, for models"), anchor=False)
    spent, heading, cap = st.columns(3)
    with spent:
        st.metric(t("Spent this month"), usd(month.spent))
        st.caption(t("up to {moment}", moment=moment(month.as_of)))
    with heading:
        st.metric(t("Heading for"), usd(month.forecast.expected) if month.forecast else "–")
        st.caption(_forecast(month))
    with cap:
        st.metric(t("Budget a month"), t("No cap") if month.cap is None else usd(month.cap))
        st.caption(_verdict(month))
    if month.forecast:
        forecast_chart(month)
    if month.unpriced:
        st.caption(t("{number:,} questions have no known price and are not in the sum.", number=month.unpriced))
    ways((Way(t("Set budget"), "ai_models", ":material/smart_toy:"),))


def _forecast(month: Month) -> str:
    if month.forecast is None:
        return t("Told from {days} whole days on; {known} are known.", days=FEWEST, known=month.known)
    low, high = usd(month.forecast.low).replace("$", r"\$"), usd(month.forecast.high).replace("$", r"\$")
    return t("eight times in ten {low} to {high}, if days stay as the last {days}", low=low, high=high, days=month.forecast.days)


def _verdict(month: Month) -> str:
    if month.cap is None:
        return t("Nothing stops a model from costing more.")
    if month.spent >= month.cap:
        return t("It is used up: models answer again next month, or with a larger budget.")
    if month.forecast is None:
        return t("Models stop when it is used up.")
    if month.forecast.high < month.cap:
        return t("It will very likely do.")
    if month.forecast.low > month.cap:
        return t("It will very likely not do: models will stop before the month ends.")
    return t("It may do or not: the forecast is not sure enough.")


def _over_time() -> None:
    st.subheader(t("On what"), anchor=False)
    with st.container(horizontal=True):
        split = st.segmented_control(
            t("By"), SPLITS, default="stage", format_func=lambda key: t(NAMES[key]), required=True, key="cost_split",
            label_visibility="collapsed",
        )  # fmt: skip
        span = st.segmented_control(
            t("Of"), list(SPANS), default="90", format_func=lambda key: t(SPANS[key]), required=True, key="cost_span",
            label_visibility="collapsed",
        )  # fmt: skip
    chosen, days = split or "stage", int(span) if span and span != "all" else None
    totals = bench().spending.totals(chosen, days=days)
    if not totals:
        st.caption(t("Nothing was spent in this time. Choose a longer one."))
        return
    frame = bench().spending.over_time(chosen, days=days).to_pandas()
    frame["name"] = frame["name"].map(lambda name: _named(chosen, name))
    order = [name for one in totals if (name := _named(chosen, one.name)) in set(frame["name"])]
    spending(frame, [*order, *sorted(set(frame["name"]) - set(order))], t("US dollars"))
    _table(chosen, totals)


def _named(split: Split, name: str) -> str:
    if name == REST:
        return t("the rest")
    if name == NONE:
        return {"campaign": t("for no campaign"), "pack": t("without a pack"), "model": t("data sources")}.get(split, "–")
    return stage_words(name) if split == "stage" else name


def _table(split: Split, totals: list[Total]) -> None:
    whole = sum(one.cost_usd for one in totals) or 1.0
    rows = [
        {
            t(NAMES[split]): _named(split, one.name),
            t("US dollars"): one.cost_usd,
            t("Share"): one.cost_usd / whole,
            t("Calls and facts"): one.items,
            t("Gave nothing"): one.failed,
            t("Lost dollars"): one.lost_usd,
            t("Price unknown"): one.unpriced,
        }
        for one in totals
    ]
    money = st.column_config.NumberColumn(format="$%.4f")
    columns = {
        t("US dollars"): money, t("Lost dollars"): money,
        t("Share"): st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1),
    }  # fmt: skip
    data_table(pd.DataFrame(rows), f"cost-by-{split}", columns)
    if split == "campaign":
        named = [one for one in totals if one.key][:MOST]
        ways([Way(escaped(one.name), "campaign_results", ":material/monitoring:", {"campaign": str(one.key)}) for one in named])


def _calls() -> None:
    st.subheader(t("The calls that cost most"), anchor=False)
    found = bench().spending.calls(25)
    if not found:
        st.caption(t("No call to a model has cost anything yet."))
        return
    rows = [
        {
            t("US dollars"): one["cost_usd"],
            t("Asked"): moment(one["asked_at"]),
            t("For"): one["purpose"],
            t("Pack version"): one["pack"] or "–",
            t("Model"): one["model"],
            t("Tokens in"): one["input_tokens"],
            t("Tokens out"): one["output_tokens"],
            t("Seconds"): one["latency_ms"] / 1000,
            t("Ended"): spoken(one["error_code"]) if one["error_code"] else t("answered"),
            t("Campaign"): one["campaign"] or "–",
        }
        for one in found
    ]
    columns = {
        t("US dollars"): st.column_config.NumberColumn(format="$%.4f"),
        t("Seconds"): st.column_config.NumberColumn(format="%.1f"),
    }
    st.caption(escaped(t("The dearest {number:,}.", number=len(found))))
    data_table(pd.DataFrame(rows), "costly-calls", columns)
    people = {one["contact_id"]: one for one in reversed(found) if one["contact_id"]}
    ways(
        [
            Way(f"{t('For whom')}: {escaped(usd(one['cost_usd']))}", "contacts", ":material/person:", {"id": key})
            for key, one in [*people.items()][-MOST:][::-1]
        ]
    )


if __name__ == "__main__":
    page()
