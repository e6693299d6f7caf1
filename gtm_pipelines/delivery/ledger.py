"""The ledger: every step of a message, each in a transaction of its own, each only from where it stood.

A worker holds a message by its token. Whoever lost it, because another worker thought
it dead, finds out before the point of no return and stops.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.clock import Clock
from gtm_pipelines.delivery import fencing, health, lease
from gtm_pipelines.delivery.claiming import Claim, Claiming, Wanted
from gtm_pipelines.delivery.model import Checkpoint, LostClaimError, SendResult, no_checkpoint
from gtm_pipelines.delivery.settling import accepted
from gtm_pipelines.ids import new_id
from gtm_pipelines.record import claims, enrolments, message_events, messages, suppressions
from gtm_pipelines.record import mailboxes as boxes
from gtm_pipelines.record.engine import Record
from gtm_pipelines.settings import DeliverySettings

_LONGEST_BACKOFF = timedelta(days=1)
_NOTED = "The sender that ended had noted that it was accepted."
BOUNCED = "bounced"


class Ledger:
    """The ledger as one worker sees it.

    Args:
        record: the record.
        clock: tells when.
        home: the data folder, which must be the one that may send.
        rules: gaps, caps, attempts and backoff.
        held: the worker's lease.
        checkpoint: told each step; for tests that end the process there.
    """

    def __init__(
        self,
        record: Record,
        clock: Clock,
        home: Path,
        rules: DeliverySettings,
        *,
        held: lease.Lease,
        checkpoint: Checkpoint = no_checkpoint,
    ) -> None:
        self._record = record
        self._clock = clock
        self._home = home
        self._rules = rules
        self._lease = held
        self._token = held.token
        self._checkpoint = checkpoint
        self._claiming = Claiming(record.workspace_id, home, rules, held.token)

    def claim(self, wanted: Wanted) -> Claim:
        """Take the next message that may leave now, checking every rule in the same transaction.

        Raises:
            PolicyError: ``installation.not_adopted``.
        """
        with self._record.write() as connection:
            return self._claiming.next(connection, wanted, self._clock.now())

    def handing(self, row: Mapping[Any, Any]) -> None:
        """Write down that the message is about to leave: from here on nobody sends it again.

        Raises:
            LostClaimError: it is not ours any more, or was put back since its campaign or mailbox is paused.
        """
        now, workspace_id = self._clock.now(), self._record.workspace_id
        with self._record.write() as connection:
            suppressions.lock(connection, workspace_id)
            if claims.hand_over(connection, workspace_id, row, self._token, now):
                return
            stopped = boxes.stopping(connection, workspace_id, row["campaign_id"], row["mailbox"])
            stopped = stopped or enrolments.stopping(connection, workspace_id, row)
            if stopped:
                self._change(connection, row, ("claimed",), _put_back(now))
        if stopped:
            raise LostClaimError(f"{stopped[0]}: {stopped[1]} The message waits; nothing was sent.")
        raise LostClaimError("Another worker took this message over. It is theirs; nothing was sent here.")

    def finish(self, row: Mapping[Any, Any], result: SendResult) -> str:
        """Write down what came of the hand-over, and nothing else; return the state reached.

        A yes is noted beside the record first, which takes microseconds: a worker that dies before the commit
        leaves it to whoever takes over.
        """
        if result.status == "sent":
            self._lease.keep(row["id"], result.reference)
        self._checkpoint("result")
        now = self._clock.now()
        with self._record.write() as connection:
            state = self._settle(connection, row, result, now)
        self._lease.drop(row["id"])
        self._checkpoint("settled")
        return state

    def _settle(self, connection: sa.Connection, row: Mapping[Any, Any], result: SendResult, now: datetime) -> str:
        state, values = self._outcome(row, result, now)
        values |= {"state": state, "updated_at": now, "last_error": None if state == "sent" else result.reason}
        if not self._change(connection, row, ("claimed", "handing", "unknown"), values):
            return state
        self._event(connection, row, state, result.reason or None, now)
        if state == "sent":
            enrolments.advance(connection, self._record.workspace_id, row, sent_at=now, at=now)
            messages.mark_contacted(connection, self._record.workspace_id, row["contact_id"], now)
        if result.bounced:
            self._bounced(connection, row, result.reason, now)
        health.note(connection, self._record.workspace_id, row, result, self._rules, now)
        return state

    def recover(self) -> int:
        """Take back what dead workers held: a claim is queued again, a hand-over becomes unknown.

        What the worker had noted as accepted does not stay unknown.
        """
        workspace_id, now = self._record.workspace_id, self._clock.now()
        with self._record.read() as connection:
            if not fencing.allows(connection, workspace_id, self._home):
                return 0  # whose leases lie elsewhere, this folder cannot tell the living from the dead
            holders = {row.claimed_by for row in messages.in_flight(connection, workspace_id)} - {self._token, None}
        gone = {token: lease.kept(self._lease.folder, token) for token in lease.dead(self._lease.folder, sorted(holders))}
        if not gone:
            return 0
        recovered = 0
        with self._record.write() as connection:
            for row in messages.in_flight(connection, workspace_id):
                if row.claimed_by in gone:
                    recovered += self._take_back(connection, row._mapping, gone[row.claimed_by], now)
        lease.bury(self._lease.folder, gone)
        return recovered

    def _take_back(
        self, connection: sa.Connection, row: Mapping[Any, Any], kept: Mapping[str, str | None], now: datetime
    ) -> bool:
        workspace_id = self._record.workspace_id
        if row["state"] == "claimed":
            values = _put_back(now)
        else:
            reason = "The sender ended while the message was being handed over; it may or may not have left."
            values = {"state": "unknown", "last_error": reason, "updated_at": now}
        changed = messages.change(
            connection, workspace_id, row["id"], states=(row["state"],), values=values, claimed_by=row["claimed_by"]
        )
        if changed and values["state"] == "unknown":
            self._event(connection, row, "unknown", values["last_error"], now)
            if row["id"] in kept:
                accepted(connection, workspace_id, row, _NOTED, now, reference=kept[row["id"]])
        return changed

    def _outcome(self, row: Mapping[Any, Any], result: SendResult, now: datetime) -> tuple[str, dict[str, Any]]:
        """Return the state a result leads to and the columns that go with it."""
        attempts = row["attempts"] + (0 if result.stops_mailbox else 1)
        if result.status == "sent":
            return "sent", {"attempts": attempts, "sent_at": now, "provider_reference": result.reference}
        if result.status == "unknown":
            return "unknown", {"attempts": attempts}
        values: dict[str, Any] = {"attempts": attempts, "handed_at": None, "claimed_by": None, "claimed_at": None}
        if result.status == "failed" or attempts >= self._rules.attempts:
            if result.bounced:
                values |= {"outcome": "bounced_hard", "outcome_at": now}
            return "failed", values
        wait = timedelta(seconds=self._rules.backoff_seconds * 2 ** min(max(attempts, 1) - 1, 30))
        asked = timedelta(seconds=result.retry_seconds or 0)
        return "deferred", values | {"due_at": now + min(max(wait, asked), _LONGEST_BACKOFF)}

    def _bounced(self, connection: sa.Connection, row: Mapping[Any, Any], reason: str, now: datetime) -> None:
        """A recipient that does not exist is a hard bounce, and is never tried again."""
        self._event(connection, row, "bounced_hard", reason, now)
        suppressions.add(
            connection, self._record.workspace_id, "address", row["recipient"], reason=BOUNCED,
            source=f"message:{row['id']}", at=now,
        )  # fmt: skip
        enrolments.stop(
            connection, self._record.workspace_id, contact_id=row["contact_id"], campaign_id=None, reason=BOUNCED,
            cause_id=None, at=now,
        )  # fmt: skip

    def _change(self, connection: sa.Connection, row: Mapping[Any, Any], states: tuple[str, ...], values: dict[str, Any]) -> bool:
        return messages.change(
            connection, self._record.workspace_id, row["id"], states=states, values=values, claimed_by=self._token
        )

    def _event(self, connection: sa.Connection, row: Mapping[Any, Any], kind: str, detail: str | None, now: datetime) -> None:
        message_events.add_event(
            connection, self._record.workspace_id, message_id=row["id"], campaign_id=row["campaign_id"],
            contact_id=row["contact_id"], kind=kind, source_key=f"delivery:{new_id()}", occurred_at=now, recorded_at=now,
            detail=detail,
        )  # fmt: skip


def _put_back(now: datetime) -> dict[str, Any]:
    return {"state": "queued", "claimed_by": None, "claimed_at": None, "updated_at": now}
