"""Results by pack: what people change and approve, what the judge says, what comes back, and what it takes."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from app.components.apart import verdicts
from app.components.charts import Bar, bars, intervals, means
from app.components.choose import follow_link, keep_link
from app.components.figures import Way, as_of, data_table, no_figures, rate_told, usd, ways
from app.components.language import mark, t
from app.components.page import empty, header, told
from app.components.text import escaped, moment, percent, spoken
from app.state import bench
from gtm_pipelines.errors import NotFoundError
from gtm_pipelines.metrics.benchmarks import Band, bands
from gtm_pipelines.metrics.model import Measure
from gtm_pipelines.metrics.pack_reading import PackReading

RATES: dict[str, tuple[str, Callable[[PackReading], Measure]]] = {
    "reply": (mark("Reply rate"), lambda one: one.reply),
    "positive": (mark("Positive reply rate"), lambda one: one.positive),
    "approval": (mark("Approval rate"), lambda one: one.approval),
    "edits": (mark("Edit rate"), lambda one: one.edits),
}
PARTS = {"version": mark("Versions"), "variant": mark("Variants of each version")}


def page() -> None:
    """Draw the page."""
    header(
        t("By pack"),
        t("What people change and approve in drafts of a pack, what the judge says, what comes back, what it takes."),
    )
    with told():
        try:
            packs = bench().pack_readings.packs()
        except NotFoundError:
            no_figures()
            return
        if packs:
            _body(_choose(packs))
        else:
            empty(
                t("Nothing was drafted yet. The first drafts of a campaign begin the history of its pack."),
                page="views/campaigns.py",
                label=t("Start a campaign"),
            )
    as_of()


def _choose(packs: list[str]) -> str:
    follow_link("result_pack", "pack", packs)
    chosen = str(st.selectbox(t("Pack"), packs, key="result_pack", persist_state="session"))
    keep_link("result_pack", "pack", chosen)
    return chosen


def _body(pack: str) -> None:
    with st.container(horizontal=True):
        rate = st.segmented_control(
            t("Rate"), list(RATES), default="reply", format_func=lambda key: t(RATES[key][0]), required=True, key="pack_rate",
            label_visibility="collapsed",
        )  # fmt: skip
        part = st.segmented_control(
            t("Of"), list(PARTS), default="version", format_func=lambda key: t(PARTS[key]), required=True, key="pack_part",
            label_visibility="collapsed",
        )  # fmt: skip
    found = bench().pack_readings.versions(pack, variants=part == "variant")
    title, of = RATES[rate or "reply"]
    rows = [(_called(one), of(one)) for one in found]
    verdicts(rows, t("versions") if part == "version" else t("variants"))
    intervals(rows, t(title), _elsewhere(rate or "reply"))
    st.caption(
        t("Oldest version first. Versions were sent in other weeks to other people: an experiment tells what the text did.")
    )
    ways(
        (
            Way(t("The pack"), "packs", ":material/edit_note:", {"pack": pack}),
            Way(t("Experiments"), "experiments", ":material/science:"),
            Way(t("Drafts"), "review", ":material/rate_review:"),
            Way(t("Cost"), "cost", ":material/payments:"),
        )
    )
    left, right = st.columns(2, gap="large")
    with left:
        _judged(found)
    with right:
        _prices(bench().pack_readings.versions(pack))
    _table(found)
    _attempts(pack)


def _called(one: PackReading) -> str:
    name = one.version if one.variant is None else f"{one.version} · {spoken(one.variant)}"
    return f"{name} ({t('compiled')})" if one.compiled else name


def _elsewhere(rate: str) -> tuple[Band, ...]:
    general = [one for one in bench().metrics.benchmarks if one.slice in ("all", "top_25pct", "average", "good")]
    return bands(general, {"reply": "reply_rate", "positive": "positive_reply_rate"}.get(rate, ""))


def _judged(found: list[PackReading]) -> None:
    st.subheader(t("What the judge says"), anchor=False)
    rows = [(_called(one), one.judged) for one in found if one.judged.quality is not None]
    if not rows:
        st.caption(t("No draft was judged yet. The judge looks at drafts when they are written, if a campaign asks for it."))
        return
    means(rows, t("Quality"))


def _prices(found: list[PackReading]) -> None:
    st.subheader(t("What a draft takes"), anchor=False)
    priced = [one for one in found if one.price and one.price.value]
    if not priced:
        st.caption(t("No draft of this pack has cost anything: its template wrote them, or a model that is free."))
        return
    bars([Bar(_called(one), one.price.value or 0.0, _price(one)) for one in priced if one.price], t("Cost of a draft"))
    st.caption(t("Writing and rewriting by models, calls that gave nothing included; the brackets hold the 95 % interval."))


def _price(one: PackReading) -> str:
    held = one.price
    if held is None or held.low is None:
        return usd(held.value if held else None)
    return t("{value} ({low} to {high})", value=usd(held.value), low=usd(held.low), high=usd(held.high))


def _table(found: list[PackReading]) -> None:
    rows = [
        {
            t("Version"): one.version,
            t("Variant"): spoken(one.variant) if one.variant else t("all"),
            t("Compiled"): t("yes") if one.compiled else t("no"),
            t("Drafts"): one.drafts,
            t("Approval rate"): rate_told(one.approval),
            t("Edit rate"): rate_told(one.edits),
            t("Quality"): percent(one.judged.quality),
            t("Risk"): percent(one.judged.risk),
            t("Sent"): one.sent,
            t("Reply rate"): rate_told(one.reply),
            t("Positive reply rate"): rate_told(one.positive),
            t("Cost of a draft"): _price(one) if one.price and one.price.cases else "–",
        }
        for one in found
    ]
    data_table(pd.DataFrame(rows), "pack")


def _attempts(pack: str) -> None:
    st.subheader(t("Attempts to better it"), anchor=False)
    found = bench().pack_readings.attempts(pack)
    if not found:
        st.caption(t("None yet. What people change in drafts can teach the next version."))
        ways((Way(t("Better it"), "packs", ":material/edit_note:", {"pack": pack}),))
        return
    rows = [
        {
            t("When"): moment(one["created_at"]),
            t("From"): one["base_version"],
            t("Became"): one["result_version"] or "–",
            t("Verdict"): spoken(one["verdict"]),
            t("Cases"): one["held_out_cases"],
            t("Before"): one["old_score"],
            t("After"): one["new_score"],
            t("Difference, at least"): one["difference_low"],
            t("Difference, at most"): one["difference_high"],
            t("US dollars"): one["cost_usd"],
        }
        for one in found
    ]
    number = st.column_config.NumberColumn(format="%.3f")
    scored = (t("Before"), t("After"), t("Difference, at least"), t("Difference, at most"))
    data_table(pd.DataFrame(rows), "attempts", dict.fromkeys(scored, number))
    st.caption(escaped(t("Scores are of cases it had not learned from; a person decides whether a version counts.")))


if __name__ == "__main__":
    page()
