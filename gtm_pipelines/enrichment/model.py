"""Values and rules of enrichment: facts derived without asking anybody outside. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gtm_pipelines.intake.model import FREE_MAIL

ADDRESS_VERDICTS = ("valid", "role", "freemail", "disposable", "invalid")
"""What the offline check can say of an address; whether the mailbox exists it cannot know."""

ROLE_NAMES = frozenset(
    "abuse admin billing careers contact enquiries help hello hr info jobs mail marketing noreply no-reply office orders"
    " postmaster press sales service support team webmaster zakaz priemnaya buh".split()
)
"""Local parts that reach a desk, not a person (the role mailboxes of RFC 2142, and what offices add)."""

DISPOSABLE = frozenset(
    "10minutemail.com dispostable.com fakeinbox.com guerrillamail.com maildrop.cc mailinator.com sharklasers.com"
    " temp-mail.org tempmail.com throwawaymail.com trashmail.com yopmail.com".split()
)
"""Providers of addresses that are thrown away."""

_SENIORITY = (
    ("founder", ("founder", "co-founder", "owner", "основатель", "учредитель", "владелец", "собственник")),
    ("c_level", ("chief", "ceo", "cto", "cfo", "coo", "cmo", "cio", "генеральный директор", "president", "президент")),
    ("vp", ("vice president", "vp ", "вице-президент")),
    ("director", ("director", "директор")),
    ("head", ("head of", "lead", "руководитель", "начальник", "заведующ")),
    ("manager", ("manager", "менеджер", "управляющ")),
)
_FUNCTION = (
    ("technology", ("cto", "cio", "technolog", "engineer", "head of it", "технич", "ит", "разработ", "software", "developer")),
    ("sales", ("sales", "revenue", "account executive", "продаж", "коммерческ")),
    ("marketing", ("marketing", "cmo", "growth", "маркетинг")),
    ("operations", ("operation", "coo", "logistic", "office", "операцион", "логист", "офис")),
    ("finance", ("finance", "cfo", "account", "финанс", "бухгалт")),
    ("general_management", ("ceo", "founder", "owner", "president", "генеральный директор", "основатель", "владелец")),
)


@dataclass(frozen=True)
class EnrichmentReport:
    """How many subjects were looked at, how many facts were new, and how the values spread."""

    examined: int
    added: int
    values: Mapping[str, int] = field(default_factory=dict)


def seniority(title: str) -> str | None:
    """Return the seniority a job title names, in English or Russian, or ``None``."""
    return _first_match(title, _SENIORITY)


def job_function(title: str) -> str | None:
    """Return the department a job title names, in English or Russian, or ``None``."""
    return _first_match(title, _FUNCTION)


def address_verdict(address: str, *, is_valid: bool) -> tuple[str, float]:
    """Judge an address without asking its server.

    Args:
        address: the address, as ``local@domain``.
        is_valid: whether its syntax is right.

    Returns:
        A verdict from ``ADDRESS_VERDICTS`` and the confidence in it, 0 to 1. A good
        syntax alone leaves 0.6, the least confidence the policy lets act on.
    """
    if not is_valid:
        return "invalid", 1.0
    local, _, domain = address.lower().rpartition("@")
    if domain in DISPOSABLE:
        return "disposable", 0.95
    if local in ROLE_NAMES:
        return "role", 0.9
    if domain in FREE_MAIL:
        return "freemail", 0.9
    return "valid", 0.6


def _first_match(title: str, rules: tuple[tuple[str, tuple[str, ...]], ...]) -> str | None:
    """Return the first rule one of whose words begins a word of the title."""
    text = " " + title.lower().replace("&", " ").replace(",", " ") + " "
    for value, words in rules:
        if any(_has(text, word) for word in words):
            return value
    return None


def _has(text: str, word: str) -> bool:
    """Short words must stand alone, longer ones may go on (``технич`` in ``технический``)."""
    return f" {word.strip()} " in text if len(word.strip()) <= 3 else f" {word}" in text
