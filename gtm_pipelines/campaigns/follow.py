"""Follow a campaign: every count of its funnel, from the record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.campaigns.model import Campaign, CampaignStatus
from gtm_pipelines.record import answers, campaigns, reviews
from gtm_pipelines.record.engine import Record

_WAITING = ("queued", "claimed", "handing", "deferred")


def followed(record: Record, key: str, find: Callable[[sa.Connection, str], Campaign]) -> CampaignStatus:
    """Return a campaign's counts as they stand now; they are not counted again while nobody writes anything.

    Args:
        record: the record.
        key: the campaign's name or id.
        find: returns the campaign.
    """

    def read() -> CampaignStatus:
        with record.read() as connection:
            return _follow(connection, record.workspace_id, find(connection, key))

    return record.kept(("campaigns.followed", key), read)


def _follow(connection: sa.Connection, workspace_id: str, held: Campaign) -> CampaignStatus:
    mine = (connection, workspace_id, held.id)
    return CampaignStatus(
        campaign_id=held.id,
        name=held.name,
        status=held.status,
        released_at=held.released_at,
        **_targets(*mine),
        **_drafts(*mine),
        **_messages(*mine),
        **_answers(*mine),
    )


def _targets(connection: sa.Connection, workspace_id: str, campaign_id: str) -> dict[str, Any]:
    counts = campaigns.target_counts(connection, workspace_id, campaign_id)
    reasons = {str(reason): number for (status, reason), number in counts.items() if status == "excluded"}
    total, excluded = sum(counts.values()), sum(reasons.values())
    return {"targets": total, "active": total - excluded, "excluded": excluded, "excluded_reasons": reasons}


def _drafts(connection: sa.Connection, workspace_id: str, campaign_id: str) -> dict[str, Any]:
    mine = (connection, workspace_id, campaign_id)
    states: Counter[str] = Counter()
    variants: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    for (status, variant, language), number in campaigns.draft_counts(*mine).items():
        states[status] += number
        variants[variant] += number
        languages[language] += number
    failures = campaigns.failure_counts(*mine)
    return {
        "drafts": sum(states.values()),
        "drafted": campaigns.drafted_targets(*mine),
        "waiting_review": reviews.count_undecided(*mine),
        "approved": states["approved"],
        "rejected": states["rejected"],
        "failures": sum(failures.values()),
        "failure_reasons": failures,
        "variants": dict(variants),
        "languages": dict(languages),
    }


def _messages(connection: sa.Connection, workspace_id: str, campaign_id: str) -> dict[str, Any]:
    states = campaigns.message_counts(connection, workspace_id, campaign_id)
    outcomes = campaigns.sent_counts(connection, workspace_id, campaign_id)
    bounced = outcomes.get("bounced_hard", 0) + outcomes.get("bounced_soft", 0)
    return {
        "messages": states,
        "queued": sum(states.get(state, 0) for state in _WAITING),
        "failed": states.get("failed", 0),
        "unknown": states.get("unknown", 0),
        "sent": outcomes["sent"],
        "bounced": bounced,
        "delivered": outcomes["sent"] - bounced,
        "replied": outcomes.get("replied", 0),
    }


def _answers(connection: sa.Connection, workspace_id: str, campaign_id: str) -> dict[str, Any]:
    replies = campaigns.reply_classes(connection, workspace_id, campaign_id)
    events = campaigns.event_counts(connection, workspace_id, campaign_id, ("auto_replied", "unsubscribed"))
    return {
        "replies": replies,
        "positive": sum(replies.get(cls, 0) for cls in answers.GLAD),
        "auto_replies": events.get("auto_replied", 0),
        "unsubscribed": events.get("unsubscribed", 0),
    }
