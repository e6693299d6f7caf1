"""What waits for a person, most pressing first, each with the way to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import streamlit as st

from app.components.choose import open_campaign
from app.components.text import escaped, plural, spoken
from app.state import bench
from gtm_pipelines.campaigns.model import Campaign, CampaignStatus

_LIVE = ("drafting", "ready", "sending")


@dataclass(frozen=True)
class Todo:
    """One thing to do: what, and the page on which it is done."""

    text: str
    label: str
    page: str
    icon: str
    campaign_id: str | None = None


def todo() -> None:
    """List what waits for a person."""
    found = list(_all())
    if not found:
        st.caption(":material/check: Nothing waits for you.")
    for place, item in enumerate(found):
        with st.container(border=True, gap="xsmall"):
            st.markdown(item.text)
            if st.button(item.label, key=f"todo:{place}", type="tertiary", icon=item.icon):
                if item.campaign_id:
                    open_campaign(item.campaign_id)
                st.switch_page(item.page)


def _all() -> Iterator[Todo]:
    unknown = len(bench().delivery.unknown())
    if unknown:
        text = f"{plural(unknown, 'message')} may or may not have left. They are never sent again; look in the Sent folder."
        yield Todo(text, "See the campaigns", "views/campaigns.py", ":material/help:")
    unmatched = len(bench().replies.unmatched(limit=200))
    if unmatched:
        yield Todo(
            f"{plural(unmatched, 'reply', 'replies')} answer no message we know of.",
            "Place them",
            "views/replies.py",
            ":material/forum:",
        )
    doubles = bench().matching.count()
    if doubles:
        text = f"{plural(doubles, 'pair')} of companies or people may be one and the same."
        yield Todo(text, "Look at the duplicates", "views/duplicates.py", ":material/join_inner:")
    campaigns = [c for c in bench().campaigns.list() if c.status in _LIVE][:20]
    for campaign in campaigns:
        yield from _of_campaign(campaign, bench().campaigns.status(campaign.id))
    if not campaigns:
        yield from _start()


def _of_campaign(campaign: Campaign, status: CampaignStatus) -> Iterator[Todo]:
    name = f"“{escaped(campaign.name)}”"
    undrafted = status.active - status.drafted
    if undrafted > 0 and status.failures:
        why = ", ".join(escaped(spoken(code).lower()) for code in status.failure_reasons)
        text = f"{name}: {plural(undrafted, 'person', 'people')} could not be drafted ({why})."
        yield _on_campaign(campaign, text, "Look at it")
    elif undrafted > 0:
        yield _on_campaign(campaign, f"{name}: {plural(undrafted, 'person has', 'people have')} no draft yet.", "Have it drafted")
    waiting = status.drafted - status.approved - sum(status.messages.values()) if status.waiting_review else 0
    if waiting > 0:
        text = f"{name}: {plural(waiting, 'person', 'people')} without an approved mail."
        yield Todo(text, "Review the drafts", "views/review.py", ":material/rate_review:", campaign.id)
    if status.approved and campaign.status in ("drafting", "ready"):
        yield _on_campaign(campaign, f"{name}: {plural(status.approved, 'approved mail')} can be released.", "Look and release")


def _on_campaign(campaign: Campaign, text: str, label: str) -> Todo:
    return Todo(text, label, "views/campaigns.py", ":material/campaign:", campaign.id)


def _start() -> Iterator[Todo]:
    if bench().segments.list():
        yield Todo(
            "Your list has a segment and no campaign under way.", "Start a campaign", "views/campaigns.py", ":material/campaign:"
        )
    else:
        yield Todo("Your list is in. Choose whom to write to.", "Build a segment", "views/segments.py", ":material/filter_alt:")
