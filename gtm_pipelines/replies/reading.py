"""One mail read and judged: what is stored of it, before anything of the record is looked at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from gtm_pipelines.clock import Clock
from gtm_pipelines.ids import digest
from gtm_pipelines.log import get_logger
from gtm_pipelines.record.engine import Record
from gtm_pipelines.replies.attribute import Match, TokenReader, no_tokens
from gtm_pipelines.replies.bounces import embedded_message_ids
from gtm_pipelines.replies.classify import BY_WORDS, beside_calendar, dated, judge
from gtm_pipelines.replies.model import HUMAN_CLASSES, Attribution, ParsedMail, RawMail, Reading, ReplyClass, ReplyText, Verdict
from gtm_pipelines.replies.parse import open_mail, parse_part
from gtm_pipelines.replies.readers import Reader, reread

_STAMPED = re.compile(rb"^(?:X-[^:\n]{0,100}|Status):[^\n]*\n(?:[ \t][^\n]*\n)*", re.I | re.M)

log = get_logger("replies.collect")


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


def read(raw: RawMail, desk: Desk) -> Reading:
    """Judge a mail; one that cannot be read at all is kept for a person."""
    try:
        part = open_mail(raw.raw)
        mail = parse_part(part)
        verdict, bounce = judge(part, mail, raw.received_at)
        verdict = _second(verdict, mail, desk, raw.received_at)
        embedded = bounce.message_ids if bounce else embedded_message_ids(part)
        return Reading(mail, verdict, bounce, embedded)
    except Exception as error:  # noqa: BLE001 - mail is hostile input, and losing one is worse than not understanding it
        log.warning("mail cannot be read", folder=raw.folder, uid=raw.uid, error=type(error).__name__)
        return Reading(_empty_mail(), Verdict(ReplyClass.OTHER, 0.0, "The mail could not be read; look at its source"), None, ())


def _second(verdict: Verdict, mail: ParsedMail, desk: Desk, received_at: datetime) -> Verdict:
    """Ask the second reader about what a person wrote and the rules are not sure of; most calendars leave nothing to ask."""
    if verdict.cls not in HUMAN_CLASSES or (mail.calendar and mail.calendar.status not in BY_WORDS):
        return verdict
    text = mail.reply.text
    second = dated(reread(verdict, text, desk.reader, desk.sure), text, received_at.date())
    return beside_calendar(second, mail.calendar) if mail.calendar else second


def _empty_mail() -> ParsedMail:
    return ParsedMail(None, None, (), None, None, None, "", ReplyText("", "", ""), "en", None, {})


def values(mailbox: str, key: str, raw: RawMail, reading: Reading, match: Match, now: datetime) -> dict[str, Any]:
    """Return the row of a mail in the record."""
    mail, verdict, row = reading.mail, reading.verdict, match.message
    return {
        "mailbox": mailbox,
        "folder": raw.folder,
        "uidvalidity": raw.uidvalidity,
        "uid": raw.uid,
        "content_key": key,
        "rfc_message_id": clean(mail.message_id),
        "in_reply_to": clean(mail.in_reply_to),
        "reference_ids": [clean(r) for r in mail.references],
        "from_address": clean(mail.from_address),
        "from_name": clean(mail.from_name),
        "to_address": clean(mail.to_address),
        "subject": clean(mail.subject),
        "text": clean(mail.reply.text),
        "language": mail.language,
        "received_at": raw.received_at,
        "class": verdict.cls.value,
        "confidence": verdict.confidence,
        "class_reason": clean(verdict.reason),
        "return_at": returning(verdict.returns_on),
        "bounced_recipient": clean(next(iter(reading.bounce.recipients), None)) if reading.bounce else None,
        "attribution": match.attribution.value,
        "message_id": row.id if row is not None else None,
        "campaign_id": row.campaign_id if row is not None else None,
        "contact_id": row.contact_id if row is not None else None,
        "raw": raw.raw,
        "handled_at": None if verdict.waits and match.attribution is not Attribution.OWN_COPY else now,
        "created_at": now,
        "updated_at": now,
    }


def returning(day: date | None) -> datetime | None:
    """Return the moment a day begins, in UTC; the recipient's own working hours are the schedule's matter."""
    return None if day is None else datetime(day.year, day.month, day.day, tzinfo=UTC)


def clean(text: str | None) -> str | None:
    """Drop what a text column cannot hold: NUL and lone surrogates."""
    return None if text is None else text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
