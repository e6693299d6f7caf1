"""The parts of one campaign's results: funnel, answers, rates over time, mails of the sequence, variants, spending."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app.components.arms import headline
from app.components.charts import Bar, bars, intervals, rate_over_time, slice_words
from app.components.figures import Way, data_table, price, usd, ways
from app.components.language import mark, t, tn, written
from app.components.stages import stage_words
from app.components.text import escaped, percent, spoken
from app.components.translated import translated
from app.state import bench
from gtm_pipelines.campaigns.model import Campaign
from gtm_pipelines.errors import NotFoundError
from gtm_pipelines.metrics.benchmarks import Band, bands
from gtm_pipelines.metrics.campaign_reading import RATES, Span, Stage, stages
from gtm_pipelines.metrics.model import CampaignMetrics, measure
from gtm_pipelines.metrics.spending import NONE

SPANS: dict[Span, str] = {"so_far": mark("All mails so far"), "week": mark("Mails of each week")}


def funnel(campaign: Campaign, one: CampaignMetrics) -> None:
    """Show how far its people came, each step with its share of the one before."""
    st.subheader(t("From people to meetings"), anchor=False)
    steps = stages(one.funnel)
    bars([Bar(spoken(step.name), step.count, _share(step)) for step in steps], t("Funnel"))
    for line in one.funnel.explained():
        st.caption(escaped(translated(line)))
    of = {"campaign": campaign.id}
    counts = {step.name: step.count for step in steps}
    ways(
        (
            Way(tn("{number} person", "{number} people", counts["targets"]), "campaigns", ":material/group:", of),
            Way(tn("{number} with a draft", "{number} with a draft", counts["drafted"]), "review", ":material/draft:", of),
            Way(tn("{number} mail sent", "{number} mails sent", counts["sent"]), "lineage", ":material/timeline:", of),
            Way(tn("{number} reply", "{number} replies", counts["replied"]), "replies", ":material/mail:", of),
        )
    )
    with st.expander(t("The steps with their intervals"), icon=":material/table:"):
        rows = [
            {
                t("Step"): spoken(step.name),
                t("Count"): step.count,
                t("Of"): spoken(step.before) if step.before else "–",
                t("Share"): percent(step.share.rate) if step.share else "–",
                t("At least"): percent(step.share.low) if step.share else "–",
                t("At most"): percent(step.share.high) if step.share else "–",
            }
            for step in steps
        ]
        data_table(pd.DataFrame(rows), "funnel")


def _share(step: Stage) -> str:
    count = written(step.count, ",")
    return count if step.share is None else f"{count}  ({percent(step.share.rate)})"


def answers(campaign: Campaign) -> None:
    """Show what came back, by class, each leading to those mails."""
    st.subheader(t("What came back"), anchor=False)
    found = bench().campaign_readings.answers(campaign.id)
    if not found:
        st.caption(t("Nothing came back yet. Replies are collected while the workbench runs, and when you ask for it."))
        ways((Way(t("Collect replies"), "replies", ":material/inbox:"),))
        return
    told = [Bar(spoken(one.cls), one.mails, _people(one.mails, one.people)) for one in found]
    bars(told, t("What came back"))
    icon = ":material/mail:"
    ways(
        [
            Way(f"{spoken(one.cls)}: {written(one.mails, ',')}", "replies", icon, {"campaign": campaign.id, "class": one.cls})
            for one in found
        ]
    )


def _people(mails: int, people: int) -> str:
    count = written(mails, ",")
    return count if people == mails else f"{count} " + tn("(of {number} person)", "(of {number} people)", people)


def over_time(one: CampaignMetrics) -> None:
    """Plot one rate by the day its mails were sent, with how sure it is and the rates of others."""
    st.subheader(t("Over time"), anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        rate = st.segmented_control(
            t("Rate"),
            RATES,
            default=RATES[0],
            format_func=spoken,
            required=True,
            key="campaign_rate",
            label_visibility="collapsed",
        )
        span = st.segmented_control(
            t("Of"), list(SPANS), default="so_far", format_func=lambda key: t(SPANS[key]), required=True, key="campaign_span",
            label_visibility="collapsed",
        )  # fmt: skip
    moments = bench().campaign_readings.over_time(one.campaign_id, rate or RATES[0], span or "so_far")
    if not any(one.measure.denominator for one in moments):
        st.caption(t("Nothing is counted yet."))
        return
    elsewhere = bands(one.benchmarks, rate or RATES[0])
    rate_over_time(moments, elsewhere, spoken(rate or RATES[0]))
    st.caption(
        t(
            "By the day a mail was sent: answers that come later still change the last days. The band is where the true rate "
            "lies 95 times in 100 (Wilson), for one look."
        )
    )
    _sources(elsewhere)


def _sources(elsewhere: tuple[Band, ...]) -> None:
    if not elsewhere:
        st.caption(t("Nobody publishes this rate in a way that could be set beside yours."))
        return
    told = {
        f"{slice_words(one.benchmark)}: {one.benchmark.source}, {one.benchmark.source_date or '–'} "
        + t(
            "(over {denominator}; confidence {confidence})",
            denominator=spoken(one.benchmark.denominator).lower(),
            confidence=spoken(one.benchmark.confidence).lower(),
        )
        for one in elsewhere
    }
    st.caption(escaped(t("Dashed lines: {sources}.", sources="; ".join(sorted(told)))))


def by_mail(one: CampaignMetrics) -> None:
    """Show the reply rate of each mail of the sequence."""
    st.subheader(t("By mail of the sequence"), anchor=False)
    steps = bench().campaign_readings.steps(one.campaign_id)
    if not steps:
        st.caption(t("Nothing is counted yet."))
        return
    intervals([(t("Mail {step}", step=step.step), step.reply) for step in steps], t("Reply rate"))
    rows = [
        {
            t("Mail"): step.step,
            t("Sent"): step.sent,
            t("Replies"): step.reply.numerator,
            t("Reply rate"): _told(step.reply.rate, step.reply.low, step.reply.high),
            t("Positive"): step.positive.numerator,
            t("Positive reply rate"): _told(step.positive.rate, step.positive.low, step.positive.high),
            t("Hours to the middle reply"): round(step.hours_to_reply, 1) if step.hours_to_reply is not None else None,
        }
        for step in steps
    ]
    data_table(pd.DataFrame(rows), "sequence")
    if len(steps) > 1:
        st.caption(t("Whoever answered gets no later mail: the later ones reach those who are harder to win."))


def _told(rate: float | None, low: float, high: float) -> str:
    return "–" if rate is None else t("{rate} ({low} to {high})", rate=percent(rate), low=percent(low), high=percent(high))


def variants(one: CampaignMetrics) -> None:
    """Show the arms of its experiment, or how to have one."""
    st.subheader(t("Variants"), anchor=False)
    try:
        found = bench().experiments.get(one.campaign_id)
    except NotFoundError:
        st.caption(t("Only one variant was sent. A second one, or a control arm, would tell whether the words matter."))
        ways((Way(t("Plan an experiment"), "experiments", ":material/science:"),))
        return
    st.markdown(f"**{escaped(headline(found))}** {escaped(translated(found.advice))}")
    rows = [(spoken(arm.variant), measure("positive_reply_rate", arm.positive, arm.delivered, 0)) for arm in found.arms]
    intervals(rows, t("Positive reply rate"))
    ways((Way(t("The experiment"), "experiments", ":material/science:", {"campaign": one.campaign_id}),))


def spending(campaign: Campaign) -> None:
    """Show what models took for it, and what one draft, reply and yes came to."""
    st.subheader(t("What it cost"), anchor=False)
    totals = bench().spending.totals("stage", campaign_id=campaign.id)
    if not totals or not sum(one.cost_usd for one in totals):
        st.caption(
            t("No model was paid for this campaign: its drafts come from the pack's template, or from a model that is free.")
        )
        return
    for place, one in zip(st.columns(3), bench().spending.prices(campaign.id), strict=True):
        with place:
            price(one)
    bars([Bar(stage_words(one.name), one.cost_usd, usd(one.cost_usd)) for one in totals], t("What it cost"))
    by_pack = [one for one in bench().spending.totals("pack", campaign_id=campaign.id) if one.cost_usd]
    named = [(t("without a pack") if one.name == NONE else one.name, one.cost_usd) for one in by_pack]
    bars([Bar(name, cost, usd(cost)) for name, cost in named], t("By pack version"))
    st.caption(t("Calls to models that name this campaign; research into companies and people is shared and not split."))
    ways((Way(t("Cost"), "cost", ":material/payments:"),))
