"""Take the next message that may leave: every rule is judged in the transaction that takes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.delivery import fencing, policy
from gtm_pipelines.delivery.departures import current_limits
from gtm_pipelines.delivery.schedule import HOUR, Limits, Usage, Verdict
from gtm_pipelines.ids import new_id
from gtm_pipelines.record import claims, message_events, messages, suppressions
from gtm_pipelines.record.mailboxes import PAUSED
from gtm_pipelines.settings import DeliverySettings, MailboxSettings

_CANDIDATES = 50


@dataclass(frozen=True)
class Wanted:
    """What a worker may take.

    Args:
        mailboxes: the mailboxes it may use, by name.
        campaign_id: only this campaign; all if absent.
        overdue: messages that are long overdue too.
    """

    mailboxes: Mapping[str, MailboxSettings]
    campaign_id: str | None = None
    overdue: bool = False


@dataclass(frozen=True)
class Claim:
    """What one look for work found.

    Args:
        message: the message that is ours now, or ``None``.
        refused: messages a rule stopped for good on the way.
        postponed: messages put off because of their contact, counted by rule: written to recently, away, asleep.
    """

    message: sa.RowMapping | None
    refused: int = 0
    postponed: Mapping[str, int] = field(default_factory=dict)


class Claiming:
    """Claims for one worker.

    Args:
        workspace_id: whose messages.
        home: the data folder, which must be the one that may send.
        rules: gaps and caps.
        token: the worker's lease.
    """

    def __init__(self, workspace_id: str, home: Path, rules: DeliverySettings, token: str) -> None:
        self._workspace_id = workspace_id
        self._home = home
        self._rules = rules
        self._token = token

    def next(self, connection: sa.Connection, wanted: Wanted, now: datetime) -> Claim:
        """Take the message that is due the longest; what no rule lets go is stopped or put off on the way.

        Raises:
            PolicyError: ``installation.not_adopted``.
        """
        suppressions.lock(connection, self._workspace_id)
        refused, postponed = 0, Counter[str]()
        mailboxes, free = dict(wanted.mailboxes), set[str]()
        for _ in range(_CANDIDATES):
            row = self._candidate(connection, wanted, mailboxes, free, now)
            fencing.require(connection, self._workspace_id, self._home, at=now, owner=row["owner"] if row else None)
            if row is None:
                break
            mailbox = mailboxes[row["mailbox"]]
            stopped = policy.last_check(connection, self._workspace_id, row, mailbox)
            if stopped is not None and stopped.rule == policy.HELD:
                messages.reschedule(connection, self._workspace_id, [(row["id"], now + policy.ASK_AGAIN)], at=now)
                postponed[stopped.rule] += 1
            elif stopped is not None:
                self._fail(connection, row, f"{stopped.rule}: {stopped.reason}", now)
                refused += 1
            elif put_off := policy.held_until(connection, self._workspace_id, row, mailbox, now, self._rules):
                messages.reschedule(connection, self._workspace_id, [(row["id"], put_off[1])], at=now)
                postponed[put_off[0]] += 1
            else:
                values = {"state": "claimed", "claimed_by": self._token, "claimed_at": now, "updated_at": now}
                messages.change(connection, self._workspace_id, row["id"], states=messages.WAITING, values=values)
                return Claim(row, refused, postponed)
        return Claim(None, refused, postponed)

    def _candidate(
        self,
        connection: sa.Connection,
        wanted: Wanted,
        mailboxes: dict[str, MailboxSettings],
        free: set[str],
        now: datetime,
    ) -> sa.RowMapping | None:
        """Return the next due message; mailboxes that turn out to be closed leave ``mailboxes``, open ones enter ``free``."""
        not_before = None if wanted.overdue else now - timedelta(hours=self._rules.stale_after_hours)
        since = policy.contact_since(now, self._rules)
        while mailboxes:
            row = claims.next_due(
                connection, self._workspace_id, mailboxes=list(mailboxes), now=now, since=since, not_before=not_before,
                campaign_id=wanted.campaign_id,
            )  # fmt: skip
            if row is None or row["mailbox"] in free:
                return row
            if row["mailbox_status"] != PAUSED and self._has_room(connection, mailboxes[row["mailbox"]], now):
                free.add(row["mailbox"])
                return row
            del mailboxes[row["mailbox"]]
        return None

    def _has_room(self, connection: sa.Connection, mailbox: MailboxSettings, now: datetime) -> bool:
        limits = current_limits(connection, self._workspace_id, mailbox)
        return verdict_now(connection, self._workspace_id, mailbox.name, limits, now).rule is None

    def _fail(self, connection: sa.Connection, row: Mapping[Any, Any], reason: str, now: datetime) -> None:
        values = {"state": "failed", "last_error": reason, "updated_at": now}
        if messages.change(connection, self._workspace_id, row["id"], states=messages.WAITING, values=values):
            message_events.add_event(
                connection, self._workspace_id, message_id=row["id"], campaign_id=row["campaign_id"],
                contact_id=row["contact_id"], kind="failed", source_key=f"delivery:{new_id()}", occurred_at=now,
                recorded_at=now, detail=reason,
            )  # fmt: skip


def verdict_now(connection: sa.Connection, workspace_id: str, mailbox: str, limits: Limits, now: datetime) -> Verdict:
    """Judge from the durable rows whether the caps and the gap of a mailbox let one more message go, whatever the hour."""
    count = claims.count_of_mailbox(
        connection,
        workspace_id,
        mailbox,
        hour_ago=now - HOUR,
        day_start=limits.window.day_start(now),
        now=now,
        cap=limits.hourly_cap,
    )
    frees_at = count.hour_frees_from + HOUR if count.hour_frees_from else None
    return limits.room(now, Usage(count.hour, count.day, count.last, frees_at))
