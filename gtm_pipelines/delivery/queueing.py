"""Turn approved drafts of a released campaign into messages, each with the moment it is due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from shlex import quote
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.clock import Clock
from gtm_pipelines.delivery import fencing, policy
from gtm_pipelines.delivery.adopting import DOUBT, may_have_left
from gtm_pipelines.delivery.compose import is_message_id, rfc_message_id
from gtm_pipelines.delivery.departures import Departures, wish_of
from gtm_pipelines.delivery.model import QueueReport
from gtm_pipelines.errors import NotFoundError, PolicyError
from gtm_pipelines.ids import new_id, new_ids
from gtm_pipelines.record import (
    campaigns,
    drafts,
    enrolments,
    inbound,
    installation,
    merges,
    message_events,
    messages,
    suppressions,
)
from gtm_pipelines.record.engine import Record
from gtm_pipelines.settings import DeliverySettings, MailboxSettings

_REPLACEABLE = ("queued", "deferred", "failed")


class Queueing:
    """Queues campaigns. Doing it again adds what is missing and nothing else."""

    def __init__(
        self, record: Record, clock: Clock, home: Path, mailboxes: Mapping[str, MailboxSettings], rules: DeliverySettings
    ) -> None:
        self._record = record
        self._clock = clock
        self._home = home
        self._mailboxes = mailboxes
        self._rules = rules

    def queue(self, campaign_key: str) -> QueueReport:
        """Make the messages of a campaign that are missing; of a completed one none, until it is released again.

        Raises:
            NotFoundError: there is no such campaign.
            PolicyError: ``campaign.not_released`` or ``installation.not_adopted``.
        """
        workspace_id, now = self._record.workspace_id, self._clock.now()
        with self._record.write() as connection:
            suppressions.lock(connection, workspace_id)
            enrolments.resume_due(connection, workspace_id, at=now)
            campaign = released(connection, workspace_id, campaign_key)
            fencing.require(connection, workspace_id, self._home, at=now)
            rows = drafts.approved(connection, workspace_id, campaign["id"], lock=True)
            old = {(m["step"], m["contact_id"]): m for m in messages.of_campaign(connection, workspace_id, campaign["id"])}
            fit = sorted((r for r in rows if self._may_change(r, old)), key=lambda r: (r["contact_id"], r["step"]))
            going, stopped = self._sift(connection, fit)
            if campaign["status"] == "completed":
                going, over = [r for r in going if policy.is_answer(r)], [r for r in going if not policy.is_answer(r)]
                stopped |= Counter({"campaign.completed": len(over)} if over else {})
            wishes = [wish_of(row, self._name(campaign["id"], row)) for row in going]
            due = Departures(connection, workspace_id, self._mailboxes, self._rules, now).due(wishes)
            fresh = [(row, at or now) for row, (at, *_) in zip(going, due, strict=True)]
            again = [(row, at) for row, at in fresh if (row["step"], row["contact_id"]) in old]
            new = [(row, at) for row, at in fresh if (row["step"], row["contact_id"]) not in old]
            doubt = installation.doubt_before(connection, workspace_id)
            self._insert(connection, campaign["id"], new, now, doubt)
            for row, at in again:
                self._replace(connection, old[row["step"], row["contact_id"]], row, at, now, doubt)
            self._renew_overdue(connection, campaign, old.values(), now)
        existing = sum((row["step"], row["contact_id"]) in old for row in rows) - len(again)
        return QueueReport(queued=len(new), existing=existing, refreshed=len(again), stopped=dict(stopped))

    def _may_change(self, row: Mapping[Any, Any], old: Mapping[tuple[int, str], Mapping[Any, Any]]) -> bool:
        """Whether a draft needs a message: there is none, or one that provably never left and holds another text."""
        held = old.get((row["step"], row["contact_id"]))
        if held is None:
            return True
        if held["state"] not in _REPLACEABLE or held["handed_at"] is not None or held["outcome"] is not None:
            return False
        if held["state"] == "failed" and not str(held["last_error"] or "").startswith("approval."):
            return False
        return bool(held["content_hash"] != row["content_hash"] or held["state"] == "failed")

    def _sift(self, connection: sa.Connection, rows: Sequence[sa.RowMapping]) -> tuple[list[sa.RowMapping], Counter[str]]:
        """Part drafts into those that get a message and those a rule stops."""
        subjects = [suppressions.Subject(row["recipient"], row["company_id"]) for row in rows]
        found = suppressions.find_many(connection, self._record.workspace_id, subjects)
        merged = merges.merged(connection, self._record.workspace_id, "contact", {row["contact_id"] for row in rows})
        going, stopped = [], Counter[str]()
        for row, reason in zip(rows, found, strict=True):
            folded = policy.stop("contact.merged") if row["contact_id"] in merged else None
            stop = policy.suppressed(reason) or folded or draft_stop(row, self._mailboxes.get(row["mailbox"]))
            stop = stop or policy.sequence(row, self._clock.now())
            if stop:
                stopped[stop.rule] += 1
            else:
                going.append(row)
        return going, stopped

    def _insert(
        self, connection: sa.Connection, campaign_id: str, new: Sequence[tuple[sa.RowMapping, datetime]], now: datetime,
        doubt: datetime | None,
    ) -> None:  # fmt: skip
        threads = self._threads(connection, campaign_id, [row for row, _ in new])
        rows = [
            _content(row) | threads[row["draft_id"]] | {
                "id": key, "workspace_id": self._record.workspace_id, "campaign_id": campaign_id, "step": row["step"],
                "contact_id": row["contact_id"], "target_id": row["target_id"], "due_at": at,
                **_standing(row, doubt), "rfc_message_id": self._name(campaign_id, row),
                "created_at": now, "updated_at": now,
            }
            for key, (row, at) in zip(new_ids(len(new)), new, strict=True)
        ]  # fmt: skip
        messages.insert(connection, rows)
        for row in rows:
            self._event(connection, row, now)

    def _name(self, campaign_id: str, row: Mapping[Any, Any]) -> str:
        return name_of(self._record.workspace_id, campaign_id, row, self._mailboxes[row["mailbox"]])

    def _threads(
        self, connection: sa.Connection, campaign_id: str, rows: Sequence[Mapping[Any, Any]]
    ) -> dict[str, dict[str, str | None]]:
        """Return, by draft, the thread its message goes on: the mails before it, or what it answers."""
        workspace_id = self._record.workspace_id
        before = messages.thread(connection, workspace_id, campaign_id) if any(row["step"] > 1 for row in rows) else {}
        wrote = inbound.named(connection, workspace_id, [str(row["inbound_message_id"]) for row in rows if policy.is_answer(row)])
        found: dict[str, dict[str, str | None]] = {}
        for row in rows:
            ids = [] if row["step"] == 1 else before.get(row["contact_id"], [])
            named = [*ids[:1], *wrote.get(row["inbound_message_id"] or "", ids)]
            ids = [one for one in dict.fromkeys(named) if is_message_id(one)]
            found[row["draft_id"]] = {"in_reply_to": ids[-1] if ids else None, "reference_ids": " ".join(ids) or None}
        return found

    def _replace(
        self, connection: sa.Connection, held: Mapping[Any, Any], row: Mapping[Any, Any], at: datetime, now: datetime,
        doubt: datetime | None,
    ) -> None:  # fmt: skip
        values = _content(row) | _standing(row, doubt) | {"due_at": at, "attempts": 0, "updated_at": now}
        if messages.change(connection, self._record.workspace_id, held["id"], states=_REPLACEABLE, values=values):
            self._event(connection, dict(held) | values, now)

    def _renew_overdue(self, connection: sa.Connection, campaign: Mapping[Any, Any], held: Any, now: datetime) -> None:
        """A release that is younger than a message's moment says that it shall still leave."""
        late = [m for m in held if m["state"] in messages.WAITING and m["due_at"] < campaign["released_at"]]
        messages.reschedule(connection, self._record.workspace_id, [(m["id"], now) for m in late], at=now)

    def _event(self, connection: sa.Connection, row: Mapping[Any, Any], now: datetime) -> None:
        message_events.add_event(
            connection, self._record.workspace_id, message_id=row["id"], campaign_id=row["campaign_id"],
            contact_id=row["contact_id"], kind=row["state"], source_key=f"delivery:{new_id()}", occurred_at=now, recorded_at=now,
            detail=row["last_error"],
        )  # fmt: skip


def released(connection: sa.Connection, workspace_id: str, campaign_key: str) -> sa.RowMapping:
    """Return a campaign that a person released, be it completed since, holding it.

    Raises:
        NotFoundError: there is no such campaign.
        PolicyError: ``campaign.not_released``.
    """
    campaign = campaigns.find(connection, workspace_id, campaign_key, lock=True)
    if campaign is None:
        raise NotFoundError(f"No campaign is called '{campaign_key}'. 'gtm campaign list' shows them.")
    if campaign["status"] == "completed":
        return campaign
    if campaign["released_at"] is None or campaign["status"] != "sending":
        raise PolicyError(
            "campaign.not_released",
            f"Campaign '{campaign['name']}' is {campaign['status']}: nobody released it. "
            f"Look at the plan, then release it: gtm campaign plan {quote(campaign['name'])}; "
            f"gtm campaign release {quote(campaign['name'])} --by YOU",
        )
    return campaign


def name_of(workspace_id: str, campaign_id: str, row: Mapping[Any, Any], mailbox: MailboxSettings) -> str:
    """Return the Message-ID of the message that an approved draft becomes."""
    return rfc_message_id(workspace_id, campaign_id, row["step"], row["contact_id"], mailbox.address)


def draft_stop(row: Mapping[Any, Any], mailbox: MailboxSettings | None) -> policy.Stop | None:
    """Judge an approved draft (a row of ``drafts.approved``) before it has a message."""
    if mailbox is None:
        return policy.stop("mailbox.unknown")
    return policy.content(mailbox, row["subject"], row["body"], row["recipient"], row["content_hash"])


def _standing(row: Mapping[Any, Any], doubt: datetime | None) -> dict[str, Any]:
    """Return how a new message stands: queued, or unknown where another data folder may have sent it."""
    if may_have_left(row, doubt):
        return {"state": "unknown", "last_error": DOUBT, "handed_at": doubt}
    return {"state": "queued", "last_error": None, "handed_at": None}


def _content(row: Mapping[Any, Any]) -> dict[str, Any]:
    names = ("draft_id", "revision_number", "decision_id", "content_hash", "mailbox", "recipient", "subject", "body")
    return {name: row[name] for name in names}
