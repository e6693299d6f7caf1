"""Queries for meetings: the answers of a conversation that left, in which they are proposed."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from gtm_pipelines.meetings import series
from gtm_pipelines.meetings.model import Series
from gtm_pipelines.record.enrolments import FIRST_ANSWER
from gtm_pipelines.record.tables import message
from gtm_pipelines.record.threads import LEFT


def standing(
    connection: sa.Connection, workspace_id: str, campaign_id: str, contact_id: str, *, before: int, now: datetime
) -> Series | None:
    """Return the entry in somebody's calendar that the answer of step ``before`` would change, if it left now."""
    at = sa.func.coalesce(message.c.sent_at, message.c.handed_at, message.c.due_at, type_=message.c.due_at.type)
    query = sa.select(message.c.step, message.c.body, at.label("at")).where(
        message.c.workspace_id == workspace_id, message.c.campaign_id == campaign_id, message.c.contact_id == contact_id,
        message.c.step >= FIRST_ANSWER, message.c.step < before, message.c.state.in_(LEFT),
    )  # fmt: skip
    rows = connection.execute(query.order_by(message.c.step))
    return series.standing((series.Left(row.step, row.body, row.at) for row in rows), now)
