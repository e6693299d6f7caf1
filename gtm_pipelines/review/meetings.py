"""Whether the meeting that an answer proposes can be kept: looked at before the answer is approved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.meetings.line import found
from gtm_pipelines.meetings.model import MeetingError
from gtm_pipelines.meetings.series import check
from gtm_pipelines.record import meetings
from gtm_pipelines.record.enrolments import FIRST_ANSWER


def meeting_objection(connection: sa.Connection, workspace_id: str, row: Mapping[Any, Any], now: datetime) -> str | None:
    """Return why an answer cannot be approved with the meeting it proposes; ``None`` where nothing stands against it."""
    if row["step"] < FIRST_ANSWER:
        return None
    try:
        if meeting := found(row["body"]):
            campaign, contact, step = row["campaign_id"], row["contact_id"], row["step"]
            check(meeting, meetings.standing(connection, workspace_id, campaign, contact, before=step, now=now), now)
    except MeetingError as error:
        return str(error)
    return None
