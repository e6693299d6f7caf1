"""The waterfall: for one company or contact, ask one source after another until what is wanted is known well enough.

Cheap before dear, and never further than needed. A source that cannot be asked yet, for want of
a website say, is looked at again when an earlier one has found it. What was answered within its
lifetime is taken from the record; what may have been answered and nobody knows (``unknown``) is
not asked again unless a person wants it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from gtm_pipelines.enrichment.gate import Gate
from gtm_pipelines.enrichment.ledger import Ledger
from gtm_pipelines.enrichment.lookup import CeilingReachedError, Outcome, accepted, cost_of
from gtm_pipelines.enrichment.plan import Plan
from gtm_pipelines.enrichment.question import Question, question_for
from gtm_pipelines.enrichment.source import (
    Fact,
    SourceAnswerError,
    SourceBusyError,
    SourceKeyError,
    Subject,
    SubjectRefusedError,
)
from gtm_pipelines.log import redact_text
from gtm_pipelines.record.lookups import ASKING, EMPTY, FAILED, FOUND, UNKNOWN
from gtm_pipelines.record.settled import ACT_ON

ATTEMPTS = 3
"""Times that one question is put to a source that is busy."""
PATIENCE = 3
"""A look-up is given up after the source's own timeout, this many times over."""
LONGEST_VISIT_SECONDS = 600.0
"""A visit to a site, which has many pages and bounds of its own, is given up after this long."""
_OWN_FAULTS = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, OSError)
"""What the code of a source may stumble over; anything else stops the run."""

T = TypeVar("T")
Call = Callable[..., Awaitable[Any]]
"""Runs a function of the ledger on the one thread that writes."""


@dataclass
class Tally:
    """What came of one subject, or of many.

    Attributes:
        facts: how many were gained.
        cost_usd: what was paid for them.
        lookups: status → how many look-ups.
        skipped: why a source was not asked → how many times.
        complete: whether all that was wanted is known well enough.
    """

    facts: int = 0
    cost_usd: float = 0.0
    lookups: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    complete: bool = False

    def add(self, other: Tally) -> None:
        """Add what came of somebody else."""
        self.facts += other.facts
        self.cost_usd += other.cost_usd
        self.lookups.update(other.lookups)
        self.skipped.update(other.skipped)


@dataclass
class Waterfall:
    """Asks sources about one subject at a time; one for all who work on a run.

    Attributes:
        plan: whom to ask for what.
        gates: source → its entrance.
        ledger: the record's side.
        call: runs the ledger's functions.
        wait_seconds: longest wait for a source that rests.
        ask_unknown: whether questions of unknown outcome are asked again, because a person said so.
        anew: whether answers within their lifetime are asked for again.
        stopping: tells whether to begin nothing more.
    """

    plan: Plan
    gates: Mapping[str, Gate]
    ledger: Ledger
    call: Call
    wait_seconds: float
    ask_unknown: bool = False
    anew: bool = False
    stopping: Callable[[], bool] = lambda: False
    _asking: dict[tuple[str, str], asyncio.Lock] = field(default_factory=dict)

    async def work(self, subject: Subject) -> Tally:
        """Ask about one subject until its wanted fields are known well enough or nobody is left to ask."""
        tally, done = Tally(), set[str]()
        wanted = set(subject.wanted)
        while wanted and not self.stopping():
            step = self._next(subject, wanted, done, tally)
            if step is None:
                break
            source, question = step
            done.add(source)
            facts = await self._ask_once(source, question, replace(subject, wanted=frozenset(wanted)), tally)
            subject = _learned(subject, facts)
            wanted -= {one.field for one in facts if self._enough(one)}
        tally.complete = not wanted
        return tally

    def _enough(self, one: Fact) -> bool:
        plan = self.plan.fields.get(one.field)
        return plan is not None and one.confidence >= plan.good_enough

    def _next(self, subject: Subject, wanted: Iterable[str], done: set[str], tally: Tally) -> tuple[str, Question] | None:
        """Return the next source that can be asked now, and what."""
        names, passed = set(wanted), set(done)
        while source := self.plan.next_source(names, passed):
            question = question_for(self.plan.offered[source].source, subject)
            gate = self.gates[source]
            if question is not None and gate.out is None:
                return source, question
            if gate.out is not None:
                tally.skipped["source is out"] += 1
                done.add(source)
            passed.add(source)
        return None

    async def _ask_once(self, source: str, question: Question, subject: Subject, tally: Tally) -> Sequence[Fact]:
        """Ask, unless somebody in this run is asking the very same: then take their answer."""
        lock = self._asking.setdefault((source, question.key), asyncio.Lock())
        async with lock:
            held = (await self.call(self.ledger.standing, [question])).get((source, question.key))
            if held is not None and held.status in (ASKING, UNKNOWN) and not self.ask_unknown:
                tally.skipped["outcome of an earlier question is unknown"] += 1
                return ()
            if held is not None and held.status not in (ASKING, UNKNOWN) and not (self.anew and self._older(held)):
                tally.skipped["answered before"] += 1
                return tuple(await self.call(self.ledger.adopt, subject, held))
            return await self._ask(source, question, subject, tally)

    def _older(self, held: Any) -> bool:
        return bool(held.run_id != self.ledger.run_id)

    async def _ask(self, source: str, question: Question, subject: Subject, tally: Tally) -> Sequence[Fact]:
        gate = self.gates[source]
        most = gate.offered.source.price.most
        async with gate.entered(subject):
            if not await self._ready(gate, subject):
                tally.skipped["source rests"] += 1
                return ()
            try:
                opened = await self.call(self.ledger.open, subject, question, subject.wanted, most) if most > 0 else None
            except CeilingReachedError as reached:
                tally.skipped[f"ceiling of the {reached.kind}"] += 1
                return ()
            outcome = await self._outcome(gate, subject, opened, question, most)
        kept = await self._settle(gate, subject, question, outcome, opened, most)
        tally.lookups[outcome.status] += 1
        tally.facts += len(kept)
        tally.cost_usd += outcome.cost_usd
        return kept

    async def _settle(
        self, gate: Gate, subject: Subject, question: Question, outcome: Outcome, opened: str | None, most: float
    ) -> tuple[Fact, ...]:
        days = gate.offered.lifetime_days
        kept: tuple[Fact, ...] = await self.call(
            self.ledger.close, subject, question, subject.wanted, outcome, lifetime_days=days, lookup_id=opened,
            reserved=most if opened else 0.0,
        )  # fmt: skip
        return kept

    async def _ready(self, gate: Gate, subject: Subject) -> bool:
        """Wait while the source rests; tell whether it may be asked, or rests for too long or is out."""
        while (rest := gate.rest_seconds(subject)) > 0:
            if rest > self.wait_seconds or self.stopping():
                return False
            await asyncio.sleep(min(rest, 0.5))
        await gate.paced()
        return gate.out is None

    async def _outcome(self, gate: Gate, subject: Subject, opened: str | None, question: Question, most: float) -> Outcome:
        """Put the question until there is an outcome; what nobody foresaw leaves it unknown and stops the run."""
        try:
            for attempt in range(ATTEMPTS):
                outcome = await self._attempt(gate, subject, last=attempt == ATTEMPTS - 1)
                if outcome is not None:
                    return outcome
            raise AssertionError("the last attempt always has an outcome")
        except BaseException as fault:
            if opened is not None:
                lost = Outcome(UNKNOWN, (), most, "lookup.lost", redact_text(repr(fault)), lasts=False)
                await asyncio.shield(self._settle(gate, subject, question, lost, opened, most))
            raise

    async def _attempt(self, gate: Gate, subject: Subject, *, last: bool) -> Outcome | None:
        source = gate.offered.source
        try:
            bound = LONGEST_VISIT_SECONDS if gate.per_host else gate.offered.settings.timeout_seconds * PATIENCE
            given = await asyncio.wait_for(source.enrich(subject), timeout=bound)
            facts = accepted(source, given)
        except SourceBusyError as busy:
            return await self._busy(gate, subject, busy, last=last)
        except TimeoutError:
            lost = SourceBusyError(f"'{source.name}' did not answer in time.", charged=source.price.most)
            return await self._busy(gate, subject, lost, last=last)
        except SourceKeyError as unusable:
            gate.out = redact_text(str(unusable))
            return Outcome(FAILED, (), 0.0, unusable.code, gate.out, lasts=False)
        except SubjectRefusedError as refused:
            gate.answered(subject)
            return Outcome(FAILED, (), source.price.per_ask, refused.code, redact_text(str(refused)))
        except SourceAnswerError as wrong:
            return Outcome(FAILED, (), source.price.most, wrong.code, redact_text(str(wrong)))
        except _OWN_FAULTS as fault:
            text = redact_text(f"The source '{source.name}' failed in its own code: {fault!r}")
            return Outcome(FAILED, (), source.price.most, SourceAnswerError.code, text)
        gate.answered(subject)
        return Outcome(FOUND if facts else EMPTY, facts, cost_of(source, facts))

    async def _busy(self, gate: Gate, subject: Subject, busy: SourceBusyError, *, last: bool) -> Outcome | None:
        """Let the source rest; ``None`` where the question is to be put again, which it never is once it may be paid for."""
        gate.was_busy(subject, busy.retry_at)
        told = redact_text(str(busy))
        if busy.charged > 0:
            return Outcome(UNKNOWN, (), busy.charged, busy.code, told, lasts=False)
        if last or gate.rest_seconds(subject) > self.wait_seconds or self.stopping():
            return Outcome(FAILED, (), 0.0, busy.code, told, lasts=False)
        await self._ready(gate, subject)
        return None


def good_enough(plan: Plan, confidences: Mapping[str, float]) -> set[str]:
    """Return the fields of which enough is known already."""
    return {name for name, one in plan.fields.items() if confidences.get(name, 0.0) >= one.good_enough}


def _learned(subject: Subject, facts: Sequence[Fact]) -> Subject:
    """Return the subject with what is sure enough to be used for further questions."""
    new = {one.field: one.value for one in facts if one.confidence >= ACT_ON and one.field not in subject.known}
    return replace(subject, known={**subject.known, **new}) if new else subject
