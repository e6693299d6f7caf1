"""Messages that stay behind: failed, given up or unknown. Each with its reason, what to do, and whether it may go again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.campaigns.model import person
from gtm_pipelines.clock import Clock
from gtm_pipelines.delivery.policy import REASONS
from gtm_pipelines.errors import ConflictError, NotFoundError
from gtm_pipelines.ids import new_id
from gtm_pipelines.record import message_events, messages, suppressions
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.stuck import stuck

_UNKNOWN = "Look for it in the mailbox's Sent folder, then say what became of it: gtm campaign settle ID sent|not_sent|retry."
_NO_ADDRESS = "The address does not exist. Correct it at the contact; to this one nothing is sent again."
_SUPPRESSED = "Whoever is suppressed is not written to. Only taking it off the list by hand would change that."
_GIVEN_UP = "It was put off again and again and given up. Retry it when the server or the vendor is well."
_OTHER = "Mend what the server names in its answer, then retry."
_SAID = "A person said that it did not leave. Retry it if it shall still be sent."
_NEVER_LEFT = ("failed", "reconciled")


@dataclass(frozen=True)
class Stuck:
    """One message that stays behind.

    Attributes:
        id: of the message.
        campaign: its campaign's name.
        contact: whom it was for.
        recipient: the address.
        mailbox: the sender identity.
        step: which mail of the sequence.
        state: ``failed``, ``unknown``, or ``reconciled`` where a person said that it did not leave.
        reason: what the server, the vendor or the rule said.
        fix: what a person can do.
        can_retry: whether it provably never left and may go again.
        at: since when it stays behind.
    """

    id: str
    campaign: str
    contact: str
    recipient: str
    mailbox: str
    step: int
    state: str
    reason: str
    fix: str
    can_retry: bool
    at: datetime


class Poison:
    """Lists what stays behind and lets a person send it again, where it provably never left."""

    def __init__(self, record: Record, clock: Clock, attempts: int) -> None:
        self._record = record
        self._clock = clock
        self._attempts = attempts

    def stuck(self, campaign_id: str | None = None) -> list[Stuck]:
        """Return the messages that stay behind, latest first."""
        with self._record.read() as connection:
            rows = stuck(connection, self._record.workspace_id, campaign_id)
        return [self._one(row) for row in rows]

    def retry(self, campaign_id: str, *, by: str, message_id: str | None = None) -> int:
        """Queue what provably never left again, all of a campaign's or one; return how many.

        Every rule is checked again before it leaves.

        Raises:
            NotFoundError: there is no such message in the campaign.
            ConflictError: it may have left, or its address does not exist.
        """
        actor, workspace_id, now = person(by), self._record.workspace_id, self._clock.now()
        with self._record.write() as connection:
            suppressions.lock(connection, workspace_id)
            rows = {row["id"]: row for row in stuck(connection, workspace_id, campaign_id)}
            if message_id is not None and message_id not in rows:
                raise NotFoundError(f"No message '{message_id}' of this campaign stays behind. 'gtm campaign stuck' lists them.")
            chosen = [rows[message_id]] if message_id else [row for row in rows.values() if _can(row)]
            if message_id and not _can(rows[message_id]):
                raise ConflictError(f"The message is not sent again: {self._one(rows[message_id]).fix}")
            again = [row for row in chosen if self._again(connection, row, now)]
            if again:
                add_audit(
                    connection, workspace_id, actor=actor, action="message.retry", subject_type="campaign",
                    subject_id=campaign_id, at=now, detail={"messages": [row["id"] for row in again][:100], "count": len(again)},
                )  # fmt: skip
        return len(again)

    def _again(self, connection: sa.Connection, row: Mapping[Any, Any], now: datetime) -> bool:
        values = {
            "state": "queued", "due_at": now, "attempts": 0, "last_error": None, "claimed_by": None, "claimed_at": None,
            "updated_at": now,
        }  # fmt: skip
        if not messages.change(connection, self._record.workspace_id, row["id"], states=_NEVER_LEFT, values=values):
            return False
        return message_events.add_event(
            connection, self._record.workspace_id, message_id=row["id"], campaign_id=row["campaign_id"],
            contact_id=row["contact_id"], kind="queued", source_key=f"delivery:{new_id()}", occurred_at=now, recorded_at=now,
            detail="A person has it sent again.",
        )  # fmt: skip

    def _one(self, row: Mapping[Any, Any]) -> Stuck:
        return Stuck(
            row["id"], row["campaign_name"], row["contact_name"] or "", row["recipient"], row["mailbox"], row["step"],
            row["state"], row["last_error"] or "", self._fix(row), _can(row), row["updated_at"],
        )  # fmt: skip

    def _fix(self, row: Mapping[Any, Any]) -> str:
        error = str(row["last_error"] or "")
        rule = error.partition(":")[0]
        if row["state"] == "unknown":
            return _UNKNOWN
        if row["state"] == "reconciled":
            return _SAID
        if row["outcome"] == "bounced_hard":
            return _NO_ADDRESS
        if rule.startswith("suppressed."):
            return _SUPPRESSED
        if rule in REASONS:
            return REASONS[rule]
        return _GIVEN_UP if row["attempts"] >= self._attempts else _OTHER


def _can(row: Mapping[Any, Any]) -> bool:
    """A message that failed before or at the hand-over never left; one whose address does not exist need not try again."""
    never_left = row["state"] in _NEVER_LEFT and row["handed_at"] is None and row["sent_at"] is None
    final = row["outcome"] is not None or str(row["last_error"] or "").startswith("suppressed.")
    return never_left and not final
