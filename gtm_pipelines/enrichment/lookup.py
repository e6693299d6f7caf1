"""Values of one look-up: what came of it, what may be spent, and what ends it before it began. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from gtm_pipelines.enrichment.source import Fact, Source, SourceAnswerError
from gtm_pipelines.errors import PolicyError

LONGEST_VALUE = 2_000
"""Characters of one value; longer ones are cut."""
LONGEST_EVIDENCE = 500


class CeilingReachedError(PolicyError):
    """A ceiling does not leave what one look-up can cost.

    Args:
        scope: whose ceiling: ``month:...``, ``run:...`` or ``record:...``.
        most: what the look-up can cost, in US dollars.
    """

    def __init__(self, scope: str, most: float) -> None:
        kind = scope.partition(":")[0]
        self.scope, self.kind = scope, kind
        super().__init__(
            f"enrichment.{kind}_ceiling",
            f"The ceiling of the {kind} does not leave ${most:.4f} for another look-up. "
            f"Raise {kind}_ceiling_usd in [enrichment], or leave it at what is known.",
        )


@dataclass(frozen=True)
class Ceilings:
    """The most that may be spent, in US dollars; ``None`` for no ceiling."""

    record: float | None
    run: float | None
    month: float | None


@dataclass(frozen=True)
class Outcome:
    """What came of asking a source.

    Attributes:
        status: found, empty, failed or unknown.
        facts: what it gave.
        cost_usd: what it took.
        error_code: stable name of what went wrong.
        error_text: the same in words, without keys.
        lasts: whether the outcome may be taken as known for the source's lifetime.
    """

    status: str
    facts: tuple[Fact, ...] = ()
    cost_usd: float = 0.0
    error_code: str | None = None
    error_text: str | None = None
    lasts: bool = True


def accepted(source: Source, facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """Return facts as they are kept: trimmed, cut to length, without those that say nothing.

    Raises:
        SourceAnswerError: a fact is not what the contract of a source says.
    """
    kept = []
    for one in facts:
        _check(source, one)
        value = _clean(one.value)[:LONGEST_VALUE]
        evidence = _clean(one.evidence)[:LONGEST_EVIDENCE] if one.evidence else None
        url = one.url if one.url and one.url.startswith(("http://", "https://")) else None
        if value:
            kept.append(replace(one, value=value, evidence=evidence or None, url=url))
    return tuple(kept)


def cost_of(source: Source, facts: Sequence[Fact]) -> float:
    """Return what a look-up cost: what the facts say they cost, or else what the source's price makes of it."""
    said = sum(one.cost_usd for one in facts)
    return said if said > 0 else source.price.of(len(facts))


def plain(fact: Fact) -> dict[str, Any]:
    """Return a fact as a look-up's answer keeps it."""
    return {
        "field": fact.field, "value": fact.value, "confidence": fact.confidence, "url": fact.url, "evidence": fact.evidence,
        "retrieved_at": fact.retrieved_at.isoformat(), "expires_at": fact.expires_at.isoformat() if fact.expires_at else None,
    }  # fmt: skip


def from_plain(source: str, kept: Mapping[str, Any]) -> Fact:
    """Return a fact out of a look-up's answer; it costs nothing the second time."""
    expires = kept.get("expires_at")
    return Fact(
        kept["field"], kept["value"], source, kept["confidence"], _moment(kept["retrieved_at"]), kept.get("url"),
        kept.get("evidence"), 0.0, _moment(expires) if expires else None,
    )  # fmt: skip


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _check(source: Source, one: Fact) -> None:
    faults = {
        f"the field '{one.field}', which it does not offer": one.field not in source.fields,
        f"a fact in the name of '{one.source}'": one.source != source.name,
        f"a confidence of {one.confidence}": not 0 <= one.confidence <= 1,
        "a moment without a time zone": one.retrieved_at.tzinfo is None,
        "a value that is no text": not isinstance(one.value, str),
    }
    for fault, present in faults.items():
        if present:
            raise SourceAnswerError(f"The source '{source.name}' gave {fault}. Update it, or switch it off.")


def _clean(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text.replace("\r", "")).strip()
