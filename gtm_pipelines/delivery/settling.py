"""Settle what may or may not have left: by the provider's own memory, or by a person. Never by sending again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from gtm_pipelines.campaigns.model import person
from gtm_pipelines.clock import Clock
from gtm_pipelines.delivery.model import Sought
from gtm_pipelines.errors import ConflictError, InputError, NotFoundError
from gtm_pipelines.ids import new_id
from gtm_pipelines.record import enrolments, message_events, messages
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.record.engine import Record

LookUp = Callable[[str, str], bool | None]
"""Told a mailbox and a Message-ID; whether the message was accepted, ``None`` where nobody can say."""

Ask = Callable[[str, Sought], bool | None]
"""Told a mailbox and a message that may have left; as above."""


def sought(row: Mapping[Any, Any]) -> Sought:
    """Return a message as a provider may be asked for it."""
    return Sought(row["id"], row["rfc_message_id"], row["recipient"], row["subject"], row["handed_at"])


Verdict = Literal["sent", "not_sent", "retry"]
_VERDICTS = ("sent", "not_sent", "retry")


class Settling:
    """Settles unknown messages."""

    def __init__(self, record: Record, clock: Clock) -> None:
        self._record = record
        self._clock = clock

    def unknown(self, campaign_id: str | None = None) -> list[sa.RowMapping]:
        """Return the messages that may or may not have left, oldest first."""
        with self._record.read() as connection:
            return messages.in_state(connection, self._record.workspace_id, "unknown", campaign_id)

    def reconcile(self, ask: Ask, campaign_id: str | None = None) -> int:
        """Ask about every unknown message; return how many turned out to have been accepted.

        A provider that does not know a message settles nothing: it may come late.
        """
        settled = 0
        for row in self.unknown(campaign_id):
            if ask(row["mailbox"], sought(row)):
                now = self._clock.now()
                with self._record.write() as connection:
                    settled += accepted(
                        connection, self._record.workspace_id, row, "The provider holds it under its Message-ID.", now
                    )
        return settled

    def settle(self, message_id: str, verdict: Verdict, by: str) -> None:
        """Let a person say what became of a message: it left, it did not, or it did not and shall go out again.

        Raises:
            NotFoundError: there is no such message.
            ConflictError: it is not unknown, or not any more.
            PolicyError: a machine is named where only a person may decide.
        """
        actor, now = person(by), self._clock.now()
        if verdict not in _VERDICTS:
            raise InputError(f"'{verdict}' settles nothing. Say one of: {', '.join(_VERDICTS)}.")
        with self._record.write() as connection:
            row = messages.get(connection, self._record.workspace_id, message_id)
            if row is None:
                raise NotFoundError(f"No message has the id '{message_id}'. 'gtm campaign unknown' lists them.")
            if row["state"] != "unknown":
                raise ConflictError(f"The message is {row['state']}, so there is nothing to settle.")
            if verdict == "sent":
                accepted(connection, self._record.workspace_id, row, f"{actor} says that it left.", now)
            else:
                self._not_sent(connection, row, actor, now, again=verdict == "retry")
            add_audit(
                connection, self._record.workspace_id, actor=actor, action="message.settled", subject_type="message",
                subject_id=message_id, at=now, detail={"verdict": verdict},
            )  # fmt: skip

    def _not_sent(self, connection: sa.Connection, row: Mapping[Any, Any], actor: str, now: datetime, *, again: bool) -> None:
        why = f"{actor} says that it did not leave{', and to send it' if again else ''}."
        values: dict[str, Any] = {"handed_at": None, "claimed_by": None, "claimed_at": None, "updated_at": now}
        values |= {"state": "queued", "due_at": now} if again else {"state": "reconciled", "sent_at": None, "last_error": why}
        _change(connection, self._record.workspace_id, row, values, why, now)


def accepted(
    connection: sa.Connection,
    workspace_id: str,
    row: Mapping[Any, Any],
    why: str,
    now: datetime,
    *,
    reference: str | None = None,
) -> bool:
    """Write down that an unknown message was accepted, and move its sequence on; return whether it still was unknown.

    Args:
        connection: the transaction.
        workspace_id: whose message.
        row: the message: ``id``, ``campaign_id``, ``contact_id``, ``step`` and ``handed_at``.
        why: how that is known, for people.
        now: the moment.
        reference: the provider's own name for it, where it is known.
    """
    at = row["handed_at"] or now
    values = {"state": "reconciled", "sent_at": at, "last_error": None, "updated_at": now}
    values |= {"provider_reference": reference} if reference else {}
    if not _change(connection, workspace_id, row, values, why, now):
        return False
    enrolments.advance(connection, workspace_id, row, sent_at=at, at=now)
    messages.mark_contacted(connection, workspace_id, row["contact_id"], at)
    return True


def _change(
    connection: sa.Connection, workspace_id: str, row: Mapping[Any, Any], values: Mapping[str, Any], why: str, now: datetime
) -> bool:
    if not messages.change(connection, workspace_id, row["id"], states=("unknown",), values=values):
        return False
    return message_events.add_event(
        connection, workspace_id, message_id=row["id"], campaign_id=row["campaign_id"], contact_id=row["contact_id"],
        kind=values["state"], source_key=f"delivery:{new_id()}", occurred_at=now, recorded_at=now, detail=why,
    )  # fmt: skip
