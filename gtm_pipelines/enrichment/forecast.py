"""A dry run: whom a run would ask about whom, what that can cost, and why not for the rest. Asks nobody, writes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from gtm_pipelines.enrichment.lookup import Ceilings
from gtm_pipelines.enrichment.plan import Plan
from gtm_pipelines.enrichment.question import Question, question_for
from gtm_pipelines.enrichment.scope import Reader, Scope
from gtm_pipelines.enrichment.source import Subject
from gtm_pipelines.record import lookups
from gtm_pipelines.record.engine import Record


@dataclass
class SourceForecast:
    """What a run would ask of one source.

    Attributes:
        source: its name.
        first: questions that are asked for certain: it is the first in line for a field.
        later: questions that are asked only where those before it gave too little.
        answered: questions whose answers are on record and are taken from there.
        unknown: questions that are not asked again, because nobody knows what came of them.
        too_little: subjects of which too little is known, so far, to ask it.
        least_usd: what the certain questions cost if all of them find nothing.
        most_usd: what all questions can cost.
    """

    source: str
    first: int = 0
    later: int = 0
    answered: int = 0
    unknown: int = 0
    too_little: int = 0
    least_usd: float = 0.0
    most_usd: float = 0.0


@dataclass(frozen=True)
class Forecast:
    """What a run would do.

    Attributes:
        subjects: how many the run would be about.
        asking: of how many something would be asked.
        fields: field → of how many it is missing.
        sources: what each source would be asked, in the order of the plan.
        why_not: why nothing is asked about the rest → how many.
        most_usd: what the run can cost, ceilings aside.
        ceiling_usd: what it may cost: the least that the ceilings of the run and of the month leave.
    """

    subjects: int
    asking: int
    fields: dict[str, int]
    sources: list[SourceForecast]
    why_not: dict[str, int]
    most_usd: float
    ceiling_usd: float | None

    @property
    def within(self) -> bool:
        """Whether the ceilings leave room for the dearest course of events."""
        return self.ceiling_usd is None or self.most_usd <= self.ceiling_usd


@dataclass
class Forecaster:
    """Counts what a run would do.

    Args:
        record: where everything is.
        plan: whom to ask for what.
        reader: of the subjects.
        ceilings: what may be spent.
    """

    record: Record
    plan: Plan
    reader: Reader
    ceilings: Ceilings
    _by_source: dict[str, SourceForecast] = field(default_factory=dict)
    _fields: Counter[str] = field(default_factory=Counter)
    _why_not: Counter[str] = field(default_factory=Counter)
    _asking: int = 0

    def run(self, scope: Scope, now: datetime) -> Forecast:
        """Go through the scope as a run would."""
        self._by_source = {name: SourceForecast(name) for name in self._order()}
        subjects = 0
        for ids in self.reader.pages(scope):
            people = self.reader.read(ids, scope, now)
            subjects += len(people)
            for person in people:
                if person.why_not:
                    self._why_not[person.why_not] += 1
            self._page([person.subject for person in people if person.why_not is None], scope, now)
        told = [
            one for one in self._by_source.values() if one.first or one.later or one.answered or one.unknown or one.too_little
        ]
        most = sum(one.most_usd for one in told)
        return Forecast(subjects, self._asking, dict(self._fields), told, dict(self._why_not), most, self._left(now))

    def _order(self) -> list[str]:
        return list(dict.fromkeys(source for one in self.plan.fields.values() for source in one.sources))

    def _page(self, subjects: Sequence[Subject], scope: Scope, now: datetime) -> None:
        questions = {(s.id, name): self._question(name, s) for s in subjects for name in self._wanted(s)}
        asked = {(q.source, q.key) for q in questions.values() if q is not None}
        with self.record.read() as connection:
            standing = lookups.standing(connection, self.record.workspace_id, asked, now)
        for subject in subjects:
            self._fields.update(subject.wanted)
            heads = {self.plan.fields[name].sources[0] for name in subject.wanted if name in self.plan.fields}
            self._asking += self._subject(subject, heads, questions, standing, anew=scope.anew)

    def _subject(
        self, subject: Subject, heads: set[str], questions: dict[tuple[str, str], Question | None],
        standing: Mapping[tuple[str, str], object], *, anew: bool,
    ) -> bool:  # fmt: skip
        asking, certain = False, True
        for name in self._wanted(subject):
            told, question = self._by_source[name], questions[subject.id, name]
            price = self.plan.offered[name].source.price
            if question is None:
                told.too_little += 1
                continue
            status = getattr(standing.get((question.source, question.key)), "status", None)
            if status in (lookups.ASKING, lookups.UNKNOWN):
                told.unknown += 1
            elif status and not anew:
                told.answered += 1
            else:
                first = certain and name in heads
                told.first += first
                told.later += not first
                told.least_usd += price.per_ask if first else 0.0
                told.most_usd += price.most
                asking, certain = True, False
        if not asking:
            self._why_not["nobody can be asked"] += 1
        return asking

    def _wanted(self, subject: Subject) -> Iterable[str]:
        """Return the sources that may answer what is missing, cheapest first."""
        names = {source for name in subject.wanted if name in self.plan.fields for source in self.plan.fields[name].sources}
        return sorted(names, key=lambda name: (self.plan.offered[name].source.price.most, self._order().index(name)))

    def _question(self, source: str, subject: Subject) -> Question | None:
        return question_for(self.plan.offered[source].source, subject)

    def _left(self, now: datetime) -> float | None:
        month = lookups.month_scope(now)
        with self.record.read() as connection:
            spent = lookups.spent(connection, self.record.workspace_id, [month])[month]
        caps = [self.ceilings.run, None if self.ceilings.month is None else max(0.0, self.ceilings.month - spent)]
        given = [cap for cap in caps if cap is not None]
        return min(given) if given else None
