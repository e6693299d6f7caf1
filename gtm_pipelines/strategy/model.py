"""Values and rules of a strategy: its documents, what they rest on, how good their context was. No I/O."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from gtm_pipelines.errors import InputError, PolicyError
from gtm_pipelines.strategy.claims import COMPANY_FIELDS, PERSON_FIELDS, Claim, Criterion
from gtm_pipelines.strategy.documents import FORMS, KINDS, Content, Kind, coverage, paths, sections

__all__ = [
    "COMPANY_FIELDS", "FORMS", "GATE", "KINDS", "PERSON_FIELDS", "Assessment", "Claim", "Content", "ContextMissingError",
    "Correction", "Criteria", "Criterion", "Document", "Dropped", "Evidence", "Kind", "Quality", "Strategy", "coverage",
    "describe", "paths", "person", "quality_of", "sections",
]  # fmt: skip

Quality = Literal["sufficient", "partial", "insufficient", "missing"]
GATE = 0.7
"""Least quality of required context before a document is written (the specification's figure)."""
LANGUAGES = ("en", "ru")
_PERSON = re.compile(r"person:\S.*")


class ContextMissingError(InputError):
    """A document's required context is missing or too thin. Give more of what the text names."""

    code = "strategy.context"

    def __init__(self, message: str, assessments: tuple[Assessment, ...] = ()) -> None:
        super().__init__(message)
        self.assessments = assessments


@dataclass(frozen=True)
class Assessment:
    """How good a piece of context is, and what it lacks.

    Attributes:
        context: ``website_content`` or the kind of an earlier document.
        score: 0 to 1, by the measure in ``assess``.
        freshness_hours: since it was read or written; ``None`` where there is none.
        gaps: what is missing, in words.
        source: where it came from: ``website``, ``given``, ``strategy``.
        version: the number of the document; ``None`` for pages.
        cached: whether it was kept from an earlier reading.
    """

    context: str
    score: float
    freshness_hours: float | None
    gaps: tuple[str, ...]
    source: str
    version: int | None = None
    cached: bool = False

    @property
    def quality(self) -> Quality:
        """The score in a word."""
        return quality_of(self.score)


def quality_of(score: float) -> Quality:
    """Return a score in a word: sufficient above 0.8, partial from 0.6, insufficient from 0.4 (the specification's figures)."""
    if score > 0.8:
        return "sufficient"
    if score >= 0.6:
        return "partial"
    return "insufficient" if score >= 0.4 else "missing"


@dataclass(frozen=True)
class Evidence:
    """What a claim rests on: words that stand somewhere.

    Attributes:
        id: how claims of the document name it.
        kind: page, document, person or catalogue.
        source: address of a page, path of an earlier claim (``product_overview.features.0``), a person, a catalogue entry.
        quote: the words.
        start: where they begin in the visible text of the page or claim, in characters; ``None`` where that says nothing.
        end: where they end.
        at: when the source was read or written.
    """

    id: str
    kind: Literal["page", "document", "person", "catalogue"]
    source: str
    quote: str
    start: int | None = None
    end: int | None = None
    at: str | None = None
    title: str | None = None


@dataclass(frozen=True)
class Dropped:
    """A claim that was taken out, and why."""

    path: str
    text: str
    why: str


@dataclass(frozen=True)
class Document:
    """One version of one document."""

    id: str
    strategy_id: str
    kind: Kind
    number: int
    content: Content
    confidence: float
    confidences: Mapping[str, float]
    evidence: tuple[Evidence, ...]
    dropped: tuple[Dropped, ...]
    context: tuple[Assessment, ...]
    author: str
    trace_id: str | None
    correction_id: str | None
    created_at: datetime

    @property
    def coverage(self) -> float:
        """The share of its sections that hold something."""
        return coverage(self.content)

    def uses(self) -> dict[str, int]:
        """Return the earlier documents it was made from, with their numbers."""
        return {each.context: each.version for each in self.context if each.version is not None}


@dataclass(frozen=True)
class Strategy:
    """One offer's strategy with the newest version of each document."""

    id: str
    name: str
    website: str
    language: str
    status: Literal["draft", "confirmed", "archived"]
    created_by: str
    created_at: datetime
    confirmed_at: datetime | None
    confirmed_by: str | None
    version: int
    documents: Mapping[Kind, Document] = field(default_factory=dict)

    def stale(self) -> dict[Kind, tuple[str, ...]]:
        """Return the documents whose own sources have a newer version, each with those sources."""
        found: dict[Kind, tuple[str, ...]] = {}
        for kind, document in self.documents.items():
            older = [name for name, number in document.uses().items() if self._number(name) > number]
            if older:
                found[kind] = tuple(older)
        return found

    def _number(self, kind: str) -> int:
        return next((document.number for name, document in self.documents.items() if name == kind), 0)


@dataclass(frozen=True)
class Correction:
    """What a person corrected and what came of it: a fact, and an example to learn from."""

    id: str
    strategy_id: str
    kind: Kind
    scope: Literal["field", "section", "global", "undo"]
    path: str | None
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    guidance: str | None
    changes: tuple[Mapping[str, Any], ...]
    notes: tuple[str, ...]
    confidence_before: float | None
    confidence_after: float | None
    actor: str
    created_at: datetime


@dataclass(frozen=True)
class Criteria:
    """What a strategy says about whom to look for, as values that segments and scoring take."""

    wanted: tuple[Criterion, ...]
    unwanted: tuple[Criterion, ...]
    people: tuple[Criterion, ...]


def describe(criterion: Criterion) -> str:
    """Return a criterion as a short phrase."""
    words = {"is": "is", "is_not": "is not", "contains": "contains", "at_least": "at least", "at_most": "at most"}
    return f"{criterion.field.replace('_', ' ')} {words[criterion.op]} {' or '.join(criterion.values)}"


def person(by: str) -> str:
    """Return who decides as ``person:NAME``.

    Raises:
        InputError: nobody is named.
        PolicyError: a machine is named where only a person may decide.
    """
    name = by.strip()
    if not name:
        raise InputError("Say who does it: name the person, such as --by anna.")
    actor = name if ":" in name else f"person:{name}"
    if not _PERSON.fullmatch(actor):
        raise PolicyError("strategy.person", f"'{name}' is not a person. Only a person corrects and confirms a strategy.")
    return actor
