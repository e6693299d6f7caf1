"""A run: many companies or contacts at once, with progress, ceilings and a clean stop; it goes on where it was stopped.

One event loop asks, one thread writes. A paid source is asked only after its look-up is on
record; what a crash leaves behind as ``asking`` becomes ``unknown``, is counted as spent and is
not asked again by the machine. On Ctrl-C nothing new begins and what is under way is waited for.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

from gtm_pipelines.clock import Clock
from gtm_pipelines.enrichment.gate import Gate
from gtm_pipelines.enrichment.ledger import Ledger
from gtm_pipelines.enrichment.lookup import Ceilings
from gtm_pipelines.enrichment.plan import Plan
from gtm_pipelines.enrichment.registry import Offered
from gtm_pipelines.enrichment.scope import Person, Reader, Scope
from gtm_pipelines.enrichment.waterfall import Tally, Waterfall
from gtm_pipelines.record import lookups, research
from gtm_pipelines.record.engine import Record
from gtm_pipelines.settings_research import EnrichmentSettings

LOST_AFTER = timedelta(hours=1)
"""A look-up that is asked for longer belongs to a process that is gone: no source has that much patience."""
NOTED_EVERY_SECONDS = 1.0
T = TypeVar("T")


@dataclass(frozen=True)
class RunProgress:
    """How far a run is.

    Attributes:
        done: companies or contacts.
        total: of how many.
        facts: gained so far.
        cost_usd: paid so far.
        seconds_left: at the pace so far; ``None`` while nobody can tell.
    """

    done: int
    total: int
    facts: int
    cost_usd: float
    seconds_left: float | None


Progress = Callable[[RunProgress], None]


@dataclass(frozen=True)
class RunReport:
    """What a run did.

    Attributes:
        run_id: of the run.
        status: done, ceiling or stopped.
        subjects: how many it was about.
        done: how many it has looked at.
        complete: of how many everything wanted is known now.
        facts: how many were gained.
        cost_usd: what was paid.
        lookups: status → how many look-ups.
        skipped: why somebody was not asked → how often.
        out: source → why it is not asked any more.
    """

    run_id: str
    status: str
    subjects: int
    done: int
    complete: int
    facts: int
    cost_usd: float
    lookups: Mapping[str, int] = field(default_factory=dict)
    skipped: Mapping[str, int] = field(default_factory=dict)
    out: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Runner:
    """One run in one process.

    Args:
        record: where everything is.
        clock: what the time is.
        settings: of enrichment.
        plan: whom to ask for what.
        offered: the sources, made for this run; closed at its end.
        ranks: how much sources are believed.
        ceilings: what may be spent.
        ask_unknown: whether questions of unknown outcome are asked again.
    """

    record: Record
    clock: Clock
    settings: EnrichmentSettings
    plan: Plan
    offered: Sequence[Offered]
    ranks: Mapping[str, int]
    ceilings: Ceilings
    ask_unknown: bool = False
    _stopping: bool = False
    _total: int = 0
    _tally: Tally = field(default_factory=Tally)
    _done: int = 0
    _complete: int = 0
    _began: float = 0.0
    _noted: float = 0.0

    def run(self, run_id: str, scope: Scope, progress: Progress | None = None) -> RunReport:
        """Do the run, or go on with it.

        Raises:
            KeyboardInterrupt: it was stopped; what was under way is settled. So is it where ``progress`` raises.
        """
        return in_loop(self._run(run_id, scope, progress or (lambda _progress: None)))

    async def _run(self, run_id: str, scope: Scope, progress: Progress) -> RunReport:
        self._began = self.clock.monotonic()
        with ThreadPoolExecutor(1, thread_name_prefix="research") as writer:
            call = functools.partial(_call, writer)
            reader = Reader(self.record, self.plan, self.ranks)
            gates = {name: Gate(one, self.clock) for name, one in self.plan.offered.items()}
            ledger = Ledger(self.record, self.clock, run_id, self.ceilings, self.ranks)
            work = Waterfall(
                self.plan, gates, ledger, call, self.settings.wait_seconds, self.ask_unknown, scope.anew, lambda: self._stopping
            )
            self._total = await call(reader.count, scope)
            try:
                status = await self._workers(run_id, scope, reader, work, progress)
            except BaseException as fault:
                stopped = not isinstance(fault, Exception)
                await call(self._note, run_id, "stopped" if stopped else "failed", None if stopped else repr(fault))
                raise
            finally:
                for one in self.offered:
                    await one.source.aclose()
            await call(self._note, run_id, status, _reason(gates))
            return self._report(run_id, status, gates)

    async def _workers(self, run_id: str, scope: Scope, reader: Reader, work: Waterfall, progress: Progress) -> str:
        queue: asyncio.Queue[Person | None] = asyncio.Queue(self.settings.concurrency * 2)
        workers = [asyncio.create_task(self._worker(run_id, queue, work, progress)) for _ in range(self.settings.concurrency)]
        feeder = asyncio.create_task(self._feed(scope, reader, work.call, queue, len(workers)))
        tasks = {feeder, *workers}
        try:
            finished, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        except asyncio.CancelledError:
            await self._wind_up(feeder, workers, queue)
            raise
        if any(task.exception() for task in finished):
            await self._wind_up(feeder, workers, queue)
        for task in tasks:
            task.result() if not task.cancelled() else None
        return "ceiling" if any(name.startswith("ceiling") for name in self._tally.skipped) else "done"

    async def _wind_up(
        self, feeder: asyncio.Task[None], workers: Sequence[asyncio.Task[None]], queue: asyncio.Queue[Person | None]
    ) -> None:
        """Begin nothing more, and wait for what is under way."""
        self._stopping = True
        feeder.cancel()
        while not queue.empty():
            queue.get_nowait()
        for _ in workers:
            queue.put_nowait(None)
        await asyncio.wait(workers)

    async def _feed(self, scope: Scope, reader: Reader, call: Any, queue: asyncio.Queue[Person | None], workers: int) -> None:
        pages = reader.pages(scope)
        while ids := await call(next, pages, None):
            for person in await call(reader.read, ids, scope, self.clock.now()):
                await queue.put(person)
        for _ in range(workers):
            await queue.put(None)

    async def _worker(self, run_id: str, queue: asyncio.Queue[Person | None], work: Waterfall, progress: Progress) -> None:
        while (person := await queue.get()) is not None and not self._stopping:
            if person.why_not:
                self._tally.skipped[person.why_not] += 1
            else:
                tally = await work.work(person.subject)
                self._tally.add(tally)
                self._complete += tally.complete
            self._done += 1
            if not self._stopping:  # whoever is told may ask for a stop, once
                progress(self._progress())
            if self.clock.monotonic() - self._noted >= NOTED_EVERY_SECONDS:
                self._noted = self.clock.monotonic()
                await work.call(self._note, run_id, "running", None)

    def _progress(self) -> RunProgress:
        passed = self.clock.monotonic() - self._began
        left = passed / self._done * max(0, self._total - self._done) if self._done and passed > 0 else None
        return RunProgress(self._done, max(self._total, self._done), self._tally.facts, self._tally.cost_usd, left)

    def _note(self, run_id: str, status: str, reason: str | None) -> None:
        """Write down how far the run is; what it gained and cost as its look-ups add up."""
        values: dict[str, Any] = {"status": status, "reason": reason, "done": self._done}
        values["subjects"] = max(self._total, self._done)
        if status == "running":
            scope = lookups.run_scope(run_id)
            with self.record.read() as connection:
                values["cost_usd"] = lookups.spent(connection, self.record.workspace_id, [scope])[scope]
        else:
            sums = lookups.summary(self.record, "run_id", run_id=run_id)
            values |= {"facts": sums[0].facts, "cost_usd": sums[0].cost_usd} if sums else {}
            values["finished_at"] = self.clock.now()
        with self.record.write() as connection:
            research.change(connection, self.record.workspace_id, run_id, values)

    def _report(self, run_id: str, status: str, gates: Mapping[str, Gate]) -> RunReport:
        out = {name: gate.out for name, gate in gates.items() if gate.out}
        tally = self._tally
        return RunReport(
            run_id, status, max(self._total, self._done), self._done, self._complete, tally.facts, tally.cost_usd,
            dict(tally.lookups), dict(tally.skipped), out,
        )  # fmt: skip


def in_loop(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end, also where a loop runs already, as in a notebook."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(asyncio.run, work).result()


def give_up_lost(record: Record, clock: Clock, *, run_id: str | None = None) -> int:
    """Settle as ``unknown`` what processes that are gone left behind: of one run, or of any after an hour. Return how many."""
    now = clock.now()
    with record.write() as connection:
        return lookups.abandon(connection, record.workspace_id, now, run_id=run_id, before=now - LOST_AFTER)


def _call(writer: ThreadPoolExecutor, function: Callable[..., T], *args: Any, **named: Any) -> Awaitable[T]:
    return asyncio.get_running_loop().run_in_executor(writer, functools.partial(function, *args, **named))


def _reason(gates: Mapping[str, Gate]) -> str | None:
    told = "; ".join(f"{name}: {gate.out}" for name, gate in gates.items() if gate.out)
    return told or None
