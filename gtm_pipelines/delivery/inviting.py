"""The invitation that an approved answer carries, made of its own words when it leaves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.delivery.compose import wire_address
from gtm_pipelines.delivery.policy import is_answer
from gtm_pipelines.meetings.ics import Meant, conversation_key, invitation
from gtm_pipelines.meetings.line import found
from gtm_pipelines.meetings.model import WITHOUT_ATTACHMENTS, Invitation
from gtm_pipelines.record import meetings
from gtm_pipelines.settings import MailboxSettings


def carried(
    connection: sa.Connection, workspace_id: str, row: Mapping[Any, Any], mailbox: MailboxSettings, now: datetime
) -> Invitation | None:
    """Return what a mail carries for the recipient's calendar; ``None`` where it proposes no meeting or can carry nothing.

    Args:
        connection: to the record.
        workspace_id: whose record.
        row: a draft or message with campaign_id, contact_id, step, recipient, subject and body.
        mailbox: what it leaves from.
        now: when it leaves.

    Raises:
        MeetingError: the line that proposes the meeting cannot be read, its time has passed, or there is nothing to call off.
    """
    meeting = found(row["body"]) if is_answer(row) else None
    if meeting is None or mailbox.sender in WITHOUT_ATTACHMENTS:
        return None
    campaign, contact, step = row["campaign_id"], row["contact_id"], row["step"]
    series = meetings.standing(connection, workspace_id, campaign, contact, before=step, now=now)
    key = conversation_key(workspace_id, campaign, contact)
    meant = Meant(key, step, row["subject"], wire_address(mailbox.address), mailbox.display_name, wire_address(row["recipient"]))
    return invitation(meeting, meant, series, now)
