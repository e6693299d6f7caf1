"""One run of an attempt: the old version on the validation cases, the search, the choice, the proof, the new version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import dspy

from gtm_pipelines.drafting.evidence import Grounding, Judge, Judgement, Material
from gtm_pipelines.drafting.learning import compiled
from gtm_pipelines.drafting.learning.attempt import Attempt, Wish
from gtm_pipelines.drafting.learning.board import PURPOSE, Board, Watched
from gtm_pipelines.drafting.learning.judged import FORMULA as AGREEMENT
from gtm_pipelines.drafting.learning.judged import JudgeMetric, judge_gold_of
from gtm_pipelines.drafting.learning.metric import FORMULA, DraftMetric
from gtm_pipelines.drafting.learning.proof import RULE, Pair, Proof, prove
from gtm_pipelines.drafting.learning.report import changed, shown
from gtm_pipelines.drafting.learning.search import evaluate, search
from gtm_pipelines.drafting.learning.task import Gold, gold_of
from gtm_pipelines.errors import ConflictError, GtmError
from gtm_pipelines.llm.adapter import FormAdapter
from gtm_pipelines.llm.metered import Meter, MeteredLlm, Stop
from gtm_pipelines.llm.model import CallContext
from gtm_pipelines.packs.model import Pack
from gtm_pipelines.record import examples, optimisations

if TYPE_CHECKING:
    from gtm_pipelines.drafting.learning.optimise import OptimiseService, Progress

REFLECTION = "reflection"
"""The role of the model that proposes instructions."""
SAVE_SECONDS = 2.0


class Run:
    """Takes one attempt from where it is to its end."""

    def __init__(self, service: OptimiseService, attempt: Attempt, worker: str, progress: Progress | None) -> None:
        self._service, self._attempt, self._worker, self._progress = service, attempt, worker, progress
        self._record, self._clock = service.record, service.clock
        self._wish = Wish.load({**attempt.settings, "budget_usd": attempt.budget_usd, "budget_calls": attempt.budget_calls})
        self._saved, self._state = float("-inf"), dict(attempt.state)
        self._meter = Meter(
            self._record, attempt.id, attempt.trace_id, wanted=self._wanted,
            pack_version=f"{attempt.pack}@{attempt.base_version}",
        )  # fmt: skip
        self._llm: MeteredLlm = service.llm.metered(self._meter)

    def go(self) -> Attempt:
        """Run to the end, or until something stops it; what was reached is kept either way.

        Raises:
            GtmError: what ended it, where a person has to mend something.
        """
        try:
            report = self._all()
        except Stop as stop:
            return self._end("stopped", {"stopped": str(stop), "why": stop.code})
        except KeyboardInterrupt:
            self._end("stopped", {"stopped": "interrupted", "why": "asked"})
            raise
        except GtmError as error:
            self._end("failed", {"failed": str(error), "why": error.code})
            raise
        return self._end("finished", report)

    def _all(self) -> dict[str, Any]:
        base, moment = self._base_pack(), self._moment()
        golds = self._golds()
        board = self._board([gold for side in golds.values() for gold in side])
        role = self._llm.lm(CallContext(PURPOSE, role=REFLECTION), temperature=1.0)
        with dspy.context(lm=self._llm.lm(CallContext(PURPOSE)), adapter=FormAdapter()):
            student = Watched(self._service.build(base, self._wish.language, lambda: moment), board)
            old = board.seen(student.program)
            validation = [gold.key for gold in golds["validation"]]
            self._phase("base")
            with self._allowed():
                evaluate(student, board, golds["validation"], self._wish.effort.threads)
            before = board.mean(old, validation) or 0.0
            told, ended = self._search(student, board, golds, role, before)
            self._phase("proof")
            chosen = board.best(validation)
            if chosen is None or chosen[0] == old or chosen[1] <= before:
                if ended:
                    raise Stop("budget", ended["search_ended"])
                return self._nothing(board, old, before, told)
            return self._proven(base, student, board, golds, (old, chosen[0], before), told | ended)

    def _search(
        self, student: Watched, board: Board, golds: Mapping[str, list[Gold]], lm: Any, before: float
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Search until its share of the budget is used; what is left is for the held-out cases."""
        self._phase("search")
        keep = self._to_keep(board, golds)
        wish = self._wish
        try:
            with self._allowed(*keep):
                told = search(
                    wish.optimiser, student, board, golds["train"], golds["validation"], wish.effort, lm, before
                )  # fmt: skip
                return told, {}
        except Stop as stop:
            if stop.code != "budget":
                raise
            self._meter.stopped = None
            return {}, {"search_ended": str(stop)}

    def _proven(
        self, base: Pack, student: Watched, board: Board, golds: Mapping[str, list[Gold]], names: tuple[str, str, float],
        told: dict[str, Any],
    ) -> dict[str, Any]:  # fmt: skip
        """Try old and new on the held-out cases, exactly as the new one will be kept, and keep it."""
        old, chosen, before = names
        everybody = [gold for side in golds.values() for gold in side]
        state = compiled.anonymous(board.states[chosen], everybody)
        better = student.deepcopy()
        better.program.load_state(state)
        new = board.seen(better.program)
        with self._allowed():
            for side in ("validation", "held_out") if new != chosen else ("held_out",):
                evaluate(better, board, golds[side], self._wish.effort.threads)
            evaluate(student, board, golds["held_out"], self._wish.effort.threads)
        held = golds["held_out"]
        pairs = [Pair(one.key, one.group, board.scores[old][one.key], board.scores[new][one.key]) for one in held]
        proof = prove(pairs, seed=self._wish.effort.seed)
        after = board.mean(new, [gold.key for gold in golds["validation"]]) or 0.0
        report = self._report(board, before, after, proof, told) | {"cases": shown(pairs, held), **changed(board, old, state)}
        made = self._keep(base, state, proof)
        return report | {"result": {"version": made.version, "hash": made.content_hash}}

    def _nothing(self, board: Board, old: str, before: float, told: dict[str, Any]) -> dict[str, Any]:
        best = max(
            (mean for name in board.states if (mean := board.mean(name, self._state["cases"]["validation"]))), default=before
        )
        none = Proof(0, 0, None, None, None, None, None, 0, 0, "undecided")
        said = "No candidate did better than the old version on the validation cases; no new version was made."
        return self._report(board, before, max(best, before), none, told) | {"said": said, "base": old}

    def _report(self, board: Board, before: float, after: float, proof: Proof, told: dict[str, Any]) -> dict[str, Any]:
        wish, offered = self._wish, proof.verdict == "better"
        return {
            "optimiser": wish.optimiser, "program": self._attempt.program, "language": wish.language,
            "metric": AGREEMENT if self._judges else FORMULA,
            "rule": RULE, "validation": {"old": round(before, 6), "new": round(after, 6)}, "held_out": asdict(proof),
            "verdict": proof.verdict, "offered": offered, "candidates": len(board.states), "drafts_scored": board.runs,
            "earlier_looks": optimisations.looks(self._record, self._attempt.pack, self._attempt.program), "search": told,
            "sides": {side: len(ids) for side, ids in self._state["cases"].items()},
            "checker": getattr(self._service.checker, "version", None),
        }  # fmt: skip

    def _keep(self, base: Pack, state: Mapping[str, Any], proof: Proof) -> Pack:
        """Add the new version, beside the compiled programs the old one had."""
        programs = dict((base.compiled or {}).get("programs", {})) | {self._attempt.program: dict(state)}
        provenance = {
            "optimisation": self._attempt.id, "optimiser": self._wish.optimiser, "based_on": base.version,
            "dspy": dspy.__version__, "verdict": proof.verdict, "held_out": {"old": proof.old, "new": proof.new},
        }  # fmt: skip
        made = self._service.versions.derive(base, {compiled.FILE: compiled.written(programs, provenance)})
        with self._record.write() as connection:
            values = {"result_version": made.version, "result_hash": made.content_hash}
            optimisations.update(connection, self._record.workspace_id, self._attempt.id, values)
        return made

    def _base_pack(self) -> Pack:
        base = self._service.packs.get(self._attempt.pack, self._attempt.base_version)
        if base.content_hash != self._attempt.base_hash:
            raise ConflictError(
                f"{base.name}@{base.version} was changed since this attempt began. Begin a new one, or bring its files back."
            )
        return base

    def _golds(self) -> dict[str, list[Gold]]:
        """Return the cases of each side in the order they were written down; those erased since are left out."""
        found = {}
        for side, ids in self._state["cases"].items():
            rows = {row["id"]: row for row in examples.page(self._record, ids=ids, limit=len(ids))}
            found[side] = [(judge_gold_of if self._judges else gold_of)(rows[one]) for one in ids if one in rows]
        if not all(found.values()):
            raise ConflictError("The examples of this attempt are gone. Begin a new one.")
        return found

    def _board(self, golds: Sequence[Gold]) -> Board:
        board = Board({gold.key: gold for gold in golds}, JudgeMetric() if self._judges else self._metric())
        board.told = lambda: self._tell(board)
        return board

    def _metric(self) -> DraftMetric:
        judge = self._service.judge(self._llm) if self._wish.judged else None
        asked = partial(_judged, self._llm, judge) if judge else None
        return DraftMetric(self._service.checker, asked, self._moment())

    @property
    def _judges(self) -> bool:
        return self._attempt.program.startswith("judge.")

    def _moment(self) -> datetime:
        """Return the moment facts are held against: the same however often the attempt is taken up again."""
        return self._attempt.created_at

    def _to_keep(self, board: Board, golds: Mapping[str, list[Gold]]) -> tuple[float, int]:
        """Return what the held-out cases will cost about, in dollars and calls: both versions, by what a draft cost so far."""
        drafts = max(1, board.runs)
        wanted = 2 * len(golds["held_out"])
        return self._meter.spent_usd / drafts * wanted, -(-self._meter.asked * wanted // drafts)

    @contextmanager
    def _allowed(self, keep_usd: float = 0.0, keep_calls: int = 0) -> Iterator[None]:
        """Let the budget be used in the block but for what is to be kept of it."""
        usd, calls = self._wish.budget_usd, self._wish.budget_calls
        self._meter.usd = None if usd is None else max(0.0, usd - keep_usd)
        self._meter.calls = None if calls is None else max(0, calls - keep_calls)
        yield

    def _wanted(self) -> str | None:
        standing = optimisations.standing(self._record, self._attempt.id)
        if standing is None or standing[0] != "running":
            return "somebody stopped it"
        return None if standing[1] == self._worker else "another process took it over"

    def _phase(self, name: str) -> None:
        self._state["phase"] = name
        self._save()

    def _tell(self, board: Board) -> None:
        now = self._clock.monotonic()
        if now - self._saved >= SAVE_SECONDS:
            self._saved = now
            self._state |= {"drafts_scored": board.runs, "candidates": len(board.states)}
            self._save()
        if self._progress:
            self._progress(board.runs, None)

    def _save(self) -> None:
        if self._wanted() is not None:
            return
        values = {"state": dict(self._state), "updated_at": self._clock.now(), **self._spent()}
        with self._record.write() as connection:
            optimisations.update(connection, self._record.workspace_id, self._attempt.id, values)

    def _spent(self) -> dict[str, Any]:
        return {"cost_usd": self._meter.spent_usd, "calls": self._meter.asked}

    def _end(self, status: str, report: Mapping[str, Any]) -> Attempt:
        """Keep how it ended, unless another process has it now."""
        standing = optimisations.standing(self._record, self._attempt.id)
        if standing is not None and standing[1] == self._worker:
            now = self._clock.now()
            spent = self._spent()
            state = self._state | ({"phase": status} if status == "finished" else {})
            values: dict[str, Any] = {
                "status": status,
                "state": state,
                "report": dict(report) | spent,
                "updated_at": now,
                **spent,
            }
            values |= {"finished_at": now} if status in ("finished", "failed") else {}
            with self._record.write() as connection:
                optimisations.update(connection, self._record.workspace_id, self._attempt.id, values)
        return self._service.get(self._attempt.id)


def _judged(llm: MeteredLlm, judge: Judge, material: Material, grounding: Grounding) -> Judgement:
    return llm.wait(lambda: judge.judge(material, grounding))
