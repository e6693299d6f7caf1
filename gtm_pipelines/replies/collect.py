"""Collecting: each mail is read, judged and stored with its effects and the cursor in one transaction.

A process that dies between reading and the commit has changed nothing; the next one
reads the mail again. Two processes at once store a mail once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from gtm_pipelines.clock import Clock
from gtm_pipelines.ids import digest
from gtm_pipelines.log import get_logger
from gtm_pipelines.record import inbound
from gtm_pipelines.record.engine import Record
from gtm_pipelines.replies import effects
from gtm_pipelines.replies.attribute import Match, TokenReader, attribute, no_tokens
from gtm_pipelines.replies.bounces import embedded_message_ids
from gtm_pipelines.replies.classify import dated, judge
from gtm_pipelines.replies.model import (
    HUMAN_CLASSES,
    Attribution,
    Bounce,
    Collector,
    FolderCursor,
    Mailbox,
    ParsedMail,
    RawMail,
    ReplyClass,
    ReplyText,
    Verdict,
)
from gtm_pipelines.replies.parse import open_mail, parse_mail
from gtm_pipelines.replies.readers import Reader, reread

_STAMPED = re.compile(rb"^(?:X-[^:\n]{0,100}|Status):[^\n]*\n(?:[ \t][^\n]*\n)*", re.I | re.M)

log = get_logger("replies.collect")


@dataclass
class Tally:
    """Counts of one collection as it goes on."""

    fetched: int = 0
    new: int = 0
    settled: int = 0
    by_class: Counter[str] = field(default_factory=Counter)
    by_attribution: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class _Reading:
    mail: ParsedMail
    verdict: Verdict
    bounce: Bounce | None
    embedded: Sequence[str]


def content_key(raw: bytes) -> str:
    """Return what makes a mail the same mail in another folder or after a change of uidvalidity.

    A hash of all its bytes, its Message-ID among them, without line ends and without
    the headers that programs stamp on a mail after it has arrived.
    """
    header, gap, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    return digest(_STAMPED.sub(b"", header + b"\n") if gap else header, body)


@dataclass(frozen=True)
class Desk:
    """What every mail is looked at with.

    ``own`` are the addresses of every sender identity, in lower case.
    """

    record: Record
    clock: Clock
    own: frozenset[str]
    read_token: TokenReader = no_tokens
    reader: Reader | None = None
    sure: float = 0.7


def store(desk: Desk, collector: Collector, raw: RawMail, tally: Tally) -> None:
    """Store one mail and move the cursor past it, in one transaction."""
    record = desk.record
    key = content_key(raw.raw)
    known = inbound.is_known(record, collector.name, key)
    reading = None if known else _read(raw, desk)
    now = desk.clock.now()
    with record.write() as connection:
        if reading is not None:
            match = attribute(
                connection, record,
                mailbox=collector.name, mail=reading.mail, bounce=reading.bounce, embedded=reading.embedded,
                own_addresses=desk.own, read_token=desk.read_token,
            )  # fmt: skip
            stored = inbound.add(connection, record, _values(collector.name, key, raw, reading, match, now))
            if stored:
                _take_effect(connection, record, stored, raw.received_at, reading, match, now)
        else:
            stored = None
        inbound.move_cursor(
            connection, record,
            mailbox=collector.name, folder=raw.folder, uidvalidity=raw.uidvalidity, uid=raw.uid, now=now,
        )  # fmt: skip
    tally.fetched += 1
    if stored and reading is not None:
        tally.new += 1
        tally.by_attribution[match.attribution] += 1
        if match.attribution is not Attribution.OWN_COPY:
            tally.by_class[reading.verdict.cls.value] += 1


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


def _read(raw: RawMail, desk: Desk) -> _Reading:
    """Judge a mail; one that cannot be read at all is kept for a person."""
    try:
        part = open_mail(raw.raw)
        mail = parse_mail(raw.raw)
        verdict, bounce = judge(part, mail, raw.received_at)
        verdict = _second(verdict, mail, desk, raw.received_at)
        embedded = bounce.message_ids if bounce else embedded_message_ids(part)
        return _Reading(mail, verdict, bounce, embedded)
    except Exception as error:  # noqa: BLE001 - mail is hostile input, and losing one is worse than not understanding it
        log.warning("mail cannot be read", folder=raw.folder, uid=raw.uid, error=type(error).__name__)
        return _Reading(_empty_mail(), Verdict(ReplyClass.OTHER, 0.0, "The mail could not be read; look at its source"), None, ())


def _second(verdict: Verdict, mail: ParsedMail, desk: Desk, received_at: datetime) -> Verdict:
    """Ask the second reader about what a person wrote and the rules are not sure of."""
    if verdict.cls not in HUMAN_CLASSES:
        return verdict
    return dated(reread(verdict, mail.reply.text, desk.reader, desk.sure), mail.reply.text, received_at.date())


def _empty_mail() -> ParsedMail:
    return ParsedMail(None, None, (), None, None, None, "", ReplyText("", "", ""), "en", None, {})


def _values(mailbox: str, key: str, raw: RawMail, reading: _Reading, match: Match, now: datetime) -> dict[str, Any]:
    mail, verdict, row = reading.mail, reading.verdict, match.message
    return {
        "mailbox": mailbox,
        "folder": raw.folder,
        "uidvalidity": raw.uidvalidity,
        "uid": raw.uid,
        "content_key": key,
        "rfc_message_id": _clean(mail.message_id),
        "in_reply_to": _clean(mail.in_reply_to),
        "reference_ids": [_clean(r) for r in mail.references],
        "from_address": _clean(mail.from_address),
        "from_name": _clean(mail.from_name),
        "to_address": _clean(mail.to_address),
        "subject": _clean(mail.subject),
        "text": _clean(mail.reply.text),
        "language": mail.language,
        "received_at": raw.received_at,
        "class": verdict.cls.value,
        "confidence": verdict.confidence,
        "class_reason": _clean(verdict.reason),
        "return_at": returning(verdict.returns_on),
        "bounced_recipient": _clean(next(iter(reading.bounce.recipients), None)) if reading.bounce else None,
        "attribution": match.attribution.value,
        "message_id": row.id if row is not None else None,
        "campaign_id": row.campaign_id if row is not None else None,
        "contact_id": row.contact_id if row is not None else None,
        "raw": raw.raw,
        "created_at": now,
        "updated_at": now,
    }


def returning(day: date | None) -> datetime | None:
    """Return the moment a day begins, in UTC; the recipient's own working hours are the schedule's matter."""
    return None if day is None else datetime(day.year, day.month, day.day, tzinfo=UTC)


def _clean(text: str | None) -> str | None:
    """Drop what a text column cannot hold: NUL and lone surrogates."""
    return None if text is None else text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _take_effect(
    connection: Any, record: Record, inbound_id: str, received_at: datetime, reading: _Reading, match: Match, now: datetime
) -> None:
    if match.attribution is Attribution.OWN_COPY:
        return
    answer = effects.Answer(
        inbound_id=inbound_id,
        cls=reading.verdict.cls,
        reason=_clean(reading.verdict.reason) or "",
        from_address=reading.mail.from_address,
        bounced_recipient=next(iter(reading.bounce.recipients), None) if reading.bounce else None,
        received_at=received_at,
        return_at=returning(reading.verdict.returns_on),
        gone=reading.verdict.gone,
        text=_clean(reading.mail.reply.text) or "",
    )
    if match.message is None:
        effects.suppress(connection, record, answer, now, recipient=None)
    else:
        effects.apply(connection, record, match.message, answer, now)
