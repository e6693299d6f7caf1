"""A source for tests and trials that knows what it is told to know: it passes the contract like every other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from gtm_pipelines.clock import Clock
from gtm_pipelines.enrichment.source import Fact, Price, Subject, SubjectType
from gtm_pipelines.enrichment.sources.own import FREE, Findings


@dataclass
class FakeSource:
    """Answers from a table.

    Attributes:
        clock: what the time is.
        answers: a known value, such as a domain → field → value.
        by: the known field that is looked up.
        confidence: of every fact.
        before: called with the subject before it answers; may raise what a source raises.
        asked: whom it was asked about, in order.
    """

    clock: Clock
    answers: Mapping[str, Mapping[str, str]]
    name: str = "fake"
    by: str = "domain"
    fields: frozenset[str] = frozenset({"industry", "employee_count", "city"})
    subjects: frozenset[SubjectType] = frozenset({"company"})
    price: Price = FREE
    confidence: float = 0.8
    per_host: bool = False
    before: Callable[[Subject], None] = lambda _subject: None
    asked: list[str] = field(default_factory=list)
    closed: bool = False

    @property
    def needs(self) -> frozenset[str]:
        """The field that is looked up."""
        return frozenset({self.by})

    async def enrich(self, subject: Subject) -> list[Fact]:
        """Return what the table holds."""
        self.asked.append(subject.known[self.by])
        self.before(subject)
        values = self.answers.get(subject.known[self.by], {})
        evidence = "; ".join(f"{name}: {value}" for name, value in values.items())
        return Findings(self.name, self.clock).facts(values, self.confidence, url="https://fake.example", evidence=evidence)

    async def aclose(self) -> None:
        """Note that nobody needs it any more."""
        self.closed = True
