"""Campaign: one campaign looked at closely, and what to do about it."""

from __future__ import annotations

import streamlit as st

from app.components.campaign_parts import answers, by_mail, funnel, over_time, spending, variants
from app.components.choose import choose_campaign, no_campaign
from app.components.coach_analyses import analyses_of
from app.components.figures import Way, as_of, no_figures, rate, ways
from app.components.language import t
from app.components.lights import light_card
from app.components.page import empty, header, told
from app.components.text import escaped, spoken
from app.state import bench
from gtm_pipelines.campaigns.model import Campaign
from gtm_pipelines.errors import NotFoundError
from gtm_pipelines.metrics.model import CampaignMetrics


def page() -> None:
    """Draw the page."""
    header(t("Campaign"), t("One campaign looked at closely: what it came to, how sure that is, and what to do next."))
    campaign = choose_campaign()
    if campaign is None:
        no_campaign()
        return
    with told():
        try:
            found = bench().metrics.campaign(campaign.id)
        except NotFoundError:
            _ways(campaign)
            no_figures()
            return
        _head(found)
        _ways(campaign)
        _body(campaign, found)
    as_of()


def _head(one: CampaignMetrics) -> None:
    rates = {measure.name: measure for measure in one.measures}
    light, figures = st.columns([2, 3], gap="large")
    with light, st.container(border=True):
        light_card(one.light)
        st.caption(escaped(t("{segment} · {pack} · {status}", segment=one.segment, pack=one.pack, status=spoken(one.status))))
    with figures:
        for place, name in zip(st.columns(3), ("reply_rate", "positive_reply_rate", "bounce_rate"), strict=True):
            with place:
                rate(spoken(name), rates.get(name))


def _ways(campaign: Campaign) -> None:
    of = {"campaign": campaign.id}
    ways(
        (
            Way(t("The campaign"), "campaigns", ":material/campaign:", of),
            Way(t("Its drafts"), "review", ":material/rate_review:", of),
            Way(t("Its replies"), "replies", ":material/mail:", of),
            Way(t("Inbox"), "inbox", ":material/forum:", of),
            Way(t("Deliverability"), "deliverability", ":material/monitor_heart:", of),
            Way(t("Its mails, one by one"), "lineage", ":material/account_tree:", of),
        )
    )


def _body(campaign: Campaign, one: CampaignMetrics) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        funnel(campaign, one)
    with right:
        answers(campaign)
    if not one.funnel.sent:
        _nothing_sent(one)
        return
    over_time(one)
    left, right = st.columns(2, gap="large")
    with left:
        by_mail(one)
    with right:
        variants(one)
    spending(campaign)
    st.subheader(t("Analyses"), anchor=False)
    analyses_of(one.campaign_id)


def _nothing_sent(one: CampaignMetrics) -> None:
    if not one.funnel.drafted:
        empty(t("Nobody has a draft yet. That comes first."), page="views/campaigns.py", label=t("Have it drafted"))
    elif not one.funnel.approved:
        empty(t("Nothing is approved yet, so nothing was sent."), page="views/review.py", label=t("Review the drafts"))
    else:
        empty(t("Approved mails wait to be released and sent."), page="views/campaigns.py", label=t("Look and release"))


if __name__ == "__main__":
    page()
