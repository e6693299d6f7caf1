"""Values of insights: the closed form a model fills in, the material of one subject, and what is kept of an answer. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from gtm_pipelines.enrichment.icp import KNOWN_AS, Icp, Reason, Score
from gtm_pipelines.enrichment.source import SubjectType
from gtm_pipelines.record.settled import Settled

SOURCE, QUOTE = "insight", "quote"
"""Source and field of the facts that quotes out of pages become, so that every claim names a fact."""
SECTIONS = ("summary", "pains", "triggers", "angles")
MOST_CLAIMS = 6
"""Of a section; a longer one is no summary."""
PRIVATE = frozenset(
    "email email_verification email_server phone linkedin_url address first_name last_name full_name quote".split()
)
"""Fields that no model is shown: nothing is concluded from them."""


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class ClaimForm(_Form):
    """One claim as a model answers it."""

    text: str = Field(description="One statement, one sentence.")
    sources: tuple[str, ...] = Field(description="Ids of the facts or pages it rests on, such as f2 or p1; at least one.")
    quote: str = Field(description="The words it rests on, copied out of one of those sources, three words or more.")


class InsightForm(_Form):
    """What the facts and pages of one company or person say that matters to the offer."""

    summary: tuple[ClaimForm, ...] = Field(description="Who they are and what they do; two or three claims.")
    pains: tuple[ClaimForm, ...] = Field(description="Problems they show that the offer answers; none rather than a guess.")
    triggers: tuple[ClaimForm, ...] = Field(
        description="What has happened that makes now a good moment; none rather than a guess."
    )
    angles: tuple[ClaimForm, ...] = Field(description="How a first mail could begin, each from something they say or do.")


@dataclass(frozen=True)
class Text:
    """One text that may be cited.

    Attributes:
        handle: what a model calls it.
        kind: fact or page.
        id: its id in the record.
        text: all that may be quoted of it.
        url: where it stands, if anywhere.
        expires_at: from when it must not be taken as known.
    """

    handle: str
    kind: Literal["fact", "page"]
    id: str
    text: str
    url: str | None = None
    expires_at: datetime | None = None
    confidence: float = 0.7


@dataclass(frozen=True)
class Material:
    """All that is put before a model about one subject; nothing of anybody else's.

    Attributes:
        type: company or contact.
        id: its id.
        name: of the company, as it is called in texts.
        known: field → the value that counts, for the score.
        settled: field → what counts, with its fact.
        texts: what may be cited, by handle.
        withheld: lines of its pages that speak to machines and are shown to none.
    """

    type: SubjectType
    id: str
    name: str
    known: Mapping[str, str]
    settled: Mapping[str, Settled]
    texts: Mapping[str, Text]
    withheld: int = 0


@dataclass(frozen=True)
class Claim:
    """A claim that stands.

    Attributes:
        text: what is claimed.
        facts: ids of the facts it rests on.
        quote: the words it rests on, as they stand in a fact or in the visible text of a page.
        url: of that page, or where that fact is from.
        page: id of that page.
    """

    text: str
    facts: tuple[str, ...]
    quote: str
    url: str | None = None
    page: str | None = None


@dataclass(frozen=True)
class Dropped:
    """A claim that does not stand, and why."""

    section: str
    text: str
    reason: str


@dataclass(frozen=True)
class Point:
    """What one criterion of the ideal customer gave, and the facts that show it."""

    field: str
    op: str
    values: tuple[str, ...]
    weight: str
    text: str
    verdict: str
    points: float
    of: float
    known: str | None
    rules_out: bool
    facts: tuple[str, ...]


@dataclass(frozen=True)
class Insight:
    """What is to be thought of one company or person.

    Attributes:
        fit: 0 to 100; ``None`` where no ideal customer profile is confirmed.
        confidence: 0 to 1: of what was asked how much is known, and of what was claimed how much stands.
    """

    id: str
    type: SubjectType
    subject_id: str
    summary: str
    fit: int | None
    points: tuple[Point, ...]
    claims: Mapping[str, tuple[Claim, ...]]
    dropped: tuple[Dropped, ...]
    model: str | None
    confidence: float
    created_at: datetime
    strategy_id: str | None = None
    trace_id: str | None = None


@dataclass(frozen=True)
class Grounded:
    """What is left of an answer: claims by section, and what was taken out."""

    claims: Mapping[str, tuple[Claim, ...]]
    dropped: tuple[Dropped, ...] = field(default=())

    @property
    def share(self) -> float:
        """Of the claims how many stand, 0 to 1."""
        kept = sum(len(each) for each in self.claims.values())
        return kept / (kept + len(self.dropped)) if kept or self.dropped else 0.0


def points_of(score: Score, settled: Mapping[str, Settled]) -> tuple[Point, ...]:
    """Return the reasons of a score, each with the facts that show it."""
    return tuple(_point(reason, settled) for reason in score.reasons)


def _point(reason: Reason, settled: Mapping[str, Settled]) -> Point:
    asked = reason.criterion
    names = KNOWN_AS.get(asked.field, (asked.field,))
    facts = tuple(settled[name].fact.id for name in names if name in settled) if reason.known is not None else ()
    return Point(
        asked.field, asked.op, asked.values, asked.weight, asked.text, reason.verdict, round(reason.points, 1),
        round(reason.of, 1), reason.known, reason.rules_out, facts,
    )  # fmt: skip


def confidence_of(score: Score | None, grounded: Grounded | None) -> float:
    """Return how sure an insight is: the mean of what is known of the criteria, and of the claims that stand."""
    told = [score.certainty] if score is not None else []
    told += [grounded.share] if grounded is not None else []
    return round(sum(told) / len(told), 3) if told else 0.0


def plain(values: tuple[Any, ...]) -> list[dict[str, Any]]:
    """Return claims, points or what was dropped as they are stored."""
    return [asdict(each) for each in values]


def offer_of(icp: Icp | None) -> str:
    """Return the offer in words, for a model."""
    if icp is None:
        return "unknown"
    parts = [icp.offer, "Pains it answers: " + "; ".join(icp.pains), "Good moments: " + "; ".join(icp.signals)]
    return "\n".join(part for part in parts if not part.endswith(": ") and part)
