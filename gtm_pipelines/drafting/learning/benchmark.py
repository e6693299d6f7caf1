"""Packs and models over one fixed set of cases: how good, how grounded, how dear, how fast."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from gtm_pipelines.clock import Clock
from gtm_pipelines.drafting.evidence import Checker, Grounding, Judge, Judgement, Material
from gtm_pipelines.drafting.learning.attempt import Build, MakeJudge, Metered, Packs
from gtm_pipelines.drafting.learning.likeness import chrf
from gtm_pipelines.drafting.learning.metric import DraftMetric
from gtm_pipelines.drafting.learning.task import Gold, gold_of
from gtm_pipelines.errors import GtmError, InputError, NotFoundError
from gtm_pipelines.ids import digest, new_id
from gtm_pipelines.llm.metered import Meter, MeteredLlm, Stop
from gtm_pipelines.llm.model import CallContext
from gtm_pipelines.packs.model import Pack
from gtm_pipelines.record import benchmarks, examples, interactions
from gtm_pipelines.record.engine import Record

Progress = Callable[[int, int | None], None]
PURPOSE = "benchmark"
MOST_CASES = 30


@dataclass(frozen=True)
class Entry:
    """One pack version with one model over all cases of a run.

    Attributes:
        quality: mean of the metric, failed cases counted as nought.
        low: lower end of its 95 % interval, a bootstrap over cases; ``None`` below two.
        groundedness: share of drafts that no rule blocks.
        cost_usd: a draft; ``None`` where no price is known.
        latency_ms: median of whole drafts, all stages.
    """

    pack: str
    model: str
    cases: int
    failed: int
    quality: float | None
    low: float | None
    high: float | None
    groundedness: float | None
    cost_usd: float | None
    latency_ms: int | None


class BenchmarkService:
    """Benchmarks.

    Args:
        record: the record.
        clock: the clock.
        llm: language models.
        models: the names of all that are configured.
        packs: the packs at hand.
        build: makes the program of a pack.
        checker: the rules.
        judge: makes a judge over a service.
    """

    def __init__(
        self, record: Record, clock: Clock, llm: Metered, models: Sequence[str], packs: Packs, build: Build,
        checker: Checker | None, judge: MakeJudge,
    ) -> None:  # fmt: skip
        self._record, self._clock, self._llm, self._models, self._packs = record, clock, llm, tuple(models), packs
        self._build, self._checker, self._judge = build, checker, judge

    def run(
        self, packs: Sequence[str], models: Sequence[str] = (), *, by: str, name: str = "", language: str | None = None,
        cases: int = MOST_CASES, budget_usd: float | None = None, progress: Progress | None = None,
    ) -> str:  # fmt: skip
        """Score packs and models over the held-out cases and return the run's id.

        The cases are the newest held-out examples of the first pack: no version learned from them. Every pack and
        model meets the same ones, and no answer comes from the cache, so that latency and cost are real.

        Raises:
            NotFoundError: there is no such pack.
            InputError: there are no cases, or no model.
        """
        chosen = [self._packs.get(one) for one in packs]
        asked = tuple(models) or self._models
        unknown = sorted(set(asked) - set(self._models))
        if not chosen or not asked or unknown:
            raise InputError(f"Name at least one pack and models out of: {', '.join(self._models) or 'none configured'}.")
        rows = examples.page(self._record, kind="draft", pack=chosen[0].name, split="held_out", language=language, limit=100_000)
        ids = [row["id"] for row in reversed(rows)][:cases]
        if not ids:
            raise InputError(f"There are no held-out examples of {chosen[0].name}. Decide on drafts, then 'gtm learn examples'.")
        now = self._clock.now()
        settings = {
            "packs": [f"{pack.name}@{pack.version}" for pack in chosen], "models": list(asked), "cases": ids,
            "budget_usd": budget_usd, "trace_id": new_id(),
        }  # fmt: skip
        values = {
            "name": name or f"{chosen[0].name} {now:%Y-%m-%d %H:%M}", "cases_hash": digest(*ids), "settings": settings,
            "status": "running", "requested_by": by, "created_at": now, "finished_at": None,
        }  # fmt: skip
        with self._record.write() as connection:
            run_id = benchmarks.add_run(self._record, connection, values)
        return self.resume(run_id, progress=progress)

    def resume(self, run_id: str, *, progress: Progress | None = None) -> str:
        """Go on with a run where it is: what is scored stays scored.

        Raises:
            NotFoundError: there is no such run.
            Stop: never; a run whose budget is used up is ``stopped``.
        """
        run = self.get(run_id)
        settings, done = run["settings"], benchmarks.scores(self._record, run["id"])
        there = {(f"{row['pack']}@{row['pack_version']}", row["model"], row["case_id"]) for row in done}
        golds = self._golds(settings["cases"])
        wanted = [(pack, model, gold) for pack in settings["packs"] for model in settings["models"] for gold in golds]
        status = "finished"
        try:
            for number, (pack, model, gold) in enumerate(wanted, 1):
                if (pack, model, gold.key) not in there:
                    self._one(run, self._packs.get(pack), model, gold)
                if progress:
                    progress(number, len(wanted))
        except Stop as stop:
            status = "stopped"
            settings = settings | {"stopped": str(stop)}
        with self._record.write() as connection:
            ended = {"status": status, "settings": settings, "finished_at": self._clock.now()}
            benchmarks.set_run(connection, self._record.workspace_id, run["id"], ended)
        return str(run["id"])

    def runs(self) -> list[dict[str, Any]]:
        """Return the runs, newest first."""
        return benchmarks.runs(self._record)

    def get(self, run_id: str) -> dict[str, Any]:
        """Return a run by its id, the beginning of it, or its name.

        Raises:
            NotFoundError: there is none, or more than one.
        """
        found = benchmarks.find(self._record, run_id)
        if found is None:
            raise NotFoundError(f"No single benchmark is called '{run_id}'. 'gtm benchmark list' shows them.")
        return found

    def scores(self, run_id: str) -> list[dict[str, Any]]:
        """Return what became of every case of a run."""
        return benchmarks.scores(self._record, self.get(run_id)["id"])

    def table(self, run_id: str) -> list[Entry]:
        """Return the run's result, a row a pack version and model, best first."""
        grouped: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        for row in self.scores(run_id):
            grouped[f"{row['pack']}@{row['pack_version']}", row["model"]].append(row)
        entries = [_entry(pack, model, rows) for (pack, model), rows in grouped.items()]
        return sorted(entries, key=lambda one: -(one.quality or 0))

    def _golds(self, ids: Sequence[str]) -> list[Gold]:
        rows = {row["id"]: row for row in examples.page(self._record, ids=ids, limit=len(ids))}
        return [gold_of(rows[one]) for one in ids if one in rows]

    def _one(self, run: Mapping[str, Any], pack: Pack, model: str, gold: Gold) -> None:
        """Write and score one draft, and keep what became of it."""
        llm, began = self._bench(run, gold, only=model, pack_version=f"{pack.name}@{pack.version}"), self._clock.monotonic()
        meter = llm.meter
        values: dict[str, Any] = {"outcome": "written", "quality": 0.0, "groundedness": None, "details": {}}
        try:
            produced = self._produce(llm, pack, gold, run["created_at"])
        except GtmError as error:
            produced = None
            values |= {"outcome": error.code, "details": {"contact_id": gold.contact_id, "error": str(error)[:500]}}
        latency = round((self._clock.monotonic() - began) * 1000)
        cost = _cost(self._record, meter.trace_id)
        if produced is not None:
            values |= self._scored(self._bench(run, gold), gold, produced, run["created_at"])
        shared = {
            "run_id": run["id"], "pack": pack.name, "pack_version": pack.version, "variant": gold.case.variant, "model": model,
            "case_id": gold.key, "language": gold.case.language, "cost_usd": cost, "latency_ms": latency,
            "trace_id": meter.trace_id, "created_at": self._clock.now(),
        }  # fmt: skip
        benchmarks.add_score(self._record, shared | values)

    def _bench(self, run: Mapping[str, Any], gold: Gold, **about: Any) -> MeteredLlm:
        """Return what asks models for one case, past the cache; the judge is asked by another, and so by its own model."""
        shared = {"usd": run["settings"]["budget_usd"], "contact_id": gold.contact_id, "cached": False}
        return self._llm.metered(Meter(self._record, run["id"], new_id(), **shared, **about))

    def _produce(self, llm: MeteredLlm, pack: Pack, gold: Gold, at: datetime) -> Any:
        import dspy

        from gtm_pipelines.llm.adapter import FormAdapter, called

        program = self._build(pack, gold.case.language, lambda: at)
        context = CallContext(PURPOSE, contact_id=gold.contact_id)
        with dspy.context(lm=llm.lm(context), adapter=FormAdapter()), called(context):
            return program(case=gold.case)

    def _scored(self, llm: MeteredLlm, gold: Gold, produced: Any, at: datetime) -> dict[str, Any]:
        judge = self._judge(llm)
        metric = DraftMetric(self._checker, partial(_judged, llm, judge) if judge else None, at)
        score = metric.score(gold, produced)
        details = {
            "contact_id": gold.contact_id, "subject": produced.subject, "body": produced.body, "parts": score.parts,
            "likeness": chrf(produced.body, gold.body), "verdict": score.grounding.verdict if score.grounding else None,
        }  # fmt: skip
        grounded = None if score.grounding is None else float(score.grounding.verdict != "block")
        return {"quality": score.value, "groundedness": grounded, "details": details}


def _judged(llm: MeteredLlm, judge: Judge, material: Material, grounding: Grounding) -> Judgement:
    return llm.wait(lambda: judge.judge(material, grounding))


def _cost(record: Record, trace_id: str) -> float | None:
    """Return what the calls of a draft cost; ``None`` where the price of one of them is unknown."""
    costs = [row.cost_usd for row in interactions.of_trace(record, trace_id)]
    return sum(costs) if costs and None not in costs else None


def _entry(pack: str, model: str, rows: Sequence[Mapping[str, Any]]) -> Entry:
    values = [row["quality"] or 0.0 for row in rows]
    grounded = [row["groundedness"] for row in rows if row["groundedness"] is not None]
    costs = [row["cost_usd"] for row in rows if row["cost_usd"] is not None]
    delays = sorted(row["latency_ms"] for row in rows)
    low, high = _interval(values)
    return Entry(
        pack=pack, model=model, cases=len(rows), failed=sum(row["outcome"] != "written" for row in rows),
        quality=round(sum(values) / len(values), 6), low=low, high=high,
        groundedness=sum(grounded) / len(grounded) if grounded else None,
        cost_usd=sum(costs) / len(costs) if costs else None, latency_ms=delays[len(delays) // 2],
    )  # fmt: skip


def _interval(values: Sequence[float]) -> tuple[float | None, float | None]:
    """Return the 95 % bootstrap interval of a mean; the seed is fixed, so the same scores give the same."""
    import numpy as np

    if len(values) < 2:
        return None, None
    drawn = np.random.default_rng(7).integers(0, len(values), size=(10_000, len(values)))
    low, high = np.quantile(np.array(values)[drawn].mean(axis=1), [0.025, 0.975])
    return round(float(low), 6), round(float(high), 6)
