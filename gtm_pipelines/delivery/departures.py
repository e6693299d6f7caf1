"""Simulate when messages leave: windows of people, caps and gaps of mailboxes, and the peace of contacts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from gtm_pipelines.delivery import policy
from gtm_pipelines.delivery.schedule import Book, Limits, limits_of
from gtm_pipelines.delivery.window import Window, window_for
from gtm_pipelines.record import mailboxes as boxes
from gtm_pipelines.record import messages
from gtm_pipelines.record.workdays import Place, place_of
from gtm_pipelines.settings import DeliverySettings, MailboxSettings

_BACK = timedelta(hours=25)


class Departure(NamedTuple):
    """When a message leaves: its moment and the rule that put it off, or no moment and the rule that never lets it go."""

    at: datetime | None
    never: str | None = None
    waits: str | None = None


@dataclass(frozen=True)
class Wish:
    """A message that shall leave.

    Attributes:
        contact_id: to whom.
        mailbox: from where.
        seed: of the chance added to the gap: what names the message, such as its Message-ID.
        place: where the contact is.
        earliest: not before this moment, since the mail before it is too fresh or the person is away.
        answer: whether it answers what the contact wrote: then it waits for no days of peace.
    """

    contact_id: str
    mailbox: str
    seed: str
    place: Place = field(default_factory=Place)
    earliest: datetime | None = None
    answer: bool = False


def wish_of(row: Mapping[Any, Any], seed: str) -> Wish:
    """Return the wish of a draft or message (with ``snapshot``, ``enrolment_status``, ``next_at``, ``paused_until``)."""
    return Wish(row["contact_id"], row["mailbox"], seed, place_of(row["snapshot"]), policy.earliest(row), policy.is_answer(row))


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
        self._limits: dict[str, Limits] = {}

    def due(self, wanted: Sequence[Wish]) -> list[Departure]:
        """Return when each of these messages may leave."""
        moments = self._moments(sorted({wish.contact_id for wish in wanted}), waiting=True)
        order = sorted(range(len(wanted)), key=lambda n: self._free(moments, wanted[n])[0])
        answers: dict[int, Departure] = {}
        for number in order:
            wish = wanted[number]
            free, waits = self._free(moments, wish)
            verdict = self._book(wish.mailbox).reserve(free, self._window(wish), wish.seed)
            answers[number] = Departure(verdict.moment, verdict.rule, verdict.waited or waits)
            if verdict.moment:
                moments.setdefault(wish.contact_id, []).append(verdict.moment)
        return [answers[number] for number in range(len(wanted))]

    def held(self, wanted: Sequence[Wish]) -> list[bool]:
        """Tell which of these messages wait for their person, whoever else is written to."""
        moments = self._moments(sorted({wish.contact_id for wish in wanted}), waiting=True)
        return [self._free(moments, wish)[1] is not None for wish in wanted]

    def waits(self, campaign_id: str, queued: Sequence[Mapping[Any, Any]]) -> dict[str, str]:
        """Return, by message id, the rule that keeps each of these queued messages from leaving at once, where one does.

        Args:
            campaign_id: of which campaign they are; what else it has queued is stopped, or comes after them.
            queued: the messages.
        """
        moments = self._moments(sorted({m["contact_id"] for m in queued}))
        books: dict[str, Book] = {}
        found: dict[str, str] = {}
        for one in sorted(queued, key=lambda m: (m["due_at"], m["id"])):
            book = books.get(one["mailbox"]) or books.setdefault(one["mailbox"], self._others(one["mailbox"], campaign_id))
            wish = wish_of(one, one["rfc_message_id"])
            free, waits = self._free(moments, wish)
            verdict = book.reserve(free, self._window(wish), wish.seed)
            rule = verdict.rule or verdict.waited or waits
            if rule is None and one["due_at"] > self._now:
                rule = "server.deferred" if one["state"] == "deferred" else "queue.order"
            if rule is not None:
                found[one["id"]] = rule
        return found

    def _moments(self, contact_ids: Sequence[str], *, waiting: bool = False) -> dict[str, list[datetime]]:
        since = policy.contact_since(self._now, self._rules)
        return messages.contact_moments(self._connection, self._workspace_id, contact_ids, since=since, waiting=waiting)

    def _others(self, mailbox: str, campaign_id: str) -> Book:
        """Return what has left a mailbox, and what is due from it of other campaigns."""
        due = messages.due(self._connection, self._workspace_id, mailbox, but_of=campaign_id)
        return Book(self._limit(mailbox), [*self._left(mailbox), *due])

    def _left(self, mailbox: str) -> list[datetime]:
        return messages.left(self._connection, self._workspace_id, mailbox, since=self._now - _BACK, now=self._now)

    def _free(self, moments: Mapping[str, list[datetime]], wish: Wish) -> tuple[datetime, str | None]:
        """Return from when somebody may be written to, and the rule that makes them wait so long."""
        held = {"contact.gap": policy.contact_free_from(moments.get(wish.contact_id, []), self._rules, answer=wish.answer)}
        held["sequence.wait"] = wish.earliest
        late = {rule: at for rule, at in held.items() if at is not None and at > self._now}
        rule = max(late, key=lambda one: late[one], default=None)
        return (late[rule], rule) if rule else (self._now, None)

    def _window(self, wish: Wish) -> Window:
        return window_for(self._mailboxes[wish.mailbox].window, wish.place)

    def _limit(self, mailbox: str) -> Limits:
        if mailbox not in self._limits:
            self._limits[mailbox] = current_limits(self._connection, self._workspace_id, self._mailboxes[mailbox])
        return self._limits[mailbox]

    def _book(self, mailbox: str) -> Book:
        if mailbox not in self._books:
            taken = self._left(mailbox) + messages.due(self._connection, self._workspace_id, mailbox)
            self._books[mailbox] = Book(self._limit(mailbox), taken)
        return self._books[mailbox]


def current_limits(connection: sa.Connection, workspace_id: str, mailbox: MailboxSettings) -> Limits:
    """Return a mailbox's limits as they stand: its ramp counts from the day a person set, else from its first message.

    Raises:
        SettingsError: its time zone is unknown.
    """
    if not mailbox.ramp_start:
        return limits_of(mailbox)
    state = boxes.find(connection, workspace_id, mailbox.name)
    since = state["ramp_from"] if state else None
    return limits_of(mailbox, since or messages.first_left(connection, workspace_id, mailbox.name))
