"""Queries for meetings: the answers of a conversation that left, in which they are proposed, and which one a calendar means."""

from __future__ import annotations

from collections.abc import Iterable
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


def invited(connection: sa.Connection, workspace_id: str, names: Iterable[str]) -> dict[str, dict[int, str]]:
    """Return what left of the entries with these names, by name: which state of the entry to the id of its message.

    Names are not stored. Invitations are in answers alone, so those are named anew of everybody who has been answered: for all
    at once, and not at all where no name has the form of ours.

    Args:
        connection: an open transaction.
        workspace_id: whose record.
        names: the first halves of UIDs, as calendars tell them.
    """
    wanted = {name for name in names if len(name) == NAME_LENGTH}
    if not wanted:
        return {}
    same = conversation.c.contact_id == message.c.contact_id, conversation.c.campaign_id == unindexed(message.c.campaign_id)
    columns = message.c.campaign_id, message.c.contact_id, message.c.step, message.c.id
    query: sa.Select[Any] = sa.select(*columns).join(conversation, sa.and_(*same)).where(
        conversation.c.workspace_id == workspace_id, unindexed(message.c.workspace_id) == workspace_id,
        unindexed(message.c.state).in_(LEFT), message.c.step >= FIRST_ANSWER,
    )  # fmt: skip
    left: dict[str, dict[int, str]] = {}
    for campaign, contact, step, message_id in connection.execute(query):
        left.setdefault(conversation_key(workspace_id, campaign, contact), {})[step] = message_id
    entries = ((entry_name(key, first), first, steps) for key, steps in left.items() for first in steps)
    found = ((name, first, steps) for name, first, steps in entries if name in wanted)
    return {name: {step - first: one for step, one in steps.items() if step >= first} for name, first, steps in found}
