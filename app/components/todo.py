"""What waits for a person, most pressing first, each with the way to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import streamlit as st

from app.components.choose import open_campaign
from app.components.jobs import failed_jobs, named
from app.components.language import joined, t, tn, written
from app.components.text import escaped, spoken
from app.components.translated import translated
from app.state import bench
from gtm_pipelines.delivery.mailboxes import MailboxHealth
from gtm_pipelines.record import today


@dataclass(frozen=True)
class Todo:
    """One thing to do: what, and the page on which it is done."""

    key: str
    text: str
    label: str
    page: str
    icon: str
    campaign_id: str | None = None


def todo() -> None:
    """List what waits for a person."""
    found = list(_all())
    if not found:
        st.caption(":material/check: " + t("Nothing waits for you."))
    for item in found:
        with st.container(border=True, gap="xsmall"):
            st.markdown(item.text)
            if st.button(item.label, key=f"todo:{item.key}", type="tertiary", icon=item.icon):
                if item.campaign_id:
                    open_campaign(item.campaign_id)
                st.switch_page(item.page)


def _all() -> Iterator[Todo]:
    stale = bench().clock.now() - timedelta(hours=bench().settings.delivery.stale_after_hours)
    held = today.waiting(bench().record, stale_before=stale)
    yield from _sending()
    yield from _mailboxes()
    yield from _messages(held)
    yield from _people(held)
    yield from _drafts(held)
    yield from _campaigns(held)
    yield from _lists()


def _sending() -> Iterator[Todo]:
    if not bench().delivery.may_send():
        text = t("This data folder was copied, moved or restored, and sends nothing until an owner says that it may.")
        yield Todo("adopt", text, t("Look at it"), "views/data.py", ":material/pause_circle:")


def _mailboxes() -> Iterator[Todo]:
    unwell = [one for one in bench().mailboxes.list() if one.status == "paused" or one.worst == "fail"]
    if unwell:
        text = t("Mail from {names} needs mending.", names=escaped(joined(map(_called, unwell))))
        yield Todo("mailboxes", text, t("Look at the mailboxes"), "views/mailboxes.py", ":material/alternate_email:")
    for job in failed_jobs():
        text = t(
            "{work} stopped: {why}", work=named(job.kind), why=escaped(translated(job.message or "") or t("no reason was given"))
        )
        yield Todo(f"job:{job.kind}", text, t("See the work of the pipeline"), "views/overview.py", ":material/error:")


def _called(one: MailboxHealth) -> str:
    return t("{name} (paused)", name=one.name) if one.status == "paused" else one.name


def _messages(held: today.Waiting) -> Iterator[Todo]:
    if held.unknown:
        text = _counted(
            tn("{number} message may or may not have left.", "{number} messages may or may not have left.", _most(held.unknown)),
            held.unknown,
        )
        text += " " + t("They are never sent again; look in the Sent folder.")
        yield Todo("unknown", text, t("Settle them"), "views/poison.py", ":material/help:")
    if held.failed:
        text = tn("{number} message did not leave.", "{number} messages did not leave.", _most(held.failed))
        yield Todo("failed", _counted(text, held.failed), t("See why"), "views/poison.py", ":material/report:")
    if held.overdue:
        text = tn(
            "{number} message was due long ago and asks before it leaves.",
            "{number} messages were due long ago and ask before they leave.",
            _most(held.overdue),
        )
        yield Todo("overdue", _counted(text, held.overdue), t("See the campaigns"), "views/campaigns.py", ":material/schedule:")


def _people(held: today.Waiting) -> Iterator[Todo]:
    if held.answers:
        text = tn("{number} person waits for your answer.", "{number} people wait for your answer.", _most(held.answers))
        yield Todo("answers", _counted(text, held.answers), t("Answer them"), "views/inbox.py", ":material/forum:")
    if held.unplaced:
        text = tn(
            "{number} reply answers no message we know of.",
            "{number} replies answer no message we know of.",
            _most(held.unplaced),
        )
        yield Todo("unplaced", _counted(text, held.unplaced), t("Place them"), "views/replies.py", ":material/mail:")


def _drafts(held: today.Waiting) -> Iterator[Todo]:
    for campaign_id, name, count in held.drafts:
        text = tn("“{name}”: {number} draft to review.", "“{name}”: {number} drafts to review.", _most(count), name=escaped(name))
        yield Todo(
            f"drafts:{campaign_id}", _counted(text, count), t("Review the drafts"), "views/review.py", ":material/rate_review:",
            campaign_id,
        )  # fmt: skip


def _campaigns(held: today.Waiting) -> Iterator[Todo]:
    for campaign in held.beginnings:
        yield from _of_campaign(campaign)
    if not held.under_way:
        yield from _start()


def _of_campaign(campaign: today.Beginning) -> Iterator[Todo]:
    name, undrafted = escaped(campaign.name), _most(campaign.undrafted)
    if undrafted and campaign.failures:
        why = ", ".join(escaped(spoken(code).lower()) for code in campaign.failures)
        text = tn(
            "“{name}”: {number} person could not be drafted ({why}).",
            "“{name}”: {number} people could not be drafted ({why}).",
            undrafted,
            name=name,
            why=why,
        )
        yield _on_campaign(campaign, "undrafted", _counted(text, campaign.undrafted), t("Look at it"))
    elif undrafted:
        text = tn(
            "“{name}”: {number} person has no draft yet.", "“{name}”: {number} people have no draft yet.", undrafted, name=name
        )
        yield _on_campaign(campaign, "undrafted", _counted(text, campaign.undrafted), t("Have it drafted"))
    if campaign.approved:
        text = tn(
            "“{name}”: {number} approved mail can be released.",
            "“{name}”: {number} approved mails can be released.",
            _most(campaign.approved),
            name=name,
        )
        yield _on_campaign(campaign, "release", _counted(text, campaign.approved), t("Look and release"))


def _on_campaign(campaign: today.Beginning, what: str, text: str, label: str) -> Todo:
    return Todo(f"{what}:{campaign.id}", text, label, "views/campaigns.py", ":material/campaign:", campaign.id)


def _start() -> Iterator[Todo]:
    if bench().segments.list():
        text = t("Your list has a segment and no campaign under way.")
        yield Todo("start", text, t("Start a campaign"), "views/campaigns.py", ":material/campaign:")
    else:
        text = t("Your list is in. Choose whom to write to.")
        yield Todo("start", text, t("Build a segment"), "views/segments.py", ":material/filter_alt:")


def _lists() -> Iterator[Todo]:
    doubles = bench().matching.count()
    if doubles:
        text = tn(
            "{number} pair of companies or people may be one and the same.",
            "{number} pairs of companies or people may be one and the same.",
            doubles,
        )
        yield Todo("doubles", text, t("Look at the duplicates"), "views/duplicates.py", ":material/join_inner:")


def _most(count: int) -> int:
    return min(count, today.MOST)


def _counted(text: str, count: int) -> str:
    """Say that there are more than were counted."""
    if count <= today.MOST:
        return text
    shown = written(today.MOST, ",")
    return text.replace(shown, t("more than {number}", number=shown), 1)
