"""Which of our messages an inbound mail answers: by Message-ID first, never by its sender alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.meetings.answers import CalendarAnswer
from gtm_pipelines.meetings.ics import name_in
from gtm_pipelines.record import inbound
from gtm_pipelines.record.engine import Record
from gtm_pipelines.replies.model import Attribution, ParsedMail, Reading

TokenReader = Callable[[str], str | None]
"""Returns the id of the message an unsubscribe token was made for; ``None`` for a forged one."""

_TOKEN = re.compile(r"^\W*unsubscribe\s+(\S{10,500})\s*$", re.I)


def no_tokens(_token: str) -> str | None:
    """Know no token."""
    return None


@dataclass(frozen=True)
class Match:
    """What an inbound mail was matched with; ``message`` is ``None`` for the queue and own copies."""

    attribution: Attribution
    message: sa.Row[Any] | None = None


def attribute(
    connection: sa.Connection,
    record: Record,
    mailbox: str,
    reading: Reading,
    *,
    known: Mapping[str, sa.Row[Any]],
    invitations: Mapping[str, Mapping[int, str]],
    own_addresses: frozenset[str],
    read_token: TokenReader = no_tokens,
) -> Match:
    """Find the message a mail answers.

    In this order: our own copy; In-Reply-To; References, nearest first; the
    Message-ID of an original the mail carries; the signed token in the subject that
    our unsubscribe address asks for; the UID of the invitation that a calendar
    answers; the recipient a bounce names, if exactly one message went to it from
    this mailbox.

    Args:
        known: our messages by Message-ID, at least those that ``ids_of`` names.
        invitations: ids of our messages by the name of the entry they invite to and by the state of it.
    """
    mail, bounce = reading.mail, reading.bounce
    if bounce is None and (mail.from_address in own_addresses or mail.message_id in known):
        return Match(Attribution.OWN_COPY)
    for attribution, ids in _named(mail, reading.embedded):
        for rfc_id in ids:
            if rfc_id in known:
                return Match(attribution, known[rfc_id])
    token = _TOKEN.match(mail.subject)
    named = read_token(token[1]) if token else None
    row = inbound.message_by_id(connection, record, named) if named else None
    if row is not None:
        return Match(Attribution.UNSUBSCRIBE_LINK, row)
    answered = _invited(mail.calendar, invitations) if mail.calendar else None
    if answered and (row := inbound.message_by_id(connection, record, answered)) is not None:
        return Match(Attribution.CALENDAR, row)
    sent = inbound.messages_to(connection, record, mailbox, bounce.recipients) if bounce else []
    return Match(Attribution.RECIPIENT, sent[0]) if len(sent) == 1 else Match(Attribution.NONE)


def _invited(answer: CalendarAnswer, invitations: Mapping[str, Mapping[int, str]]) -> str | None:
    """Return the message that a calendar answers; the UID is as good as a signature, whoever answers."""
    states = invitations.get(name_in(answer.uid), {})
    return states.get(answer.sequence or 0, states.get(0))


def ids_of(mail: ParsedMail, embedded: Sequence[str]) -> frozenset[str]:
    """Return every Message-ID that says something about where a mail belongs, its own among them."""
    own = (mail.message_id,) if mail.message_id else ()
    return frozenset([*own, *(one for _, ids in _named(mail, embedded) for one in ids)])


def _named(mail: ParsedMail, embedded: Sequence[str]) -> tuple[tuple[Attribution, tuple[str, ...]], ...]:
    return (
        (Attribution.IN_REPLY_TO, (mail.in_reply_to,) if mail.in_reply_to else ()),
        (Attribution.REFERENCES, tuple(reversed(mail.references))),
        (Attribution.EMBEDDED, tuple(embedded)),
    )
