"""Mailboxes as faces see them: what they may still send, how they are, and what a person does about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.clock import Clock
from gtm_pipelines.delivery.claiming import verdict_now
from gtm_pipelines.delivery.departures import current_limits
from gtm_pipelines.delivery.domains import Check
from gtm_pipelines.delivery.pausing import Pausing
from gtm_pipelines.delivery.policy import WAITS
from gtm_pipelines.delivery.schedule import HOUR
from gtm_pipelines.errors import NotFoundError
from gtm_pipelines.record import claims
from gtm_pipelines.record import mailboxes as queries
from gtm_pipelines.record.engine import Record
from gtm_pipelines.settings import MailboxSettings

Checks = list[Check]
Look = Callable[[MailboxSettings], Checks]
"""Looks at a mailbox's servers or at its domain; what it cannot find out is ``unknown``, never an exception."""


@dataclass(frozen=True)
class MailboxHealth:
    """One mailbox as it stands.

    Attributes:
        name: as in the settings.
        address: where its mail comes from.
        sender: who hands its mail over.
        status: ``working`` or ``paused``.
        reason: why it is paused.
        code: ``authentication``, ``failures`` or ``person``.
        since: since when it has its status, if anything is known of it.
        failures: hand-overs in a row that failed.
        hour: sent within sixty minutes; ``hourly_cap`` is the most.
        day: sent today in the window's zone; ``daily_cap`` is the most.
        last: when the last message left.
        waits: why nothing leaves at this moment though it is working, for people.
        checks: what the last looks found, by name.
        checked_at: when that was.
    """

    name: str
    address: str
    sender: str
    status: str
    reason: str | None
    code: str | None
    since: datetime | None
    failures: int
    hour: int
    hourly_cap: int
    day: int
    daily_cap: int
    last: datetime | None
    waits: str | None
    checks: Mapping[str, Mapping[str, str]]
    checked_at: datetime | None

    @property
    def worst(self) -> str:
        """The worst state of its checks; ``unknown`` before any."""
        states = {str(one.get("state")) for one in self.checks.values()}
        return next((state for state in ("fail", "warn", "unknown", "ok") if state in states), "unknown")


class MailboxService:
    """Lists, checks, pauses and resumes mailboxes.

    Args:
        record: the record.
        clock: tells when.
        mailboxes: the sender identities in force.
        domain: looks at a mailbox's domain.
        servers: looks whether its servers let it in.
        echo: sends a test mail to the mailbox itself and looks at it as it arrived.
    """

    def __init__(
        self, record: Record, clock: Clock, mailboxes: Iterable[MailboxSettings], *, domain: Look, servers: Look, echo: Look
    ) -> None:
        self._record = record
        self._clock = clock
        self._mailboxes = {mailbox.name: mailbox for mailbox in mailboxes}
        self._domain = domain
        self._servers = servers
        self._echo = echo
        self._pausing = Pausing(record, clock)

    def list(self) -> list[MailboxHealth]:
        """Return every mailbox of the settings."""
        workspace_id = self._record.workspace_id
        with self._record.read() as connection:
            known = queries.all_of(connection, workspace_id)
            return [self._health(connection, one, known.get(one.name)) for one in self._mailboxes.values()]

    def show(self, mailbox: str) -> MailboxHealth:
        """Return one mailbox.

        Raises:
            NotFoundError: there is none of that name in the settings.
        """
        held = self._held(mailbox)
        with self._record.read() as connection:
            return self._health(connection, held, queries.find(connection, self._record.workspace_id, held.name))

    def pause(self, mailbox: str, *, by: str, reason: str = "") -> bool:
        """Let nothing more leave from a mailbox, from this commit on; return whether that is new.

        Raises:
            NotFoundError: there is none of that name.
        """
        return self._pausing.mailbox(self._held(mailbox).name, by=by, reason=reason)

    def resume(self, mailbox: str, *, by: str) -> bool:
        """Let a paused mailbox hand over again; return whether it was paused.

        Raises:
            NotFoundError: there is none of that name.
        """
        return self._pausing.resume_mailbox(self._held(mailbox).name, by=by)

    def check(self, mailbox: str) -> Checks:
        """Look at the mailbox's domain and keep what was found.

        Raises:
            NotFoundError: there is none of that name.
        """
        return self._keep(mailbox, self._domain)

    def test(self, mailbox: str) -> Checks:
        """Connect to the mailbox's servers and log in; nothing is sent. Keeps what was found.

        Raises:
            NotFoundError: there is none of that name.
        """
        return self._keep(mailbox, self._servers)

    def send_test(self, mailbox: str) -> Checks:
        """Send a marked mail from the mailbox to its own address and look at it as it arrived. It is counted nowhere.

        Raises:
            NotFoundError: there is none of that name.
        """
        return self._keep(mailbox, self._echo)

    def _keep(self, mailbox: str, look: Look) -> Checks:
        held, now = self._held(mailbox), self._clock.now()
        found = look(held)
        with self._record.write() as connection:
            before = queries.find(connection, self._record.workspace_id, held.name, lock=True)
            told = {one.name: asdict(one) | {"at": now.isoformat()} for one in found}
            checks = dict(before["checks"] or {}) | told if before else told
            queries.note(connection, self._record.workspace_id, held.name, at=now, checks=checks, checked_at=now)
        return found

    def _health(self, connection: sa.Connection, held: MailboxSettings, known: Mapping[Any, Any] | None) -> MailboxHealth:
        now, workspace_id = self._clock.now(), self._record.workspace_id
        limits = current_limits(connection, workspace_id, held)
        count = claims.count_of_mailbox(
            connection, workspace_id, held.name, hour_ago=now - HOUR, day_start=limits.window.day_start(now), now=now,
            cap=limits.hourly_cap,
        )  # fmt: skip
        rule = verdict_now(connection, workspace_id, held.name, limits, now).rule
        row: Mapping[Any, Any] = known or {}
        return MailboxHealth(
            name=held.name, address=held.address, sender=held.sender, status=row.get("status", queries.WORKING),
            reason=row.get("reason"), code=row.get("code"), since=row.get("since"), failures=row.get("failures", 0),
            hour=count.hour, hourly_cap=held.hourly_cap, day=count.day, daily_cap=limits.cap_on(now), last=count.last,
            waits=WAITS.get(rule, rule) if rule else None, checks=row.get("checks") or {}, checked_at=row.get("checked_at"),
        )  # fmt: skip

    def _held(self, mailbox: str) -> MailboxSettings:
        if mailbox not in self._mailboxes:
            known = ", ".join(self._mailboxes) or "none"
            raise NotFoundError(f"No mailbox is called '{mailbox}' (known: {known}). They stand in gtm.toml as [[mailboxes]].")
        return self._mailboxes[mailbox]
