"""How many mails of a campaign came back or were reported as spam, since a person last let it go on."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from gtm_pipelines.record.campaigns import SENT
from gtm_pipelines.record.tables import audit_event, campaign, message, message_event

_BOUNCED = ("bounced_hard", "bounced_soft")


class Rates(NamedTuple):
    """Counts of messages; ``attempted`` are those handed over or refused for an address that does not exist."""

    attempted: int
    came_back: int
    delivered: int
    complained: int


def since_resumed(connection: sa.Connection, workspace_id: str, campaign_id: str) -> datetime | None:
    """Return when a person last let a campaign go on; what left before was judged by them."""
    query = sa.select(sa.func.max(audit_event.c.created_at)).where(
        audit_event.c.workspace_id == workspace_id, audit_event.c.subject_type == "campaign",
        audit_event.c.subject_id == campaign_id, audit_event.c.action == "campaign.resume",
    )  # fmt: skip
    found: datetime | None = connection.execute(query).scalar_one_or_none()
    return found


def rates(connection: sa.Connection, workspace_id: str, campaign_id: str, since: datetime | None) -> Rates:
    """Count what became of a campaign's messages that left since then; of all if ``None``."""
    refused = sa.and_(message.c.state == "failed", message.c.outcome == "bounced_hard")
    bounced = message.c.outcome.in_(_BOUNCED)
    mine = [message.c.workspace_id == workspace_id, message.c.campaign_id == campaign_id, sa.or_(SENT, refused)]
    if since is not None:
        mine.append(sa.func.coalesce(message.c.handed_at, message.c.outcome_at, message.c.updated_at) > since)
    reported = sa.select(message_event.c.message_id).where(
        message_event.c.campaign_id == campaign_id, message_event.c.kind == "complained"
    )
    complained = message.c.id.in_(reported)  # looked up once: an EXISTS is asked for every message
    row = connection.execute(
        sa.select(
            sa.func.count(),
            sa.func.coalesce(sa.func.sum(sa.case((bounced, 1), else_=0)), 0),
            sa.func.coalesce(sa.func.sum(sa.case((sa.and_(SENT, message.c.outcome.is_(None) | ~bounced), 1), else_=0)), 0),
            sa.func.coalesce(sa.func.sum(sa.case((complained, 1), else_=0)), 0),
        ).where(*mine)
    ).one()
    return Rates(*(int(number) for number in row))


def troubled(connection: sa.Connection, workspace_id: str, campaign_id: str) -> bool:
    """Tell whether any mail of a campaign ever came back or was reported: without, no share needs to be counted."""
    query = sa.select(message_event.c.id).where(
        message_event.c.workspace_id == workspace_id, message_event.c.campaign_id == campaign_id,
        message_event.c.kind.in_((*_BOUNCED, "complained")),
    )  # fmt: skip
    return connection.execute(query.limit(1)).first() is not None


def running(connection: sa.Connection, workspace_id: str) -> list[str]:
    """Return the ids of campaigns that are sending and not paused."""
    mine = campaign.c.workspace_id == workspace_id, campaign.c.status == "sending", campaign.c.paused_at.is_(None)
    return list(connection.execute(sa.select(campaign.c.id).where(*mine)).scalars())
