"""One person's sequence: where it stands, ending it by hand, and taking that back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.campaigns.model import Campaign, person
from gtm_pipelines.clock import Clock
from gtm_pipelines.errors import NotFoundError, PolicyError
from gtm_pipelines.ids import new_id
from gtm_pipelines.record import enrolments, message_events, messages, standing, suppressions
from gtm_pipelines.record.audit import add_audit

BY_HAND = "person"
"""Why a sequence is stopped that somebody here stopped: the only reason that can be taken back."""


@dataclass(frozen=True)
class PersonStanding:
    """Where one person stands in the sequence of a campaign.

    ``step`` is the next mail; ``next_at`` the earliest moment it may leave, unknown before the mail before it has left.
    """

    campaign: str
    contact_id: str
    name: str
    address: str
    step: int
    status: str
    reason: str | None
    next_at: datetime | None

    @property
    def open(self) -> bool:
        """Whether a further mail may still come."""
        return self.status in enrolments.OPEN

    @property
    def can_resume(self) -> bool:
        """Whether it was ended by hand, which may be taken back."""
        return self.status == "stopped" and self.reason == BY_HAND


@dataclass(frozen=True)
class People:
    """The people of campaigns, inside the caller's transaction."""

    connection: sa.Connection
    workspace_id: str
    clock: Clock

    def standing(self, held: Campaign, key: str) -> PersonStanding:
        """Return where somebody stands.

        Raises:
            NotFoundError: nobody in the campaign has that address or id.
        """
        return _standing(held, self._row(held, key))

    def stop(self, held: Campaign, key: str, *, by: str, reason: str) -> PersonStanding:
        """End somebody's sequence: nothing of it leaves any more, what is queued neither. Twice is once."""
        actor, now = person(by), self.clock.now()
        suppressions.lock(self.connection, self.workspace_id)
        row = self._row(held, key)
        if enrolments.stop_these(self.connection, self.workspace_id, [row["id"]], reason=BY_HAND, at=now):
            self._audit(actor, "sequence.stop", row, {"campaign_id": held.id, "reason": reason})
        return self.standing(held, key)

    def resume(self, held: Campaign, key: str, *, by: str) -> PersonStanding:
        """Take back that somebody's sequence was ended by hand; every rule is asked again before anything leaves.

        Raises:
            PolicyError: it ended for another reason, which is for good, or the person is suppressed or left out.
        """
        actor, now = person(by), self.clock.now()
        suppressions.lock(self.connection, self.workspace_id)
        row = self._row(held, key)
        if row["status"] in enrolments.OPEN:
            return _standing(held, row)
        self._check(row)
        enrolments.take_up(self.connection, self.workspace_id, row["id"], at=now)
        for message_id in messages.stopped_of(self.connection, self.workspace_id, row["target_id"], "sequence.stopped"):
            self._queue(message_id, row, held, now)
        self._audit(actor, "sequence.resume", row, {"campaign_id": held.id})
        return self.standing(held, key)

    def _check(self, row: Mapping[Any, Any]) -> None:
        if row["status"] != "stopped" or row["reason"] != BY_HAND:
            why = row["reason"] or "every mail of it has left"
            raise PolicyError("sequence.ended", f"The sequence is over for good: {why}. Only what a person ended can go on.")
        if row["target_status"] != "active":
            raise PolicyError("target.excluded", "The person was left out of the campaign with their drafts. That stays.")
        address, company_id = row["recipient"], row["company_id"]
        found = suppressions.find(self.connection, self.workspace_id, address=address, company_id=company_id)
        if found:
            raise PolicyError("suppressed", f"The person is suppressed ({found}). Lift that first: gtm suppress remove.")

    def _queue(self, message_id: str, row: Mapping[Any, Any], held: Campaign, now: datetime) -> None:
        values = {"state": "queued", "last_error": None, "updated_at": now}
        if messages.change(self.connection, self.workspace_id, message_id, states=("failed",), values=values):
            message_events.add_event(
                self.connection, self.workspace_id, message_id=message_id, campaign_id=held.id, contact_id=row["contact_id"],
                kind="queued", source_key=f"delivery:{new_id()}", occurred_at=now, recorded_at=now,
                detail="A person lets the sequence go on.",
            )  # fmt: skip

    def _row(self, held: Campaign, key: str) -> sa.RowMapping:
        row = standing.of_person(self.connection, self.workspace_id, held.id, key.strip())
        if row is None:
            raise NotFoundError(f"Nobody in '{held.name}' is enrolled under '{key}'. Give the address they are written to at.")
        return row

    def _audit(self, actor: str, action: str, row: Mapping[Any, Any], detail: dict[str, Any]) -> None:
        add_audit(
            self.connection, self.workspace_id, actor=actor, action=action, subject_type="contact",
            subject_id=row["contact_id"], at=self.clock.now(), detail=detail,
        )  # fmt: skip


def _standing(held: Campaign, row: Mapping[Any, Any]) -> PersonStanding:
    names = ("contact_id", "step", "status", "reason", "next_at")
    known = {name: row[name] for name in names}
    return PersonStanding(held.name, name=row["full_name"] or "", address=row["recipient"] or "", **known)
