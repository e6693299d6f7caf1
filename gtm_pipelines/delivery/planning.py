"""Say who gets what, when and from which mailbox, and for everyone else the rule that stops it. Changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.clock import Clock
from gtm_pipelines.delivery import policy
from gtm_pipelines.delivery.departures import Departure, Departures, Wish, wish_of
from gtm_pipelines.delivery.model import Plan, PlanRow
from gtm_pipelines.delivery.outlook import Item, items_of, zones
from gtm_pipelines.delivery.queueing import draft_stop, name_of
from gtm_pipelines.errors import NotFoundError
from gtm_pipelines.record import campaigns, drafts, enrolments, handling, mailboxes, merges, messages, suppressions, targets
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.plans import Key
from gtm_pipelines.settings import DeliverySettings, MailboxSettings

Stops = Mapping[Item, policy.Stop | None]


class Planning:
    """Plans campaigns, released or not."""

    def __init__(self, record: Record, clock: Clock, mailboxes: Mapping[str, MailboxSettings], rules: DeliverySettings) -> None:
        self._record = record
        self._clock = clock
        self._mailboxes = mailboxes
        self._rules = rules

    def plan(self, campaign_key: str) -> Plan:
        """Plan a campaign as it stands now: a row for every mail that left or waits, and for the next one of everybody.

        Raises:
            NotFoundError: there is no such campaign.
        """
        with self._record.read() as connection:
            campaign = campaign_of(connection, self._record.workspace_id, campaign_key)
            rows = [row for _, row in self.rows(connection, campaign)]
        rows.sort(key=lambda row: (row.due_at is None, row.due_at or self._clock.now(), row.contact, row.step))
        return Plan(campaign["id"], campaign["name"], tuple(rows))

    def rows(
        self, connection: sa.Connection, campaign: Mapping[Any, Any], only: Collection[Key] | None = None
    ) -> list[tuple[Item, PlanRow]]:
        """Plan some mails of a campaign, or all, in the order of people and steps.

        Moments are given out as if nobody else were written to: where some mails come before all others, as those of
        ``plans.waiting`` and ``plans.ready`` do, theirs are the same as in the whole plan.
        """
        items = self._items(connection, campaign["id"], only)
        stops = self._stops(connection, items)
        stops |= self._pauses(connection, campaign, items, stops)
        due = self._due(connection, campaign["id"], items, stops)
        return [(item, self._row(item, stops[item], due.get(item, Departure(None)))) for item in items]

    def late(self, connection: sa.Connection, campaign_id: str, items: Iterable[Item]) -> set[Key]:
        """Return those among mails without a message whose person is left in peace for now: others are dealt moments first."""
        new = [(item, item.draft) for item in items if item.message is None and item.draft is not None]
        departures = Departures(connection, self._record.workspace_id, self._mailboxes, self._rules, self._clock.now())
        held = departures.held([self._wish(campaign_id, row) for _, row in new])
        return {Key(item.person["id"], item.step) for (item, _), waits in zip(new, held, strict=True) if waits}

    def _wish(self, campaign_id: str, row: Mapping[Any, Any]) -> Wish:
        return wish_of(row, name_of(self._record.workspace_id, campaign_id, row, self._mailboxes[row["mailbox"]]))

    def _items(self, connection: sa.Connection, campaign_id: str, only: Collection[Key] | None) -> list[Item]:
        mine = (connection, self._record.workspace_id, campaign_id)
        chosen = None if only is None else {key.target_id for key in only}
        people = targets.in_order(*mine, only=chosen)
        contacts = None if only is None else {person["contact_id"] for person in people}
        held, standing = messages.of_campaign(*mine, only=contacts), enrolments.of_campaign(*mine, only=chosen)
        items = items_of(people, held, drafts.approved(*mine, only=chosen), drafts.statuses(*mine, only=chosen), standing)
        return items if only is None else [item for item in items if Key(item.person["id"], item.step) in only]

    def _stops(self, connection: sa.Connection, items: Iterable[Item]) -> dict[Item, policy.Stop | None]:
        held = [item for item in items if not item.left]
        subjects = [suppressions.Subject(item.person["recipient"], item.person["company_id"]) for item in held]
        found = suppressions.find_many(connection, self._record.workspace_id, subjects)
        contacts = {item.person["contact_id"] for item in held}
        merged = merges.merged(connection, self._record.workspace_id, "contact", contacts)
        wrote = handling.waiting(connection, self._record.workspace_id, [policy.writer(item.person) for item in held])
        stops: dict[Item, policy.Stop | None] = dict.fromkeys(items)
        for item, reason, waits in zip(held, found, wrote, strict=True):
            folded = policy.stop("contact.merged") if item.person["contact_id"] in merged else None
            stop = _excluded(item.person) or policy.suppressed(reason) or folded or self._own_stop(item)
            stops[item] = stop or policy.unheard({"step": item.step}, waits=waits)
        return stops

    def _own_stop(self, item: Item) -> policy.Stop | None:
        if item.message is not None:
            return policy.ended(item.message) or self._message_stop(item.message)
        found = policy.sequence(item.standing, self._clock.now())
        if found is not None:
            return found
        if item.draft is not None:
            return draft_stop(item.draft, self._mailboxes.get(item.draft["mailbox"]))
        if not item.drafted:
            early = item.not_before is not None and item.not_before > self._clock.now()
            return policy.stop("sequence.wait", policy.WAITS["sequence.wait"]) if early else policy.stop("draft.missing")
        return policy.stop("draft.rejected" if item.drafted == {"rejected"} else "approval.missing")

    def _message_stop(self, message: Mapping[Any, Any]) -> policy.Stop | None:
        mailbox = self._mailboxes.get(message["mailbox"])
        if mailbox is None:
            return policy.stop("mailbox.unknown")
        if message["do_not_contact"]:
            return policy.stop("contact.do_not_contact")
        if message["due_at"] < self._clock.now() - timedelta(hours=self._rules.stale_after_hours):
            return policy.stop("overdue.confirm")
        return policy.approval(message, mailbox)

    def _pauses(
        self, connection: sa.Connection, campaign: Mapping[Any, Any], items: Iterable[Item], stops: Stops
    ) -> dict[Item, policy.Stop | None]:
        """Return the pauses that hold back what no other rule stops."""
        paused = mailboxes.paused(connection, self._record.workspace_id)
        found: dict[Item, policy.Stop | None] = {}
        for item in items:
            if stops[item] is not None or item.left:
                continue
            if campaign["paused_at"] is not None:
                found[item] = policy.campaign_paused(campaign["pause_reason"])
            elif item.mailbox in paused:
                found[item] = policy.mailbox_paused(paused[item.mailbox])
        return found

    def _due(self, connection: sa.Connection, campaign_id: str, items: Iterable[Item], stops: Stops) -> dict[Item, Departure]:
        """Return when each message is due and why not at once; those not queued yet get the moments they would get."""
        now, workspace_id = self._clock.now(), self._record.workspace_id
        departures = Departures(connection, workspace_id, self._mailboxes, self._rules, now)
        new = [(item, item.draft) for item in items if item.message is None and item.draft is not None and stops[item] is None]
        wishes = [self._wish(campaign_id, row) for _, row in new]
        due = {item: moment for (item, _), moment in zip(new, departures.due(wishes), strict=True)}
        held = [(item, item.message) for item in items if item.message is not None]
        queued = [m for item, m in held if m["state"] in messages.WAITING and stops[item] is None]
        waits = departures.waits(campaign_id, [m for m in queued if m["mailbox"] in self._mailboxes])
        return due | {item: Departure(item.moment, waits=waits.get(m["id"])) for item, m in held}

    def _row(self, item: Item, stop: policy.Stop | None, due: Departure) -> PlanRow:
        at, never, waits = due
        stop = stop or (policy.stop(never) if never else None)
        state = item.message["state"] if item.message else "planned"
        told = item.message["last_error"] if item.message and state not in messages.WAITING else None
        zone, mailbox_zone = zones(item.person, self._mailboxes.get(item.mailbox))
        return PlanRow(
            contact_id=item.person["contact_id"],
            contact=str(item.person["snapshot"].get("contact", {}).get("full_name") or item.person["recipient"] or ""),
            recipient=item.person["recipient"],
            mailbox=item.mailbox,
            due_at=None if stop else at,
            state="stopped" if stop else state,
            rule=stop.rule if stop else None,
            reason=stop.reason if stop else told,
            waits=None if stop else waits,
            waits_reason=None if stop or not waits else policy.WAITS[waits],
            step=item.step,
            not_before=item.not_before if stop and stop.rule.startswith("sequence.") else None,
            zone=zone,
            mailbox_zone=mailbox_zone,
        )


def _excluded(person: Mapping[Any, Any]) -> policy.Stop | None:
    return None if person["status"] == "active" else policy.excluded(person["status_reason"])


def campaign_of(connection: sa.Connection, workspace_id: str, campaign_key: str) -> sa.RowMapping:
    """Return a campaign by name or id.

    Raises:
        NotFoundError: there is no such campaign.
    """
    campaign = campaigns.find(connection, workspace_id, campaign_key)
    if campaign is None:
        raise NotFoundError(f"No campaign is called '{campaign_key}'. 'gtm campaign list' shows them.")
    return campaign
