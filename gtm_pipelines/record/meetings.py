"""Queries for meetings: the answers of a conversation that left, in which they are proposed, and which one a calendar means."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.meetings import series
from gtm_pipelines.meetings.ics import NAME_LENGTH, conversation_key, entry_name
from gtm_pipelines.meetings.model import Series
from gtm_pipelines.record.compare import unindexed
from gtm_pipelines.record.enrolments import FIRST_ANSWER
from gtm_pipelines.record.tables import conversation, message
from gtm_pipelines.record.threads import LEFT


def standing(
    connection: sa.Connection, workspace_id: str, campaign_id: str, contact_id: str, *, before: int | None = None, now: datetime
) -> Series | None:
    """Return the entry in a calendar that the answer of step ``before``, or the next one, would change if it left now."""
    at = sa.func.coalesce(message.c.sent_at, message.c.handed_at, message.c.due_at, type_=message.c.due_at.type)
    query = sa.select(message.c.step, message.c.body, at.label("at")).where(
        message.c.workspace_id == workspace_id, message.c.campaign_id == campaign_id, message.c.contact_id == contact_id,
        message.c.step >= FIRST_ANSWER, message.c.state.in_(LEFT),
    )  # fmt: skip
    rows = connection.execute((query if before is None else query.where(message.c.step < before)).order_by(message.c.step))
    return series.standing((series.Left(row.step, row.body, row.at) for row in rows), now)


def invited(connection: sa.Connection, workspace_id: str, uid: str, sequence: int | None) -> str | None:
    """Return the id of the message whose invitation has this UID; ``None`` if none of ours has.

    UIDs are not stored. Invitations are in answers alone, so those are made anew of everybody who has written to us: few, and
    none at all for a UID that has another form than ours.

    Args:
        connection: an open transaction.
        workspace_id: whose record.
        uid: as a calendar names it.
        sequence: which state of the entry it means, where it says so; each left with a mail of its own.
    """
    name = uid.partition("@")[0].lower()
    if len(name) != NAME_LENGTH:
        return None
    same = conversation.c.contact_id == message.c.contact_id, conversation.c.campaign_id == unindexed(message.c.campaign_id)
    named = message.c.id, message.c.campaign_id, message.c.contact_id, message.c.step
    query: sa.Select[Any] = sa.select(*named).join(conversation, sa.and_(*same)).where(
        conversation.c.workspace_id == workspace_id, unindexed(message.c.workspace_id) == workspace_id,
        unindexed(message.c.state).in_(LEFT), message.c.step >= FIRST_ANSWER,
    )  # fmt: skip
    left = {(row.campaign_id, row.contact_id, row.step): row.id for row in connection.execute(query)}
    for (campaign, contact, step), first in left.items():
        if entry_name(conversation_key(workspace_id, campaign, contact), step) == name:
            answered: str = left.get((campaign, contact, step + (sequence or 0)), first)
            return answered
    return None
