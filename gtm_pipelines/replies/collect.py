"""Collecting: mails are read and judged, then stored with their effects and the cursor, some dozens in one transaction.

A process that dies between reading and the commit has changed nothing; the next one
reads those mails again. Two processes at once store a mail once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from gtm_pipelines.clock import Clock
from gtm_pipelines.meetings.ics import name_in
from gtm_pipelines.record import inbound, meetings, suppressions
from gtm_pipelines.record.engine import Record
from gtm_pipelines.replies import effects
from gtm_pipelines.replies.attribute import Match, attribute, ids_of
from gtm_pipelines.replies.model import Attribution, Collector, FolderCursor, Mailbox, RawMail, Reading
from gtm_pipelines.replies.reading import Desk, clean, content_key, log, read, returning, values

BATCH_MAILS = 50
"""Most mails one transaction stores: what a kill costs to read again, and what other writers wait for at the longest.
Measured: 50 share a commit as well as 200 do."""
BATCH_BYTES = 8_000_000
"""About the most bytes of mail held at a time; a larger mail goes alone."""
LONGEST_READING = timedelta(seconds=2)
"""For how long mails that are read wait to be stored: a second reader may be a model that takes seconds for each."""


@dataclass
class Tally:
    """Counts of one collection as it goes on."""

    fetched: int = 0
    new: int = 0
    settled: int = 0
    by_class: Counter[str] = field(default_factory=Counter)
    by_attribution: Counter[str] = field(default_factory=Counter)


def batches(mails: Iterable[RawMail]) -> Iterator[list[RawMail]]:
    """Yield mails in lists that are stored together; what came before a mailbox fails is yielded before the failure is raised."""
    coming = iter(mails)
    batch: list[RawMail] = []
    size = 0
    while True:
        try:
            mail = next(coming, None)
        except BaseException:
            if batch:
                yield batch
            raise
        if batch and (mail is None or len(batch) >= BATCH_MAILS or size + len(mail.raw) > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        if mail is None:
            return
        batch.append(mail)
        size += len(mail.raw)


@dataclass(frozen=True)
class _Held:
    """A mail about to be stored; ``reading`` is ``None`` for one that the record has, of which only the cursor speaks."""

    key: str
    mail: RawMail
    reading: Reading | None


def store(desk: Desk, collector: Collector, mails: Sequence[RawMail], tally: Tally) -> None:
    """Read mails and store them; while a reader takes its time, what is read already does not wait for the rest."""
    keys = [content_key(mail.raw) for mail in mails]
    known = inbound.known_keys(desk.record, collector.name, keys)
    held: list[_Held] = []
    begun = desk.clock.now()
    for key, mail in zip(keys, mails, strict=True):
        held.append(_Held(key, mail, None if key in known else read(mail, desk)))
        known.add(key)
        if desk.clock.now() - begun > LONGEST_READING:
            _keep(desk, collector, held, tally)
            held, begun = [], desk.clock.now()
    if held:
        _keep(desk, collector, held, tally)


def _keep(desk: Desk, collector: Collector, held: Sequence[_Held], tally: Tally) -> None:
    """Commit mails together; each alone if the engine refuses them together, so that what comes before a refused one is kept."""
    try:
        stored = _commit(desk, collector, held)
    except DBAPIError as error:
        if len(held) == 1:
            raise
        log.warning("mails stored one by one", mailbox=collector.name, error=type(error.orig).__name__)
        for one in held:
            _keep(desk, collector, [one], tally)
        return
    tally.fetched += len(held)
    tally.new += len(stored)
    for reading, match in stored:
        tally.by_attribution[match.attribution] += 1
        if match.attribution is not Attribution.OWN_COPY:
            tally.by_class[reading.verdict.cls.value] += 1


def _commit(desk: Desk, collector: Collector, held: Sequence[_Held]) -> list[tuple[Reading, Match]]:
    """Write what is new, its effects in the order of arrival, and the cursors; return what was new.

    Another process may have been faster. The lock comes first: two collections, or one and a
    claim, would else hold what the other waits for.
    """
    record, now = desk.record, desk.clock.now()
    with record.write() as connection:
        suppressions.lock(connection, record.workspace_id)
        found = _attribute(connection, desk, collector, held)
        rows = [values(collector.name, one.key, one.mail, reading, match, now) for one, reading, match in found]
        ids = inbound.add_all(connection, record, rows)
        fresh = [(ids[one.key], one, reading, match) for one, reading, match in found if one.key in ids]
        for inbound_id, one, reading, match in fresh:
            _take_effect(connection, record, inbound_id, one.mail.received_at, reading, match, now)
        for mail in {one.mail.folder: one.mail for one in held}.values():
            inbound.move_cursor(
                connection, record,
                mailbox=collector.name, folder=mail.folder, uidvalidity=mail.uidvalidity, uid=mail.uid, now=now,
            )  # fmt: skip
    return [(reading, match) for _, _, reading, match in fresh]


def _attribute(
    connection: sa.Connection, desk: Desk, collector: Collector, held: Sequence[_Held]
) -> list[tuple[_Held, Reading, Match]]:
    """Match every new mail, with one look at the messages that any of them names, and one at the invitations."""
    new = [(one, one.reading) for one in held if one.reading is not None]
    named = {clean(name) or "" for _, reading in new for name in ids_of(reading.mail, reading.embedded)}
    known = inbound.messages_by_rfc_id(connection, desk.record, sorted(named))
    calendars = [reading.mail.calendar for _, reading in new if known.keys().isdisjoint(ids_of(reading.mail, reading.embedded))]
    invitations = meetings.invited(connection, desk.record.workspace_id, [name_in(one.uid) for one in calendars if one])
    given: dict[str, Any] = {"known": known, "invitations": invitations, "own_addresses": desk.own, "read_token": desk.read_token}
    return [(one, reading, attribute(connection, desk.record, collector.name, reading, **given)) for one, reading in new]


def cursor_of(record: Record, mailbox: str) -> dict[str, FolderCursor]:
    """Return where reading goes on."""
    return {folder: FolderCursor(*at) for folder, at in inbound.cursors(record, mailbox).items()}


def settle_unknown(record: Record, clock: Clock, collector: Collector, mailbox: Mailbox, tally: Tally) -> None:
    """Settle what may have left: by the mail that came back, then by the Sent folder."""
    with record.write() as connection:
        for row in inbound.proven_unknown(connection, record):
            tally.settled += effects.settle(connection, record, row, clock.now(), source="a mail that came back")
    if not collector.sent_folder:
        return
    for row in inbound.unknown_of(record, collector.name):
        if mailbox.contains_message_id(collector.sent_folder, row.rfc_message_id):
            with record.write() as connection:
                tally.settled += effects.settle(connection, record, row, clock.now(), source=f"folder {collector.sent_folder}")


def _take_effect(
    connection: Any, record: Record, inbound_id: str, received_at: datetime, reading: Reading, match: Match, now: datetime
) -> None:
    if match.attribution is Attribution.OWN_COPY:
        return
    answer = effects.Answer(
        inbound_id=inbound_id,
        cls=reading.verdict.cls,
        reason=clean(reading.verdict.reason) or "",
        from_address=reading.mail.from_address,
        bounced_recipient=next(iter(reading.bounce.recipients), None) if reading.bounce else None,
        received_at=received_at,
        return_at=returning(reading.verdict.returns_on),
        gone=reading.verdict.gone,
        text=clean(reading.mail.reply.text) or "",
    )
    if match.message is None:
        effects.suppress(connection, record, answer, now, recipient=None)
    else:
        effects.apply(connection, record, match.message, answer, now)
