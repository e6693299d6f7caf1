"""Values and rules of enrichment: facts derived without asking anybody outside. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gtm_pipelines.enrichment.icp import Icp as Icp
from gtm_pipelines.enrichment.icp import IcpCriterion as IcpCriterion
from gtm_pipelines.enrichment.verification.bounces import BOUNCE_RULE as BOUNCE_RULE
from gtm_pipelines.enrichment.verification.bounces import Projection as Projection
from gtm_pipelines.intake.model import FREE_MAIL, ROLE_NAMES

ADDRESS_VERDICTS = ("valid", "role", "freemail", "disposable", "invalid")
"""What the offline check can say of an address; whether the mailbox exists it cannot know."""

DISPOSABLE = frozenset(
    "10minutemail.com dispostable.com fakeinbox.com guerrillamail.com maildrop.cc mailinator.com sharklasers.com"
    " temp-mail.org tempmail.com throwawaymail.com trashmail.com yopmail.com".split()
)
"""Providers of addresses that are thrown away."""


@dataclass(frozen=True)
class Page:
    """A web page as it was read: what a visitor sees, and what its structured data say.

    Attributes:
        url: as it was asked for.
        final_url: where it stood after redirects.
        kind: home, about, product, pricing, team, contact, careers, news, legal, other.
        title: as the page names itself.
        text: the visible text and nothing hidden, one block a line.
        language: ISO 639-1, as the text shows it; ``None`` where it does not.
        data: structured data: addresses, phones, social links, JSON-LD, meta description.
        fetched_at: when it was read.
    """

    url: str
    final_url: str
    kind: str
    title: str
    text: str
    language: str | None
    data: Mapping[str, Any]
    fetched_at: datetime


@dataclass(frozen=True)
class EnrichmentReport:
    """How many subjects were looked at, how many facts were new, and how the values spread."""

    examined: int
    added: int
    values: Mapping[str, int] = field(default_factory=dict)


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
