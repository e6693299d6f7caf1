"""Raw mail to what the rules look at. Broken mail gives less; it never raises."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from gtm_pipelines.replies.calendars import answer_in, words_beside
from gtm_pipelines.replies.decode import decode_header_value, text_of
from gtm_pipelines.replies.html import html_to_text
from gtm_pipelines.replies.model import ParsedMail
from gtm_pipelines.replies.quotes import split_reply

MOST_REFERENCES = 100
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,900}>")
_CYRILLIC = re.compile("[а-яё]", re.I)
_LATIN = re.compile("[a-z]", re.I)

Part = Message
"""A message or one of its parts, under the tolerant ``compat32`` policy."""


def open_mail(raw: bytes) -> Part:
    """Return the message tree of ``raw``."""
    return message_from_bytes(raw)


def headers_of(part: Part) -> dict[str, str]:
    """Return decoded headers by lower-case name, first of each; tolerant of anything."""
    found: dict[str, str] = {}
    for name, value in part.raw_items():
        if name.lower() not in found:
            found[name.lower()] = decode_header_value(str(value))
    return found


def message_ids(value: str | None) -> tuple[str, ...]:
    """Return every ``<id>`` in a header's value, in order, each once."""
    return tuple(dict.fromkeys(_MESSAGE_ID.findall(value or "")[-MOST_REFERENCES:]))


def addresses_in(value: str | None) -> tuple[tuple[str, str], ...]:
    """Return (name, address) pairs of an address header; addresses in lower case."""
    try:
        pairs = getaddresses([(value or "")[:10_000]])
    except (ValueError, IndexError, TypeError):
        return ()
    return tuple((name, address.strip().lower()) for name, address in pairs if "@" in address)


def body_text(part: Part) -> str:
    """Return the words of a mail: its first plain part, else its first HTML part as text."""
    html = ""
    for leaf in _leaves(part):
        kind = leaf.get_content_type()
        if kind == "text/plain" or (kind == "text/enriched" and not html):
            text = text_of(leaf)
            if text.strip():
                return text
        elif kind == "text/html" and not html:
            html = html_to_text(text_of(leaf))
    return html


def _leaves(part: Part) -> list[Part]:
    """Return the shown leaves in order: no attachments, nothing of an embedded message."""
    found: list[Part] = []
    waiting = [part]
    while waiting and len(found) < 1000:
        current = waiting.pop(0)
        if current.get_content_type() == "message/rfc822" and current is not part:
            continue
        payload = current.get_payload()
        if isinstance(payload, list):
            waiting[:0] = [item for item in payload if isinstance(item, Message)]
        elif (current.get_content_disposition() or "inline") == "inline":
            found.append(current)
    return found


def language_of(text: str) -> str:
    """Return ``ru`` where Cyrillic letters prevail, else ``en``."""
    sample = text[:20_000]
    return "ru" if len(_CYRILLIC.findall(sample)) > len(_LATIN.findall(sample)) else "en"


def parse_mail(raw: bytes) -> ParsedMail:
    """Return what the rules may know of ``raw``."""
    return parse_part(open_mail(raw))


def parse_part(part: Part) -> ParsedMail:
    """Return what the rules may know of a mail that is open already."""
    headers = headers_of(part)
    senders = addresses_in(headers.get("from"))
    recipients = addresses_in(headers.get("to"))
    replied_to = message_ids(headers.get("in-reply-to"))
    sender = senders[0][1] if senders else None
    calendar = answer_in(part, sender)
    body = body_text(part)
    reply = words_beside(calendar, body, headers) if calendar else split_reply(body)
    title = calendar.title if calendar else ""
    return ParsedMail(
        message_id=next(iter(message_ids(headers.get("message-id"))), None),
        in_reply_to=replied_to[0] if replied_to else None,
        references=message_ids(headers.get("references")),
        from_address=sender,
        from_name=senders[0][0] or None if senders else None,
        to_address=recipients[0][1] if recipients else None,
        subject=headers.get("subject", ""),
        reply=reply,
        language=language_of(reply.text or title or headers.get("subject", "")),
        sent_at=sent_at(headers.get("date")),
        headers=headers,
        calendar=calendar,
    )


def sent_at(value: str | None) -> datetime | None:
    """Return the moment a ``Date`` header names, in UTC; ``None`` if it names none."""
    if not value:
        return None
    try:
        moment = parsedate_to_datetime(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
