"""Stop and go: campaigns and mailboxes that a person or a rule pauses, and that only a person resumes.

A pause takes effect when its transaction commits: claims and the last commit before a message
leaves look at it under the same lock. What was claimed and had not left is queued again.
"""

from __future__ import annotations

from datetime import datetime
from shlex import quote

import sqlalchemy as sa

from gtm_pipelines.campaigns.model import person
from gtm_pipelines.clock import Clock
from gtm_pipelines.errors import InputError, NotFoundError, PolicyError
from gtm_pipelines.record import campaigns, mailboxes, suppressions
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.record.engine import Record

SYSTEM = "system"
BY_PERSON = "person"


class Pausing:
    """Pauses and resumes campaigns and mailboxes, each with a reason that people can read."""

    def __init__(self, record: Record, clock: Clock) -> None:
        self._record = record
        self._clock = clock

    def campaign(self, campaign: str, *, by: str, reason: str = "") -> bool:
        """Let nothing more of a campaign leave; return whether that is new.

        Raises:
            NotFoundError: there is no such campaign.
            PolicyError: ``campaign.pause``: it is not sending.
        """
        actor, workspace_id, now = person(by), self._record.workspace_id, self._clock.now()
        with self._record.write() as connection:
            suppressions.lock(connection, workspace_id)
            held = _held(connection, workspace_id, campaign)
            if held["status"] != "sending":
                raise PolicyError(
                    "campaign.pause",
                    f"Campaign '{held['name']}' is {held['status']}: only one that is sending can be paused. "
                    f"See 'gtm campaign status {quote(held['name'])}'.",
                )
            told = reason.strip() or f"{actor} paused it."
            return pause_campaign(connection, workspace_id, held["id"], reason=told, actor=actor, at=now)

    def resume_campaign(self, campaign: str, *, by: str) -> bool:
        """Let a paused campaign go on; return whether it was paused. What left before is not judged again.

        Raises:
            NotFoundError: there is no such campaign.
        """
        actor, workspace_id, now = person(by), self._record.workspace_id, self._clock.now()
        with self._record.write() as connection:
            suppressions.lock(connection, workspace_id)
            held = _held(connection, workspace_id, campaign)
            if held["paused_at"] is None:
                return False
            campaigns.set_pause(connection, workspace_id, held["id"], at=now, since=None, reason=None)
            detail = {"reason": held["pause_reason"], "paused_at": held["paused_at"].isoformat()}
            _audit(connection, workspace_id, actor, "campaign.resume", "campaign", held["id"], now, detail)
        return True

    def mailbox(self, mailbox: str, *, by: str, reason: str = "") -> bool:
        """Let nothing more leave from a mailbox; return whether that is new."""
        actor, workspace_id, now = person(by), self._record.workspace_id, self._clock.now()
        with self._record.write() as connection:
            suppressions.lock(connection, workspace_id)
            told = reason.strip() or f"{actor} paused it."
            return pause_mailbox(connection, workspace_id, mailbox, code=BY_PERSON, reason=told, actor=actor, at=now)

    def resume_mailbox(self, mailbox: str, *, by: str) -> bool:
        """Let a paused mailbox hand over again; return whether it was paused."""
        actor, workspace_id, now = person(by), self._record.workspace_id, self._clock.now()
        with self._record.write() as connection:
            suppressions.lock(connection, workspace_id)
            held = mailboxes.find(connection, workspace_id, mailbox, lock=True)
            if held is None or held["status"] != mailboxes.PAUSED:
                return False
            values = {"status": mailboxes.WORKING, "reason": None, "code": None, "failures": 0, "since": now}
            mailboxes.note(connection, workspace_id, mailbox, at=now, **values)
            _audit(connection, workspace_id, actor, "mailbox.resume", "mailbox", mailbox, now, {"reason": held["reason"]})
        return True


def pause_campaign(
    connection: sa.Connection, workspace_id: str, campaign_id: str, *, reason: str, actor: str, at: datetime
) -> bool:
    """Pause a campaign in the caller's transaction; one that is paused keeps its first reason."""
    held = campaigns.find(connection, workspace_id, campaign_id, lock=True)
    if held is None or held["paused_at"] is not None:
        return False
    campaigns.set_pause(connection, workspace_id, campaign_id, at=at, since=at, reason=_fit(reason))
    _audit(connection, workspace_id, actor, "campaign.pause", "campaign", campaign_id, at, {"reason": _fit(reason)})
    return True


def pause_mailbox(
    connection: sa.Connection, workspace_id: str, mailbox: str, *, code: str, reason: str, actor: str, at: datetime
) -> bool:
    """Pause a mailbox in the caller's transaction; one that is paused keeps its first reason.

    Args:
        connection: the transaction.
        workspace_id: whose mailbox.
        mailbox: its name.
        code: ``authentication``, ``failures`` or ``person``.
        reason: for people.
        actor: who pauses it.
        at: now.
    """
    if not mailbox.strip():
        raise InputError("Name the mailbox: 'gtm mailbox list' shows them.")
    held = mailboxes.find(connection, workspace_id, mailbox, lock=True)
    if held is not None and held["status"] == mailboxes.PAUSED:
        return False
    values = {"status": mailboxes.PAUSED, "code": code, "reason": _fit(reason), "since": at}
    mailboxes.note(connection, workspace_id, mailbox, at=at, **values)
    _audit(connection, workspace_id, actor, "mailbox.pause", "mailbox", mailbox, at, {"code": code, "reason": _fit(reason)})
    return True


def _held(connection: sa.Connection, workspace_id: str, campaign: str) -> sa.RowMapping:
    held = campaigns.find(connection, workspace_id, campaign, lock=True)
    if held is None:
        raise NotFoundError(f"No campaign is called '{campaign}'. 'gtm campaign list' shows them.")
    return held


def _audit(
    connection: sa.Connection,
    workspace_id: str,
    actor: str,
    action: str,
    kind: str,
    key: str,
    at: datetime,
    detail: dict[str, str | None],
) -> None:
    add_audit(connection, workspace_id, actor=actor, action=action, subject_type=kind, subject_id=key, at=at, detail=detail)


def _fit(reason: str) -> str:
    return " ".join(reason.split())[:500]
