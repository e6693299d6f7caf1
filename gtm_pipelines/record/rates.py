"""How many mails of a campaign came back or were reported as spam, since a person last let it go on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from gtm_pipelines.record.campaigns import SENT, of_campaign
from gtm_pipelines.record.compare import unindexed
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
    left = [sa.func.coalesce(message.c.handed_at, message.c.outcome_at, message.c.updated_at) > since] if since else []
    mine = *of_campaign(message, workspace_id, campaign_id), *left
    of = message.c.state, message.c.mailbox, message.c.outcome  # in the order of an index: nothing is sorted
    query = sa.select(*of, sa.func.count(), sa.func.count(message.c.sent_at)).where(*mine).group_by(*of)
    attempted = came_back = delivered = 0
    for state, _, outcome, every, with_moment in connection.execute(query):
        refused = every if state == "failed" and outcome == "bounced_hard" else 0
        sent = {"sent": every, "reconciled": with_moment}.get(state, 0)
        attempted += sent + refused
        came_back += sent + refused if outcome in _BOUNCED else 0
        delivered += sent if outcome not in _BOUNCED else 0
    return Rates(attempted, came_back, delivered, _complained(connection, workspace_id, campaign_id, left))


def _complained(connection: sa.Connection, workspace_id: str, campaign_id: str, left: Sequence[sa.ColumnElement[bool]]) -> int:
    """Count from the reports, which are few, to their messages."""
    reported = sa.select(message_event.c.message_id).where(
        *of_campaign(message_event, workspace_id, campaign_id), message_event.c.kind == "complained"
    )
    refused = sa.and_(message.c.state == "failed", message.c.outcome == "bounced_hard")
    mine = unindexed(message.c.workspace_id) == workspace_id, unindexed(message.c.campaign_id) == campaign_id
    query = sa.select(sa.func.count()).where(*mine, *left, sa.or_(SENT, refused), message.c.id.in_(reported))
    return int(connection.execute(query).scalar_one())


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
