"""Notices that mail did not arrive: RFC 3464 reports first, then the mail systems that write prose.

Only the mail system's own words decide. A mail is looked at as a prose notice if it
comes from a mailer daemon or says so in its subject, and names a failure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from gtm_pipelines.replies.bounce_prose import may_be_notice, read_prose
from gtm_pipelines.replies.decode import decode_header_value, text_of
from gtm_pipelines.replies.html import html_to_text
from gtm_pipelines.replies.model import Bounce, BounceKind
from gtm_pipelines.replies.parse import Part, headers_of, message_ids

_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:@]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")
_ID_LINE = re.compile(r"^[>\s]{0,20}Message-ID:\s{0,100}(<[^<>\s]{1,900}>)", re.I | re.M)
_ACTIONS = {"failed", "delayed", "delivered", "relayed", "expanded"}
_ARRIVED = {"delivered", "relayed", "expanded"}
_EMBEDDED = ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global", "message/global-headers")


@dataclass(frozen=True)
class _Group:
    recipient: str
    action: str
    status: str
    diagnostic: str


def find_bounce(part: Part) -> Bounce | None:
    """Return what a notice says about the mail it is about; ``None`` for any other mail."""
    reported = _from_report(part)
    if reported:
        return reported
    if any(group.action in _ARRIVED for group in _groups(part)):
        return None
    headers = headers_of(part)
    forwarded = _forwarded_report(part)
    if forwarded:
        return forwarded
    if not may_be_notice(headers):
        return None
    text, original = _notice_text(part)
    prose = read_prose(headers, text)
    if prose is None:
        return None
    ids = embedded_message_ids(part) + tuple(_ID_LINE.findall(original or text))
    return Bounce(prose.kind, prose.recipients, prose.status, prose.reason, tuple(dict.fromkeys(ids)))


def embedded_message_ids(part: Part) -> tuple[str, ...]:
    """Return the Message-IDs of messages, or headers of messages, that ``part`` carries inside."""
    found: list[str] = []
    for inner in _walk(part):
        if inner is part or inner.get_content_type() not in _EMBEDDED:
            continue
        payload = inner.get_payload()
        if isinstance(payload, list):
            for item in payload:
                found += message_ids(headers_of(item).get("message-id")) if isinstance(item, Message) else ()
        found += _ID_LINE.findall(text_of(inner)[:100_000]) if not isinstance(payload, list) else []
    return tuple(dict.fromkeys(found))


def _forwarded_report(part: Part) -> Bounce | None:
    """Read a report that a gateway wrapped whole into another message."""
    for inner in _walk(part):
        payload = inner.get_payload()
        if inner is not part and inner.get_content_type() == "message/rfc822" and isinstance(payload, list) and payload:
            return _from_report(payload[0]) if isinstance(payload[0], Message) else None
    return None


def _from_report(part: Part) -> Bounce | None:
    groups = list(_groups(part))
    failed = [g for g in groups if g.action == "failed" or (g.action not in _ACTIONS and g.status[:1] in ("4", "5"))]
    delayed = [g for g in groups if g.action == "delayed"]
    told = failed or delayed
    if not told:
        return None
    first = next((g for g in told if g.status.startswith("5")), told[0])
    kind = _kind(first) if failed else BounceKind.DELAYED
    ids = embedded_message_ids(part)
    if not ids:
        text, original = _notice_text(part)
        ids = tuple(_ID_LINE.findall(original or text))
    return Bounce(kind, tuple(dict.fromkeys(g.recipient for g in told)), first.status or None, _reason(first, kind), ids)


def _kind(group: _Group) -> BounceKind:
    return BounceKind.SOFT if group.status.startswith("4") else BounceKind.HARD


def _reason(group: _Group, kind: BounceKind) -> str:
    words = {BounceKind.HARD: "refused for good", BounceKind.SOFT: "given up for now", BounceKind.DELAYED: "delayed, still tried"}
    said = f": {group.diagnostic[:300]}" if group.diagnostic else ""
    return f"Delivery report: {words[kind]}, status {group.status or 'unknown'}{said}"


def _groups(part: Part) -> Iterator[_Group]:
    """Yield the per-recipient groups of every delivery status; odd ones too, if they name an address."""
    for inner in _walk(part):
        if inner.get_content_type() not in ("message/delivery-status", "message/global-delivery-status"):
            continue
        payload = inner.get_payload()
        for item in payload if isinstance(payload, list) else []:
            if not isinstance(item, Message):
                continue
            fields = {name.lower(): decode_header_value(str(value)) for name, value in item.raw_items()}
            recipient = _address(fields.get("original-recipient")) or _address(fields.get("final-recipient"))
            if recipient:
                status = _STATUS.search(fields.get("status", "")) or _STATUS.search(fields.get("diagnostic-code", ""))
                yield _Group(
                    recipient,
                    fields.get("action", "").split("(")[0].strip().lower(),
                    status[1] if status else "",
                    fields.get("diagnostic-code", "").partition(";")[2].strip() or fields.get("diagnostic-code", ""),
                )


def _address(value: str | None) -> str | None:
    found = _ADDRESS.search((value or "").partition(";")[2] or value or "")
    return found[0].lower() if found and ".." not in found[0] else None


def _walk(part: Part) -> Iterator[Part]:
    """Yield ``part`` and its parts in order, without entering an embedded message."""
    waiting = [part]
    seen = 0
    while waiting and seen < 1000:
        current = waiting.pop(0)
        seen += 1
        yield current
        payload = current.get_payload()
        if isinstance(payload, list) and (current is part or current.get_content_maintype() == "multipart"):
            waiting[:0] = [item for item in payload if isinstance(item, Message)]


_ORIGINAL = re.compile(
    r"^[\s>*]{0,20}(?:[-=_*]{2,}\s*)?(?:original message(?: headers?)?(?: follows?| text)?|"
    r"below (?:this|the next) line is (?:a|the) copy|(?:this is )?a copy of (?:your|the) (?:original )?message|"
    r"message header follows|headers? of (?:the )?(?:original|returned)|"
    r"the header of the original message|the (?:first|text) .{0,40}original message|"
    r"(?:unsent|returned|undelivered|bounced) message (?:follows|below|is)|original message (?:follows|header)|"
    r"return-path: |received: (?:from|by)|"
    r"копия (?:исходного )?(?:письма|сообщения)|текст (?:исходного )?(?:письма|сообщения)|"
    r"заголовки (?:исходного )?(?:письма|сообщения)).{0,80}$",
    re.I | re.M,
)


def _notice_text(part: Part) -> tuple[str, str]:
    """Return the notice's own words and the copy of the original that follows them as text."""
    texts: list[str] = []
    for inner in _walk(part):
        kind = inner.get_content_type()
        if inner is not part and (kind in _EMBEDDED):
            break
        if kind.startswith("text/") and not isinstance(inner.get_payload(), list):
            texts.append(html_to_text(text_of(inner)) if kind == "text/html" else text_of(inner))
    whole = "\n".join(texts)[:200_000]
    cut = _ORIGINAL.search(whole)
    return (whole[: cut.start()], whole[cut.start() :]) if cut and cut.start() > 0 else (whole, "")
