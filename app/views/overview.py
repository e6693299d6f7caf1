"""Overview: how each campaign does, how sure that is, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from app.components.jobs import ask, failed_jobs, follow, latest, open_jobs
from app.components.language import t, tn
from app.components.lights import funnel_chart, light_badge, light_card, light_words, rates_table
from app.components.page import empty, header, told
from app.components.roles import only
from app.components.text import escaped, moment, percent, spoken
from app.components.translated import translated
from app.state import bench
from gtm_pipelines.acting import Role
from gtm_pipelines.campaigns.model import Campaign
from gtm_pipelines.errors import NotFoundError
from gtm_pipelines.metrics.model import CampaignMetrics
from gtm_pipelines.record import companies, contacts


def page() -> None:
    """Draw the page."""
    header(t("Overview"), t("How your campaigns do, how sure that is, and what to do next."))
    record = bench().record
    if not contacts.any_held(record) and not companies.count(record):
        empty(t("There are no lists yet. Import one first."), page="views/imports.py", label=t("Import a list"))
        return
    with told():
        _campaigns()
    _work()


def _campaigns() -> None:
    try:
        metrics = bench().metrics.campaigns()
    except NotFoundError:
        metrics = []
    figured = {one.campaign_id for one in metrics}
    _without_figures([c for c in bench().campaigns.list() if c.id not in figured])
    if not metrics:
        st.caption(t("Lights and rates appear here once a campaign was sent and replies were collected."))
        return
    metrics = sorted(metrics, key=lambda m: m.campaign_id, reverse=True)
    for one in metrics[:12]:
        _card(one)
    ids = [m.campaign_id for m in metrics]
    wanted = st.query_params.get("campaign")
    chosen = st.selectbox(
        t("Look closer at"),
        ids,
        index=ids.index(wanted) if wanted in ids else 0,
        format_func={m.campaign_id: m.campaign for m in metrics}.__getitem__,
        key=f"closer:{wanted}",
    )
    _closer(next(m for m in metrics if m.campaign_id == chosen))
    st.caption(t("Figures of {published_at}", published_at=moment(metrics[0].published_at)))
    _refresh()


def _without_figures(campaigns: Sequence[Campaign]) -> None:
    for campaign in campaigns[:6]:
        with st.container(border=True, gap="xsmall"):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(f"**{escaped(campaign.name)}**", width="content")
                st.badge(spoken(campaign.status), color="gray")
            status = bench().campaigns.status(campaign.id)
            st.caption(
                tn(
                    "{number} person, {drafted:,} drafted, {approved:,} approved",
                    "{number} people, {drafted:,} drafted, {approved:,} approved",
                    status.active,
                    drafted=status.drafted,
                    approved=status.approved,
                )
            )


def _refresh() -> None:
    if st.button(t("Refresh the figures"), icon=":material/refresh:", type="tertiary", key="refresh", **only(Role.EDITOR)):
        ask("refresh", {})
    job = latest("refresh")
    if job is not None and job.status.is_open:
        follow(job, stop=False)


def _card(one: CampaignMetrics) -> None:
    reply = next((m for m in one.measures if m.name == "reply_rate"), None)
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{escaped(one.campaign)}**", width="content")
            light_badge(one.light)
        st.markdown(" ".join(map(escaped, light_words(one.light))))
        figures = t(
            "{sent:,} sent, {delivered:,} delivered, {replied:,} replied",
            sent=one.funnel.sent,
            delivered=one.funnel.delivered,
            replied=one.funnel.replied,
        )
        if reply is not None and reply.denominator:
            figures += " " + t(
                "({rate}, likely between {low} and {high})",
                rate=percent(reply.rate),
                low=percent(reply.low),
                high=percent(reply.high),
            )
        st.caption(escaped(figures))


def _closer(one: CampaignMetrics) -> None:
    st.page_link(
        "views/campaign_results.py",
        label=t("The campaign"),
        icon=":material/monitoring:",
        query_params={"campaign": one.campaign_id},
        width="content",
    )
    of_funnel, of_rates, of_answers, of_light = st.tabs([t("Funnel"), t("Rates"), t("Answers"), t("Why this light")])
    with of_funnel:
        funnel_chart(one.funnel)
        for line in one.funnel.explained():
            st.caption(escaped(translated(line)))
    with of_rates:
        rates_table(one.measures)
        st.caption(t("The interval is where the true rate lies 95 times in 100 (Wilson). A wide one means: wait for more data."))
    with of_answers:
        names = (
            "positive",
            "information_request",
            "negative",
            "other",
            "unsubscribed",
            "auto_replied",
            "bounced_hard",
            "bounced_soft",
        )
        counts = pd.DataFrame(
            {t("What came back"): [spoken(n) for n in names], t("Messages"): [int(getattr(one.funnel, n)) for n in names]}
        )
        st.dataframe(counts, hide_index=True, width="content")
    with of_light:
        light_card(one.light)


def _work() -> None:
    running = open_jobs()
    failed = failed_jobs()
    if not running and not failed:
        return
    st.subheader(t("Work of the pipeline"), anchor=False)
    for job in [*running, *failed]:
        follow(job)


if __name__ == "__main__":
    page()
