"""Failure notices written as prose, in English and Russian, by systems that send no RFC 3464 report."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gtm_pipelines.replies.model import BounceKind

_SENDER = re.compile(
    r"mailer.?daemon|postmaster|mail delivery|delivery (?:sub)?system|mail administrator|mdaemon|mailadmin|"
    r"system administrator|mail system|autoresponder-bounce|<>",
    re.I,
)
_SUBJECT = re.compile(
    r"undeliver|delivery (?:status|failure|has failed|problem|report|error|notification|unsuccessful)|deliver(?:y|ed)? failed|"
    r"fail(?:ure|ed)? (?:notice|delivery|mail)|failed mail|returned mail|mail (?:error|delivery|not delivered|could not)|"
    r"returned to sender|non-?delivery|automatically rejected|processing error|could ?n[o']t (?:be delivered|send)|"
    r"not delivered|non remis|message (?:delayed|status)|"
    r"unzustellbar|unknown (?:user|address)|user unknown|delivery delay|delayed (?:mail|\d)|"
    r"не доставлен|недоставлен|не удалось доставить|ошибка доставки|невозможно доставить|возврат письма|задержк",
    re.I,
)
_ANSWER = re.compile(r"^\s*(?:re|fw|fwd|отв|ответ)\s*:", re.I)
_FAILURE = re.compile(
    r"(?:could|can|did|was|were|is|are|has|have) ?(?:not|n[o']t|nnot)\b.{0,60}\bdeliver|unable to deliver|undeliver|"
    r"not able to deliver|"
    r"fail(?:ed|ure) to deliver|delivery .{0,40}fail|deliver(?:y|ed) (?:to|of) .{0,80}(?:fail|not)|"
    r"permanent(?:ly)? (?:fatal )?(?:error|fail)|"
    r"did not (?:receive|reach)|mail(?:box)? (?:address )?(?:is )?(?:unavailable|disabled|full|inactive)|over (?:its |"
    r"the )?quota|exceed.{0,30}quota|"
    r"(?:user|mailbox|account|address|recipient|userid|username)s? .{0,40}(?:unknown|not (?:exist|found|valid|listed|"
    r"available)|does(?: not|n't)|invalid|rejected|full|closed|disabled)|"
    r"(?:unknown|no such|invalid|bad|illegal|inactive) .{0,30}(?:user|mailbox|address|recipient|userid|account|domain|"
    r"host|alias)|not (?:a valid|known)|"
    r"doesn'?t have an? .{0,40}account|no (?:user|account|mailbox)|not (?:yet )?been delivered|\b5\d\d[ -]\S|"
    r"\b[45]\.\d{1,3}\.\d{1,3}\b|"
    r"message (?:was|has been) (?:rejected|refused|returned)|relaying denied|not accepting|has been returned|"
    r"was automatically rejected|was aborted|could not find a gateway|final email delivery|did not (?:exactly )?match|"
    r"domain does not exist|gave up|giving up|"
    r"n'a pas p[uû]|impossible|non puo|konnte nicht|nicht zugestellt|"
    r"не (?:может быть |было |был[аи]? |удалось )?доставлен|не удалось доставить|(?:пользователь|адрес|ящик|"
    r"получатель).{0,40}не (?:найден|существует)|"
    r"(?:ящик|почта).{0,30}переполнен|не существует|недоступен|отклонен",
    re.I,
)
_DELAYED = re.compile(
    r"not yet been delivered|has been (?:delayed|postponed)|delivery .{0,30}delayed|could not send message for past|"
    r"will (?:continue|keep|be re).{0,40}(?:try|attempt|retr)|"
    r"delivery attempts will continue|still (?:being tried|trying)|this is (?:only )?a warning|warning message only|"
    r"do not need to resend|not? need to resend|"
    r"доставка .{0,30}(?:отложена|задерж)|попытки доставки (?:будут|продолж)",
    re.I,
)
_SOFT = re.compile(
    r"\b4\.\d{1,3}\.\d{1,3}\b|\b4[2-5]\d[ -](?=\S)|mailbox (?:is )?full|quota|try (?:again )?later|temporar(?:y|ily)|"
    r"переполнен|временно|превышен",
    re.I,
)
_HARD = re.compile(r"\b5\.\d{1,3}\.\d{1,3}\b|\b55\d[ -]\S|permanent", re.I)
_STATUS = re.compile(r"\b([45]\.\d{1,3}\.\d{1,3})\b")
_ADDRESS = re.compile(
    r"(?<![\w.+-])[A-Za-z0-9_%+!#$&*/?^{|}~-][A-Za-z0-9._%+!#$&'*/?^{|"
    r"}~-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z0-9-]{2,24}"
)
_ALONE = re.compile(
    r"^[\s>*\-•.\d()]{0,40}(?:(?:user|recipient|address|email|rcpt to|failed address)(?:\s*:\s*|"
    r"\s+))?[\"'<(\[]{0,3}(?P<address>[^\s<>\"'()\[\]@]{1,64}@[^\s<>\"'()\[\]@]{1,255}?)[\"'>)\]]{0,3}[.,;:]{0,3}"
    r"(?:\s*\(.{0,80}\)[:.]?)?\s*$",
    re.I,
)
_EXPANDED = re.compile(r"\(expanded from:\s{0,9}<?([^\s<>()@]{1,64}@[^\s<>()@]{1,255}?)>?\)", re.I)
"""The address as it was written to, where an alias led further."""
_OPENING = re.compile(r"^\s*<(?P<address>[^\s<>@]{1,64}@[^\s<>@]{1,255})>\s*[:.;,(-]")
_IGNORED_LINE = re.compile(
    r"^\W*(?:from|to|b?cc|sender|message-id|reply-to|return-path|received|return address|reported by|reporting|"
    r"x-[\w-]+)\b\s*:|please (?:contact|reply|forward|send)|"
    r"(?:contact|help|questions?|problems?|assistance|forward|reply)\b.{0,60}@|message from\b|sent (?:to you )?by\b|from <",
    re.I,
)
_IGNORED = re.compile(r"^(?:mailer-daemon|postmaster|abuse|mailadmin|hostmaster|support|admin(?:istrator)?|webmaster)@", re.I)


@dataclass(frozen=True)
class Prose:
    """What a notice in prose says."""

    kind: BounceKind
    recipients: tuple[str, ...]
    status: str | None
    reason: str


def read_prose(headers: Mapping[str, str], text: str) -> Prose | None:
    """Return what a notice says in its own ``text``; ``None`` if it is no notice."""
    if not may_be_notice(headers):
        return None
    failed = tuple(a.lower() for a in _ADDRESS.findall(headers.get("x-failed-recipients", "")))
    sender = _from_system(headers)
    words = text[:20_000]
    cue = _cue(words)
    if not failed and cue is None and not (sender and _names_recipients(words)):
        return None
    said = " ".join((cue[0] if cue else headers.get("subject", "")).split())[:200]
    recipients = failed or _recipients(headers, words)
    if not recipients and not sender:
        return None
    status = _STATUS.search(words)
    kind = _kind(headers.get("subject", ""), words)
    return Prose(kind, recipients, status[1] if status else None, f"Delivery notice says: {said}")


def may_be_notice(headers: Mapping[str, str]) -> bool:
    """Tell whether the headers leave room for a notice, before anybody reads the text: most mail is none."""
    subject, sender = headers.get("subject", ""), _from_system(headers)
    if _SUBJECT.search(subject):
        return sender or not _ANSWER.match(subject)
    return sender or bool(_ADDRESS.search(headers.get("x-failed-recipients", "")))


def _from_system(headers: Mapping[str, str]) -> bool:
    return bool(_SENDER.search(headers.get("from", "") or "<>")) or headers.get("return-path", "").strip() == "<>"


def _cue(words: str) -> re.Match[str] | None:
    """Return the first words that tell of a failure, on one line or wrapped over two."""
    beginning = " ".join(words[:3000].split())
    by_line = (match for line in words.splitlines() if (match := _FAILURE.search(line[:400])))
    return next(by_line, None) or _FAILURE.search(beginning) or _DELAYED.search(beginning)


def _kind(subject: str, words: str) -> BounceKind:
    if _DELAYED.search(words) or re.search(r"\bdelay(?:ed)?\b", subject, re.I):
        return BounceKind.DELAYED
    if _SOFT.search(words) and not _HARD.search(words):
        return BounceKind.SOFT
    return BounceKind.HARD


def _names_recipients(words: str) -> bool:
    """Tell a mailer daemon's list of ``<address>:``, whatever the language of the words around it."""
    return any(_OPENING.match(line[:400]) for line in words.splitlines()[:200])


def is_address(text: str) -> bool:
    """Tell whether ``text`` can be an address: whole, and without two dots in a row (masked ones have three)."""
    return bool(_ADDRESS.fullmatch(text)) and ".." not in text


def _recipients(headers: Mapping[str, str], words: str) -> tuple[str, ...]:
    """Return the addresses the notice is about.

    Those on their own line; else those in a line that tells of the failure; else any in a sentence.
    """
    alone: list[str] = []
    told: list[str] = []
    loose: list[str] = []
    for line in words.splitlines()[:2000]:
        head = line[:400]
        match = _ALONE.match(head) or _OPENING.match(head) or _EXPANDED.search(head)
        if match and is_address(match[1]):
            alone.append(match[1].lower())
        elif "@" in head and not _IGNORED_LINE.search(head):
            found = [a.lower() for a in _ADDRESS.findall(head)]
            loose += found
            told += found if _FAILURE.search(head) else []
    wanted = (_wanted(headers, addresses) for addresses in (alone, told, loose))
    return next((addresses for addresses in wanted if addresses), ())


def _wanted(headers: Mapping[str, str], addresses: list[str]) -> tuple[str, ...]:
    """Leave out our own addresses, the mail system's and what is none."""
    own = {
        a.lower()
        for name in ("to", "from", "sender", "reply-to", "delivered-to")
        for a in _ADDRESS.findall(headers.get(name, ""))
    }
    return tuple(dict.fromkeys(a for a in addresses if a not in own and not _IGNORED.match(a) and is_address(a)))
