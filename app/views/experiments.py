"""Experiments: which arm brings more interest, how sure that is, and what to do."""

from __future__ import annotations

import streamlit as st

from app.components.arms import arms_table, headline, rates_over_time, ratios_over_time
from app.components.choose import follow_link, keep_link
from app.components.language import t, tn
from app.components.page import empty, header, told
from app.components.text import escaped, moment, percent, spoken
from app.components.translated import translated
from app.state import bench
from gtm_pipelines.errors import NotFoundError
from gtm_pipelines.metrics.reading import Experiment


def page() -> None:
    """Draw the page."""
    header(t("Experiments"), t("Which arm brings more interest, how sure that is, and what to do. Look as often as you like."))
    with told():
        try:
            found = bench().experiments.list()
        except NotFoundError:
            found = []
        if found:
            _show(_choose(found))
        else:
            empty(
                t(
                    "No campaign with two arms was sent yet. A campaign compares the variants of its pack; a control arm is "
                    "one of its settings."
                ),
                page="views/campaigns.py",
                label=t("Start a campaign"),
            )
        _plan()


def _choose(found: list[Experiment]) -> Experiment:
    by_id = {experiment.campaign_id: experiment for experiment in found}
    follow_link("experiment", "campaign", by_id)
    key = st.selectbox(
        t("Experiment"), list(by_id), format_func=lambda key: by_id[key].campaign, key="experiment", persist_state="session"
    )
    keep_link("experiment", "campaign", key)
    return by_id[key]


def _show(experiment: Experiment) -> None:
    with st.container(border=True):
        st.markdown(f"**{escaped(headline(experiment))}** {escaped(translated(experiment.advice))}")
        for warning in experiment.warnings:
            st.warning(escaped(translated(warning)))
    arms_table(experiment.arms)
    days = bench().experiments.days(experiment.campaign_id).to_pandas()
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader(t("Rates"), anchor=False)
        rates_over_time(days, experiment)
        st.caption(t("Bands are 95 % intervals of each rate, as for one single look."))
    with right:
        st.subheader(t("Against {reference}", reference=escaped(spoken(experiment.reference).lower())), anchor=False)
        ratios_over_time(days)
        st.caption(t("A verdict falls when the band leaves the dashed line. It holds at every look at once."))
    _deal(experiment)
    st.caption(
        t(
            "People count in the arm the coin dealt them, and answers only where they could be attributed. At most one "
            "in twenty experiments without a difference ever calls one. Figures as of {published_at}.",
            published_at=moment(experiment.published_at),
        )
    )


def _deal(experiment: Experiment) -> None:
    if st.toggle(t("Throw the coins again: is everybody in the arm they were dealt?"), key=f"deal:{experiment.campaign_id}"):
        found = bench().campaigns.check_deal(experiment.campaign_id)
        if found.holds:
            st.markdown(
                tn(
                    "Yes: {number} person, dealt again by seed {seed}, are in their arms.",
                    "Yes: {number} people, dealt again by seed {seed}, are in their arms.",
                    found.people,
                    seed=found.seed,
                )
            )
        else:
            st.warning(
                tn(
                    "No: {number} person is in another arm than the one dealt.",
                    "No: {number} people are in another arm than the one dealt.",
                    len(found.moved),
                )
            )
        rows = [
            {t("Stratum"): stratum} | {spoken(arm): count for arm, count in arms.items()} for stratum, arms in found.arms.items()
        ]
        st.dataframe(rows, hide_index=True, width="stretch")


def _plan() -> None:
    st.subheader(t("Plan one"), anchor=False)
    rate, people = bench().experiments.known_rate()
    known = (
        t("{rate} is what {people:,} people delivered to so far gave.", rate=percent(rate), people=people)
        if people
        else t("2 % is usual.")
    )
    of_rate, of_lift, of_power, of_arms, of_month = st.columns(5)
    percentage = of_rate.number_input(t("Rate now, %"), 0.1, 50.0, round(rate * 100, 1), 0.1, help=known, key="plan_rate")
    lift = of_lift.number_input(t("Times as many"), 1.1, 10.0, 2.0, 0.1, key="plan_lift")
    power = of_power.number_input(t("Chance to find it, %"), 50, 95, 80, 5, key="plan_power")
    arms = of_arms.number_input(t("Arms"), 2, 6, 2, key="plan_arms")
    monthly = of_month.number_input(t("Mails a month"), 0, None, bench().experiments.monthly(), 100, key="plan_monthly")
    with told():
        found = bench().experiments.plan(rate=percentage / 100, lift=lift, power=power / 100, arms=arms, monthly=monthly)
        months = (
            " "
            + t("That takes about **{months:.1f} months** at {monthly:,} a month.", months=found.months, monthly=found.monthly)
            if found.months
            else " " + t("At 0 a month it never ends.")
        )
        st.markdown(
            t(
                "**{total:,} people** delivered to, {arm:,} an arm; half of such experiments are over by {typical:,}.{months}",
                total=found.total,
                arm=found.arm,
                typical=found.typical,
                months=months,
            )
        )


if __name__ == "__main__":
    page()
