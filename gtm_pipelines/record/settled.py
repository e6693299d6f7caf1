"""Which of several facts about one field counts. Values and the one rule; no I/O.

The rule, first difference wins:

1. What a **person** chose counts, until they withdraw it (a fact of source ``person`` without a value).
2. What has **expired** does not count, nor what the same source has said anew since: of each source only its
   newest fact stands.
3. Of what stands, the greater **confidence** counts.
4. Of equal confidence, the source of the higher **rank**; of equal rank, the newer fact.

Nothing is removed: facts that lose stay, and are shown beside the one that counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

PERSON = "person"
"""The source of a fact that a person chose."""
ACT_ON = 0.6
"""Least confidence on which anything acts (the specification's policy figure)."""
RANKS: Mapping[str, int] = {
    PERSON: 100, "import": 90, "merge": 90, "registry": 80, "csv_lookup": 75, "website": 70, "apollo_company": 60,
    "apollo_person": 60, "hunter_finder": 60, "hunter_verifier": 60, "hunter_company": 60, "leadmagic_finder": 60,
    "leadmagic_verifier": 60, "firecrawl": 55, "exa": 50, "parallel": 45, "rules": 40, "offline_check": 40, "web_search": 30,
    "dns_check": 65,
}  # fmt: skip
"""How much a source is believed where confidences are equal; others have ``DEFAULT_RANK``."""
DEFAULT_RANK = 50
FREE_TEXT = frozenset({"description", "summary", "technologies", "keywords", "address"})
"""Fields in which two sources never say the same words and do not contradict each other for that."""


@dataclass(frozen=True)
class Statement:
    """One fact as the rule sees it."""

    id: str
    field: str
    value: str | None
    source: str
    confidence: float
    retrieved_at: datetime
    expires_at: datetime | None = None
    url: str | None = None
    evidence: str | None = None

    @classmethod
    def of(cls, row: Any) -> Statement:
        """Return a row of ``fact``."""
        return cls(
            row.id, row.field, row.value, row.source, row.confidence, row.retrieved_at, row.expires_at, row.url, row.evidence
        )


@dataclass(frozen=True)
class Settled:
    """What counts of one field of one subject.

    Attributes:
        fact: the fact that counts.
        because: ``person``, ``only``, ``confidence``, ``rank`` or ``newest``: what decided.
        others: facts that stand too and say something else, strongest first.
    """

    fact: Statement
    because: str
    others: tuple[Statement, ...] = ()

    @property
    def value(self) -> str:
        """The value that counts."""
        return self.fact.value or ""

    @property
    def confidence(self) -> float:
        """How sure it is, 0 to 1."""
        return self.fact.confidence

    @property
    def contested(self) -> bool:
        """Whether another source, sure enough to be acted on, says otherwise, and no person has decided."""
        surely = any(other.confidence >= ACT_ON for other in self.others)
        return surely and self.because != PERSON and self.fact.field not in FREE_TEXT


def settle(statements: Iterable[Statement], now: datetime, ranks: Mapping[str, int] = RANKS) -> Settled | None:
    """Apply the rule to the facts about one field of one subject.

    Args:
        statements: every fact about it, in any order.
        now: what counts as expired.
        ranks: source → rank.

    Returns:
        What counts, or ``None`` where nothing does.
    """
    standing = [one for one in newest(statements) if one.value is not None and not _expired(one, now)]
    if not standing:
        return None
    ordered = sorted(standing, key=lambda one: _strength(one, ranks), reverse=True)
    first = ordered[0]
    same = same_form(first.field, first.value)
    others = tuple(one for one in ordered[1:] if same_form(one.field, one.value) != same)
    return Settled(first, _because(first, ordered[1:], ranks), others)


def newest(statements: Iterable[Statement]) -> list[Statement]:
    """Return the newest fact of each source."""
    latest: dict[str, Statement] = {}
    for one in statements:
        held = latest.get(one.source)
        if held is None or (one.retrieved_at, one.id) >= (held.retrieved_at, held.id):
            latest[one.source] = one
    return list(latest.values())


def same_form(field: str, value: str | None) -> str:
    """Return the form in which two values of a field are compared: case, spaces and the dress of an address aside."""
    text = " ".join((value or "").split()).casefold()
    if field in ("website", "linkedin_url", "domain"):
        return re.sub(r"^(https?://)?(www\.)?", "", text).rstrip("/")
    if field in ("phone", "tin", "registration_number"):
        return re.sub(r"[^0-9a-zа-я]", "", text)
    return text


def by_field(statements: Sequence[Statement]) -> dict[str, list[Statement]]:
    """Return field → its facts."""
    found: dict[str, list[Statement]] = {}
    for one in statements:
        found.setdefault(one.field, []).append(one)
    return found


def _expired(one: Statement, now: datetime) -> bool:
    return one.expires_at is not None and one.expires_at <= now and one.source != PERSON


def _strength(one: Statement, ranks: Mapping[str, int]) -> tuple[bool, float, int, datetime, str]:
    return one.source == PERSON, one.confidence, ranks.get(one.source, DEFAULT_RANK), one.retrieved_at, one.id


def _because(first: Statement, rest: Sequence[Statement], ranks: Mapping[str, int]) -> str:
    if first.source == PERSON:
        return PERSON
    differing = [one for one in rest if same_form(one.field, one.value) != same_form(first.field, first.value)]
    if not differing:
        return "only"
    second = differing[0]
    if second.confidence < first.confidence:
        return "confidence"
    return "rank" if ranks.get(second.source, DEFAULT_RANK) < ranks.get(first.source, DEFAULT_RANK) else "newest"
