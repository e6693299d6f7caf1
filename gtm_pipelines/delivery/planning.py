"""Say who gets what, when and from which mailbox, and for everyone else the rule that stops it. Changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.clock import Clock
from gtm_pipelines.delivery import policy
from gtm_pipelines.delivery.departures import Departure, Departures
from gtm_pipelines.delivery.model import Plan, PlanRow
from gtm_pipelines.delivery.queueing import draft_stop
from gtm_pipelines.errors import NotFoundError
from gtm_pipelines.record import campaigns, drafts, mailboxes, merges, messages, suppressions, targets
from gtm_pipelines.record.engine import Record
from gtm_pipelines.settings import DeliverySettings, MailboxSettings

_PAGE = 1_000_000


class Planning:
    """Plans campaigns, released or not."""

    def __init__(self, record: Record, clock: Clock, mailboxes: Mapping[str, MailboxSettings], rules: DeliverySettings) -> None:
        self._record = record
        self._clock = clock
        self._mailboxes = mailboxes
        self._rules = rules

    def plan(self, campaign_key: str) -> Plan:
        """Plan a campaign as it stands now.

        Raises:
            NotFoundError: there is no such campaign.
        """
        workspace_id = self._record.workspace_id
        with self._record.read() as connection:
            campaign = campaigns.find(connection, workspace_id, campaign_key)
            if campaign is None:
                raise NotFoundError(f"No campaign is called '{campaign_key}'. 'gtm campaign list' shows them.")
            people = targets.page(connection, workspace_id, campaign["id"], status=None, limit=_PAGE, offset=0)
            held = {m["target_id"]: m for m in messages.of_campaign(connection, workspace_id, campaign["id"])}
            approved = {d["target_id"]: d for d in drafts.approved(connection, workspace_id, campaign["id"])}
            drafted = drafts.statuses(connection, workspace_id, campaign["id"])
            stops = self._stops(connection, people, held, approved, drafted)
            stops |= self._pauses(connection, campaign, people, held, stops)
            due = self._due(connection, people, held, stops)
        rows = [self._row(person, held.get(person["id"]), stops[person["id"]], due) for person in people]
        rows.sort(key=lambda row: (row.due_at is None, row.due_at or self._clock.now(), row.contact))
        return Plan(campaign["id"], campaign["name"], tuple(rows))

    def _stops(
        self,
        connection: sa.Connection,
        people: list[sa.RowMapping],
        held: Mapping[str, sa.RowMapping],
        approved: Mapping[str, sa.RowMapping],
        drafted: Mapping[str, set[str]],
    ) -> dict[str, policy.Stop | None]:
        subjects = [suppressions.Subject(person["recipient"], person["company_id"]) for person in people]
        found = suppressions.find_many(connection, self._record.workspace_id, subjects)
        merged = merges.merged(connection, self._record.workspace_id, "contact", {person["contact_id"] for person in people})
        stops: dict[str, policy.Stop | None] = {}
        for person, reason in zip(people, found, strict=True):
            key = person["id"]
            message = held.get(key)
            if message is not None and message["state"] not in messages.WAITING:
                stops[key] = None
                continue
            folded = policy.stop("contact.merged") if person["contact_id"] in merged else None
            stops[key] = _excluded(person) or policy.suppressed(reason) or folded
            if stops[key] is None and message is not None:
                stops[key] = self._message_stop(message)
            elif stops[key] is None:
                stops[key] = self._draft_stop(approved.get(key), drafted.get(key, set()))
        return stops

    def _pauses(
        self,
        connection: sa.Connection,
        campaign: Mapping[Any, Any],
        people: list[sa.RowMapping],
        held: Mapping[str, sa.RowMapping],
        stops: Mapping[str, policy.Stop | None],
    ) -> dict[str, policy.Stop | None]:
        """Return the pauses that hold back those whom no other rule stops."""
        paused = mailboxes.paused(connection, self._record.workspace_id)
        found: dict[str, policy.Stop | None] = {}
        for person in people:
            message = held.get(person["id"])
            left = message is not None and message["state"] not in messages.WAITING
            mailbox = message["mailbox"] if message is not None else person["mailbox"]
            if stops[person["id"]] is not None or left:
                continue
            if campaign["paused_at"] is not None:
                found[person["id"]] = policy.stop("campaign.paused", f"The campaign is paused: {campaign['pause_reason']}")
            elif mailbox in paused:
                found[person["id"]] = policy.stop("mailbox.paused", f"The mailbox is paused: {paused[mailbox]}")
        return found

    def _message_stop(self, message: Mapping[Any, Any]) -> policy.Stop | None:
        mailbox = self._mailboxes.get(message["mailbox"])
        if mailbox is None:
            return policy.stop("mailbox.unknown")
        if message["do_not_contact"]:
            return policy.stop("contact.do_not_contact")
        if message["due_at"] < self._clock.now() - timedelta(hours=self._rules.stale_after_hours):
            return policy.stop("overdue.confirm")
        return policy.approval(message, mailbox)

    def _draft_stop(self, row: Mapping[Any, Any] | None, statuses: set[str]) -> policy.Stop | None:
        if row is not None:
            return draft_stop(row, self._mailboxes.get(row["mailbox"]))
        if not statuses:
            return policy.stop("draft.missing")
        return policy.stop("draft.rejected" if statuses == {"rejected"} else "approval.missing")

    def _due(
        self,
        connection: sa.Connection,
        people: list[sa.RowMapping],
        held: Mapping[str, sa.RowMapping],
        stops: Mapping[str, policy.Stop | None],
    ) -> dict[str, Departure]:
        """Return when each message is due and why not at once; those not queued yet get the moments they would get."""
        now = self._clock.now()
        departures = Departures(connection, self._record.workspace_id, self._mailboxes, self._rules, now)
        new = [p for p in people if stops[p["id"]] is None and p["id"] not in held]
        moments = departures.due([(person["contact_id"], person["mailbox"]) for person in new])
        due = {person["id"]: moment for person, moment in zip(new, moments, strict=True)}
        queued = [m for key, m in held.items() if m["state"] in messages.WAITING and stops.get(key) is None]
        waits = departures.waits([m for m in queued if m["mailbox"] in self._mailboxes])
        return due | {key: Departure(_moment(m), waits=waits.get(m["id"])) for key, m in held.items()}

    def _row(
        self,
        person: Mapping[Any, Any],
        message: Mapping[Any, Any] | None,
        stop: policy.Stop | None,
        due: Mapping[str, Departure],
    ) -> PlanRow:
        at, never, waits = due.get(person["id"], Departure(None))
        stop = stop or (policy.stop(never) if never else None)
        state = message["state"] if message else "planned"
        told = message["last_error"] if message and state not in messages.WAITING else None
        return PlanRow(
            contact_id=person["contact_id"],
            contact=str(person["snapshot"].get("contact", {}).get("full_name") or person["recipient"] or ""),
            recipient=person["recipient"],
            mailbox=message["mailbox"] if message else person["mailbox"],
            due_at=None if stop else at,
            state="stopped" if stop else state,
            rule=stop.rule if stop else None,
            reason=stop.reason if stop else told,
            waits=None if stop else waits,
            waits_reason=None if stop or not waits else policy.WAITS[waits],
        )


def _excluded(person: Mapping[Any, Any]) -> policy.Stop | None:
    if person["status"] == "active":
        return None
    return policy.Stop(
        "target.excluded", f"Left out when the campaign was frozen: {(person['status_reason'] or 'excluded').replace('_', ' ')}."
    )


def _moment(message: Mapping[Any, Any]) -> datetime | None:
    """Return when a message leaves or left; ``None`` where it never did."""
    if message["state"] in messages.WAITING:
        due: datetime = message["due_at"]
        return due
    left: datetime | None = message["sent_at"] or message["handed_at"]
    return left
