"""Experiments: which arm brings more interest, how sure that is, and what to do."""

from __future__ import annotations

import streamlit as st

from app.components.arms import arms_table, rates_over_time, ratios_over_time
from app.components.page import empty, header, told
from app.components.text import escaped, moment, percent, plural, spoken
from app.state import bench
from gtm_pipelines.errors import NotFoundError
from gtm_pipelines.metrics.reading import Experiment


def page() -> None:
    """Draw the page."""
    header("Experiments", "Which arm brings more interest, how sure that is, and what to do. Look as often as you like.")
    with told():
        try:
            found = bench().experiments.list()
        except NotFoundError:
            found = []
        if found:
            _show(_choose(found))
        else:
            empty(
                "No campaign with two arms was sent yet. A campaign compares the variants of its pack; "
                "a control arm is one of its settings.",
                page="views/campaigns.py",
                label="Start a campaign",
            )
        _plan()


def _choose(found: list[Experiment]) -> Experiment:
    by_id = {experiment.campaign_id: experiment for experiment in found}
    key = st.selectbox(
        "Experiment", list(by_id), format_func=lambda key: by_id[key].campaign, key="experiment", persist_state="session"
    )
    return by_id[key]


def _show(experiment: Experiment) -> None:
    with st.container(border=True):
        st.markdown(f"**{escaped(experiment.headline)}** {escaped(experiment.advice)}")
        for warning in experiment.warnings:
            st.warning(escaped(warning))
    arms_table(experiment.arms)
    days = bench().experiments.days(experiment.campaign_id).to_pandas()
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Rates", anchor=False)
        rates_over_time(days, experiment)
        st.caption("Bands are 95 % intervals of each rate, as for one single look.")
    with right:
        st.subheader(f"Against {escaped(spoken(experiment.reference).lower())}", anchor=False)
        ratios_over_time(days)
        st.caption("A verdict falls when the band leaves the dashed line. It holds at every look at once.")
    _deal(experiment)
    st.caption(
        "People count in the arm the coin dealt them, and answers only where they could be attributed. At most one in twenty "
        f"experiments without a difference ever calls one. Figures as of {moment(experiment.published_at)}."
    )


def _deal(experiment: Experiment) -> None:
    if st.toggle("Throw the coins again: is everybody in the arm they were dealt?", key=f"deal:{experiment.campaign_id}"):
        found = bench().campaigns.check_deal(experiment.campaign_id)
        if found.holds:
            st.markdown(f"Yes: {plural(found.people, 'person', 'people')}, dealt again by seed {found.seed}, are in their arms.")
        else:
            st.warning(f"No: {plural(len(found.moved), 'person is', 'people are')} in another arm than the one dealt.")
        rows = [
            {"Stratum": stratum} | {spoken(arm): count for arm, count in arms.items()} for stratum, arms in found.arms.items()
        ]
        st.dataframe(rows, hide_index=True, width="stretch")


def _plan() -> None:
    st.subheader("Plan one", anchor=False)
    rate, people = bench().experiments.known_rate()
    known = f"{percent(rate)} is what {people:,} people delivered to so far gave." if people else "2 % is usual."
    of_rate, of_lift, of_power, of_arms, of_month = st.columns(5)
    percentage = of_rate.number_input("Rate now, %", 0.1, 50.0, round(rate * 100, 1), 0.1, help=known, key="plan_rate")
    lift = of_lift.number_input("Times as many", 1.1, 10.0, 2.0, 0.1, key="plan_lift")
    power = of_power.number_input("Chance to find it, %", 50, 95, 80, 5, key="plan_power")
    arms = of_arms.number_input("Arms", 2, 6, 2, key="plan_arms")
    monthly = of_month.number_input("Mails a month", 0, None, bench().experiments.monthly(), 100, key="plan_monthly")
    with told():
        found = bench().experiments.plan(rate=percentage / 100, lift=lift, power=power / 100, arms=arms, monthly=monthly)
        months = f" That takes about **{found.months:.1f} months** at {found.monthly:,} a month." if found.months else ""
        st.markdown(
            f"**{found.total:,} people** delivered to, {found.arm:,} an arm; half of such experiments are over by "
            f"{found.typical:,}.{months}"
        )


if __name__ == "__main__":
    page()
