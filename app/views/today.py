"""Today: what needs you now, what changed since yesterday, and whether your campaigns are on track."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from app.components.choose import open_campaign
from app.components.jobs import follow, open_jobs
from app.components.language import t, tn, written
from app.components.lights import light_badge, light_words
from app.components.page import header, told
from app.components.text import escaped, moment, percent
from app.components.todo import todo
from app.state import bench
from gtm_pipelines.errors import NotFoundError
from gtm_pipelines.metrics.model import CampaignMetrics
from gtm_pipelines.record import companies, contacts, today

DAY = timedelta(days=1)
MOST = 8


def page() -> None:
    """Draw the page."""
    header(t("Today"), t("What needs you now, what changed since yesterday, and whether you are on track."))
    record = bench().record
    if not contacts.any_held(record) and not companies.count(record):
        _welcome()
        return
    left, right = st.columns([1, 1], gap="large")
    with left:
        st.subheader(t("What needs you now"), anchor=False)
        with told():
            todo()
    with right:
        st.subheader(t("Since yesterday"), anchor=False)
        _changed()
        st.subheader(t("On track"), anchor=False)
        with told():
            _lights()
    for job in open_jobs():
        follow(job)


def _welcome() -> None:
    """Lead somebody new from the first list to the first campaign."""
    st.subheader(t("From a list to the first answers, in four steps"), anchor=False)
    steps = (
        (t("Import a list"), t("A CSV file or workbook of companies or people. You see how it is read before anything is kept."),
         "views/imports.py", ":material/upload_file:"),
        (t("Choose whom to write to"), t("Build a segment, such as technical leaders of young companies."),
         "views/segments.py", ":material/filter_alt:"),
        (t("Start a campaign"), t("Everybody in it gets a draft, from a template or a language model."),
         "views/campaigns.py", ":material/campaign:"),
        (t("Review and release"), t("Nothing is sent that you did not approve, word for word."),
         "views/review.py", ":material/rate_review:"),
    )  # fmt: skip
    for number, (title, sentence, page, icon) in enumerate(steps, 1):
        with st.container(border=True, gap="xsmall"):
            st.page_link(page, label=f"{number}. {title}", icon=icon)
            st.caption(sentence)
    with told():
        for job in open_jobs():
            follow(job)


def _changed() -> None:
    """Show what happened within a day, each number beside that of the day before and leading to what it counts."""
    now = bench().clock.now()
    last = today.happened(bench().record, now - DAY, now)
    before = today.happened(bench().record, now - 2 * DAY, now - DAY)
    figures = (
        (tn("{number} mail sent", "{number} mails sent", last.sent), before.sent, "views/lineage.py", ":material/send:", {}),
        (tn("{number} reply", "{number} replies", last.replied), before.replied, "views/replies.py", ":material/forum:", {}),
        (tn("{number} with interest", "{number} with interest", last.positive), before.positive, "views/replies.py",
         ":material/thumb_up:", {"class": "positive"}),
        (tn("{number} came back", "{number} came back", last.bounced), before.bounced, "views/deliverability.py",
         ":material/undo:", {}),
        (tn("{number} new from imports", "{number} new from imports", last.imported), before.imported, "views/imports.py",
         ":material/upload_file:", {}),
    )  # fmt: skip
    with st.container(border=True, gap="xsmall"):
        for label, earlier, page, icon, parameters in figures:
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                st.page_link(page, label=label, icon=icon, query_params=parameters or None)
                st.caption(t("the day before: {number}", number=written(earlier, ",")), width="content")


def _lights() -> None:
    try:
        found = bench().metrics.campaigns()
    except NotFoundError:
        found = []
    sent = [one for one in found if one.funnel.sent and one.status != "archived"]
    running = sorted(sent, key=lambda one: (one.status == "sending", one.campaign_id), reverse=True)
    if not running:
        st.caption(t("Lights appear here once a campaign was sent and replies were collected."))
        return
    for one in running[:MOST]:
        _light(one)
    if len(running) > MOST:
        st.caption(t("{number:,} more campaigns are on the Overview page.", number=len(running) - MOST))
    st.caption(t("Figures of {moment}", moment=moment(running[0].published_at)))


def _light(one: CampaignMetrics) -> None:
    reply = next((measure for measure in one.measures if measure.name == "reply_rate"), None)
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if st.button(escaped(one.campaign), key=f"light:{one.campaign_id}", type="tertiary", icon=":material/traffic:"):
                open_campaign(one.campaign_id)
                st.switch_page("views/overview.py", query_params={"campaign": one.campaign_id})
            light_badge(one.light)
        st.markdown(" ".join(map(escaped, light_words(one.light))))
        if reply is not None and reply.denominator:
            st.caption(
                t(
                    "{part:,} of {whole:,} replied: {rate}, likely between {low} and {high}",
                    part=reply.numerator,
                    whole=reply.denominator,
                    rate=percent(reply.rate),
                    low=percent(reply.low),
                    high=percent(reply.high),
                )
            )


if __name__ == "__main__":
    page()
