"""Follow a campaign: every count of its funnel, from the record."""

from __future__ import annotations

from collections import Counter

import sqlalchemy as sa

from gtm_pipelines.campaigns.model import Campaign, CampaignStatus
from gtm_pipelines.record import campaigns


def follow(connection: sa.Connection, workspace_id: str, held: Campaign) -> CampaignStatus:
    """Return a campaign's counts as they stand in the caller's transaction."""
    mine = (connection, workspace_id, held.id)
    targets = campaigns.target_counts(*mine)
    excluded = {str(reason): number for (status, reason), number in targets.items() if status == "excluded"}
    drafts: Counter[str] = Counter()
    variants: Counter[str] = Counter()
    for (status, variant), number in campaigns.draft_counts(*mine).items():
        drafts[status] += number
        variants[variant] += number
    failures = campaigns.failure_counts(*mine)
    messages = campaigns.message_counts(*mine)
    sent = campaigns.sent_counts(*mine)
    events = campaigns.event_counts(*mine)
    replies = campaigns.reply_classes(*mine)
    bounced = sent.get("bounced_hard", 0) + sent.get("bounced_soft", 0)
    return CampaignStatus(
        campaign_id=held.id,
        name=held.name,
        status=held.status,
        released_at=held.released_at,
        targets=sum(targets.values()),
        active=sum(targets.values()) - sum(excluded.values()),
        excluded=sum(excluded.values()),
        excluded_reasons=excluded,
        drafts=sum(drafts.values()),
        drafted=campaigns.drafted_targets(*mine),
        waiting_review=drafts["drafted"],
        approved=drafts["approved"],
        rejected=drafts["rejected"],
        failures=sum(failures.values()),
        failure_reasons=failures,
        messages=messages,
        queued=sum(messages.get(state, 0) for state in ("queued", "claimed", "handing", "deferred")),
        sent=sent["sent"],
        failed=messages.get("failed", 0),
        unknown=messages.get("unknown", 0),
        bounced=bounced,
        delivered=sent["sent"] - bounced,
        replied=sent.get("replied", 0),
        replies=replies,
        positive=replies.get("positive", 0),
        auto_replies=events.get("auto_replied", 0),
        unsubscribed=events.get("unsubscribed", 0),
        variants=dict(variants),
        languages=campaigns.draft_languages(*mine),
    )
