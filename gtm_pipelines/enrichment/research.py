"""Enrichment as people and the pipeline ask for it: forecasts, runs, costs, coverage, and decisions about facts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from gtm_pipelines.clock import Clock
from gtm_pipelines.enrichment.decide import Conflict, Decisions
from gtm_pipelines.enrichment.forecast import Forecast, Forecaster
from gtm_pipelines.enrichment.lookup import Ceilings
from gtm_pipelines.enrichment.plan import Plan, make_plan
from gtm_pipelines.enrichment.registry import Offered, Registry
from gtm_pipelines.enrichment.runs import Progress, Runner, RunReport, give_up_lost
from gtm_pipelines.enrichment.scope import Reader, Scope
from gtm_pipelines.enrichment.source import SubjectType
from gtm_pipelines.errors import ConflictError, InputError
from gtm_pipelines.record import coverage, lookups, research
from gtm_pipelines.record.engine import Record
from gtm_pipelines.settings_research import EnrichmentSettings

Members = Callable[[str, SubjectType], list[str]]
"""Gives the ids of a segment's companies or contacts."""


@dataclass(frozen=True)
class Order:
    """What a run is asked for.

    Attributes:
        subject_type: company or contact.
        fields: what to look for; empty for all of the plan.
        ids: about exactly these.
        segment: about the members of this segment.
        limit: about so many at most, of whom something is missing.
        ceiling_usd: most to spend in this run; ``None`` takes the settings'.
        anew: look also for what is known and was answered lately.
        ask_unknown: ask again what nobody knows the outcome of; it may be paid a second time.
        paid: whether sources that cost money are asked too.
    """

    subject_type: SubjectType = "company"
    fields: tuple[str, ...] = ()
    ids: tuple[str, ...] | None = None
    segment: str | None = None
    limit: int | None = None
    ceiling_usd: float | None = None
    anew: bool = False
    ask_unknown: bool = False
    paid: bool = True


class ResearchService:
    """Asks sources, keeps what they say, and settles what counts.

    Args:
        record: where everything is.
        clock: what the time is.
        registry: makes the sources.
        members: the ids behind a segment.
    """

    def __init__(self, record: Record, clock: Clock, registry: Registry, members: Members) -> None:
        self._record, self._clock, self._registry, self._members = record, clock, registry, members

    @cached_property
    def _decisions(self) -> Decisions:
        return Decisions(self._record, self._clock, self._registry.ranks(self.sources()))

    @property
    def settings(self) -> EnrichmentSettings:
        """The settings in force."""
        return self._registry.settings

    def sources(self) -> list[Offered]:
        """Return every source there is, those switched off too. They are for looking at: a run makes its own."""
        return self._registry.sources()

    def plan(self, subject_type: SubjectType, fields: Sequence[str] = (), *, paid: bool = True) -> Plan:
        """Return whom a run would ask for what; without ``paid`` only those that cost nothing.

        Raises:
            InputError: nobody knows a field.
        """
        return make_plan(self.settings, subject_type, self.sources(), only=fields, paid=paid)

    def forecast(self, order: Order) -> Forecast:
        """Say what a run would ask of whom, what it can cost, and why not for the rest. Nobody is asked.

        Raises:
            InputError: nobody knows a field, or the order contradicts itself.
        """
        plan = self.plan(order.subject_type, order.fields, paid=order.paid)
        reader = Reader(self._record, plan, self._registry.ranks(list(plan.offered.values())))
        scope = self._scope(order, reader)
        return Forecaster(self._record, plan, reader, self._ceilings(order)).run(scope, self._clock.now())

    def run(self, order: Order, *, by: str, progress: Progress | None = None) -> RunReport:
        """Look for what is missing.

        Args:
            order: about whom, for what, for how much.
            by: who asks for it.
            progress: told after each company or contact.

        Raises:
            InputError: nobody knows a field, or the order contradicts itself.
            KeyboardInterrupt: it was stopped; ``resume`` goes on.
        """
        give_up_lost(self._record, self._clock)
        offered = self.sources()
        plan = make_plan(self.settings, order.subject_type, offered, only=order.fields, paid=order.paid)
        ceilings, ranks = self._ceilings(order), self._registry.ranks(offered)
        scope = self._scope(order, Reader(self._record, plan, ranks))
        values = {
            "subject_type": order.subject_type, "plan": plan.plain(), "scope": scope.plain(), "status": "running",
            "ceiling_usd": ceilings.run, "actor": by, "started_at": self._clock.now(),
        }  # fmt: skip
        with self._record.write() as connection:
            run_id = research.add(connection, self._record.workspace_id, values)
        runner = Runner(self._record, self._clock, self.settings, plan, offered, ranks, ceilings, ask_unknown=order.ask_unknown)
        return runner.run(run_id, scope, progress)

    def resume(
        self, run_id: str, *, ceiling_usd: float | None = None, ask_unknown: bool = False, progress: Progress | None = None
    ) -> RunReport:
        """Go on with a run that was stopped, or whose process is gone. No question is paid twice.

        Args:
            run_id: of the run.
            ceiling_usd: its new ceiling; the old one if absent.
            ask_unknown: ask again what nobody knows the outcome of.
            progress: told after each company or contact.

        Raises:
            NotFoundError: there is no such run.
            ConflictError: it is done.
        """
        row = research.get(self._record, run_id)
        if row.status == "done":
            raise ConflictError(f"The run {run_id} is done. Begin a new one: gtm enrich run.")
        give_up_lost(self._record, self._clock, run_id=run_id)
        offered = self.sources()
        scope, ranks = Scope.of(row.scope), self._registry.ranks(offered)
        plan = make_plan(self.settings, row.subject_type, offered, only=scope.fields, paid=scope.paid)
        cap = row.ceiling_usd if ceiling_usd is None else ceiling_usd
        ceilings = Ceilings(self.settings.record_ceiling_usd, cap, self.settings.month_ceiling_usd)
        with self._record.write() as connection:
            going = {"status": "running", "reason": None, "finished_at": None, "ceiling_usd": cap}
            research.change(connection, self._record.workspace_id, run_id, going)
        runner = Runner(self._record, self._clock, self.settings, plan, offered, ranks, ceilings, ask_unknown=ask_unknown)
        return runner.run(run_id, scope, progress)

    def runs(self, *, limit: int = 20) -> Sequence[Any]:
        """Return runs, newest first."""
        return research.recent(self._record, limit=limit)

    def lookups(self, **match: Any) -> Sequence[Any]:
        """Return look-ups, newest first; ``run_id``, ``subject_id``, ``status`` and ``limit`` as for ``record.lookups.page``."""
        return lookups.page(self._record, **match)

    def cost(self, by: str = "source", *, run_id: str | None = None) -> Sequence[Any]:
        """Return look-ups, answers, cost and what was spent without gain, by a column as ``record.lookups.summary`` takes it."""
        return lookups.summary(self._record, by, run_id=run_id)

    def months(self) -> Sequence[Any]:
        """Return what each month has spent, newest first."""
        return lookups.months(self._record)

    def coverage(self, subject_type: SubjectType) -> list[coverage.Covered]:
        """Return, for each field, of how many it is known, and whence."""
        return coverage.count(self._record, subject_type, self._clock.now())

    def conflicts(self, subject_type: SubjectType, *, limit: int = 50) -> list[Conflict]:
        """Return fields about which sure sources disagree and no person has decided."""
        return self._decisions.conflicts(subject_type, limit=limit)

    def choose(
        self, subject_type: SubjectType, subject_id: str, field: str, value: str, *, by: str, why: str | None = None
    ) -> Any:
        """Let a person's value count; see ``Decisions.choose``."""
        return self._decisions.choose(subject_type, subject_id, field, value, by=by, why=why)

    def withdraw(self, subject_type: SubjectType, subject_id: str, field: str, *, by: str) -> Any:
        """Let the rule decide again; see ``Decisions.withdraw``."""
        return self._decisions.withdraw(subject_type, subject_id, field, by=by)

    def _ceilings(self, order: Order) -> Ceilings:
        settings = self.settings
        run = settings.run_ceiling_usd if order.ceiling_usd is None else order.ceiling_usd
        return Ceilings(settings.record_ceiling_usd, run, settings.month_ceiling_usd)

    def _scope(self, order: Order, reader: Reader) -> Scope:
        if order.ids is not None and order.segment is not None:
            raise InputError("Name a segment, or single ids, not both.")
        ids = order.ids
        if order.segment is not None:
            ids = tuple(sorted(self._members(order.segment, order.subject_type)))
        with self._record.read() as connection:
            upto = research.last_id(connection, self._record.workspace_id, order.subject_type) if ids is None else None
        scope = Scope(ids, upto, order.fields, order.anew, order.paid)
        return scope if order.limit is None else replace(scope, ids=self._first(reader, scope, order.limit), upto=None)

    def _first(self, reader: Reader, scope: Scope, limit: int) -> tuple[str, ...]:
        """Return the first of whom something is missing: fixed now, so that a run that goes on is about the same ones."""
        found: list[str] = []
        for ids in reader.pages(scope):
            found += [one.subject.id for one in reader.read(ids, scope, self._clock.now()) if one.why_not is None]
            if len(found) >= limit:
                break
        return tuple(found[:limit])
