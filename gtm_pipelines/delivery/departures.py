"""Simulate when messages leave: windows, caps and gaps of mailboxes, and the peace of contacts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from gtm_pipelines.delivery import policy
from gtm_pipelines.delivery.schedule import Book, limits_of
from gtm_pipelines.record import messages
from gtm_pipelines.settings import DeliverySettings, MailboxSettings

_BACK = timedelta(hours=25)


class Departure(NamedTuple):
    """When a message leaves: its moment and the rule that put it off, or no moment and the rule that never lets it go."""

    at: datetime | None
    never: str | None = None
    waits: str | None = None


class Departures:
    """What is taken already, read once, and the moments given out since.

    Args:
        connection: the transaction to read in.
        workspace_id: whose messages.
        mailboxes: the mailboxes in force, by name.
        rules: the contacts' gap and cap.
        now: the earliest moment.
    """

    def __init__(
        self,
        connection: sa.Connection,
        workspace_id: str,
        mailboxes: Mapping[str, MailboxSettings],
        rules: DeliverySettings,
        now: datetime,
    ) -> None:
        self._connection = connection
        self._workspace_id = workspace_id
        self._mailboxes = mailboxes
        self._rules = rules
        self._now = now
        self._books: dict[str, Book] = {}

    def due(self, wanted: Sequence[tuple[str, str]]) -> list[Departure]:
        """Return when each (contact, mailbox) may leave."""
        since = policy.contact_since(self._now, self._rules)
        moments = messages.contact_moments(
            self._connection, self._workspace_id, sorted({contact for contact, _ in wanted}), since=since, waiting=True
        )
        order = sorted(range(len(wanted)), key=lambda n: self._free(moments.get(wanted[n][0], [])))
        answers: dict[int, Departure] = {}
        for number in order:
            contact, mailbox = wanted[number]
            free = self._free(moments.get(contact, []))
            verdict = self._book(mailbox).reserve(free)
            answers[number] = Departure(verdict.moment, verdict.rule, verdict.waited or self._in_peace(free))
            if verdict.moment:
                moments.setdefault(contact, []).append(verdict.moment)
        return [answers[number] for number in range(len(wanted))]

    def waits(self, queued: Sequence[Mapping[Any, Any]]) -> dict[str, str]:
        """Return, by message id, the rule that keeps each of these queued messages from leaving at once, where one does."""
        moments = messages.contact_moments(
            self._connection, self._workspace_id, sorted({m["contact_id"] for m in queued}),
            since=policy.contact_since(self._now, self._rules),
        )  # fmt: skip
        books: dict[str, Book] = {}
        found: dict[str, str] = {}
        for one in sorted(queued, key=lambda m: (m["due_at"], m["id"])):
            book = books.get(one["mailbox"]) or books.setdefault(one["mailbox"], self._others(one["mailbox"], queued))
            free = self._free(moments.get(one["contact_id"], []))
            verdict = book.reserve(free)
            rule = verdict.rule or verdict.waited or self._in_peace(free)
            if rule is None and one["due_at"] > self._now:
                rule = "server.deferred" if one["state"] == "deferred" else "queue.order"
            if rule is not None:
                found[one["id"]] = rule
        return found

    def _others(self, mailbox: str, queued: Sequence[Mapping[Any, Any]]) -> Book:
        """Return what has left a mailbox, and what is due from it beside ``queued``."""
        due = Counter(messages.due(self._connection, self._workspace_id, mailbox))
        due -= Counter(one["due_at"] for one in queued if one["mailbox"] == mailbox)
        return Book(limits_of(self._mailboxes[mailbox]), [*self._left(mailbox), *due.elements()])

    def _in_peace(self, free: datetime) -> str | None:
        return "contact.gap" if free > self._now else None

    def _left(self, mailbox: str) -> list[datetime]:
        return messages.left(self._connection, self._workspace_id, mailbox, since=self._now - _BACK, now=self._now)

    def _free(self, moments: list[datetime]) -> datetime:
        free = policy.contact_free_from(moments, self._rules)
        return self._now if free is None else max(free, self._now)

    def _book(self, mailbox: str) -> Book:
        if mailbox not in self._books:
            taken = self._left(mailbox) + messages.due(self._connection, self._workspace_id, mailbox)
            self._books[mailbox] = Book(limits_of(self._mailboxes[mailbox]), taken)
        return self._books[mailbox]
