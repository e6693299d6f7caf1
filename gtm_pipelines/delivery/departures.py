"""Simulate when messages leave: windows, caps and gaps of mailboxes, and the peace of contacts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from gtm_pipelines.delivery import policy
from gtm_pipelines.delivery.schedule import Book, limits_of
from gtm_pipelines.record import messages
from gtm_pipelines.settings import DeliverySettings, MailboxSettings

_BACK = timedelta(hours=25)


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

    def due(self, wanted: Sequence[tuple[str, str]]) -> list[tuple[datetime | None, str | None]]:
        """Return, for each (contact, mailbox), its moment, or ``None`` and the rule that never lets it go."""
        since = policy.contact_since(self._now, self._rules)
        moments = messages.contact_moments(
            self._connection, self._workspace_id, sorted({contact for contact, _ in wanted}), since=since, waiting=True
        )
        order = sorted(range(len(wanted)), key=lambda n: self._free(moments.get(wanted[n][0], [])))
        answers: dict[int, tuple[datetime | None, str | None]] = {}
        for number in order:
            contact, mailbox = wanted[number]
            verdict = self._book(mailbox).reserve(self._free(moments.get(contact, [])))
            answers[number] = verdict.moment, verdict.rule
            if verdict.moment:
                moments.setdefault(contact, []).append(verdict.moment)
        return [answers[number] for number in range(len(wanted))]

    def _free(self, moments: list[datetime]) -> datetime:
        free = policy.contact_free_from(moments, self._rules)
        return self._now if free is None else max(free, self._now)

    def _book(self, mailbox: str) -> Book:
        if mailbox not in self._books:
            left = messages.left(self._connection, self._workspace_id, mailbox, since=self._now - _BACK, now=self._now)
            taken = left + messages.due(self._connection, self._workspace_id, mailbox)
            self._books[mailbox] = Book(limits_of(self._mailboxes[mailbox]), taken)
        return self._books[mailbox]
