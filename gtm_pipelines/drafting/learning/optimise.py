"""Better a pack by what people made of its drafts: search on some companies, prove on others, within a budget.

A run can be killed at any moment and taken up again: its cases, its seed and its phase are kept, every answer of a model
is in the cache, and an optimiser that is given the same answers takes the same way. So it is run again from its
beginning, and pays for nothing it had paid for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Any

from gtm_pipelines.clock import Clock
from gtm_pipelines.drafting.evidence import Checker
from gtm_pipelines.drafting.learning.attempt import (
    LEAST_TRAIN,
    LEAST_VALIDATION,
    Attempt,
    Build,
    MakeJudge,
    Metered,
    Packs,
    Versions,
    Wish,
)
from gtm_pipelines.drafting.learning.judged import LEAST_EACH, one_sided
from gtm_pipelines.errors import ConflictError, InputError, NotFoundError
from gtm_pipelines.ids import new_id
from gtm_pipelines.packs.model import Pack
from gtm_pipelines.record import examples, optimisations
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.record.engine import Record

Progress = Callable[[int, int | None], None]


class OptimiseService:
    """Attempts to better packs.

    Args:
        record: the record.
        clock: the clock.
        llm: language models.
        packs: the packs at hand.
        versions: makes new versions.
        build: makes the program of a pack.
        checker: the rules a draft is held against.
        judge: makes a judge over a service.
    """

    def __init__(
        self, record: Record, clock: Clock, llm: Metered, packs: Packs, versions: Versions, build: Build,
        checker: Checker | None, judge: MakeJudge,
    ) -> None:  # fmt: skip
        self.record, self.clock, self.llm, self.packs, self.versions = record, clock, llm, packs, versions
        self.build, self.checker, self.judge = build, checker, judge

    def request(self, wish: Wish, *, by: str, status: str = "requested") -> Attempt:
        """Write down that a pack is to be bettered, with the cases it is to learn from and be tried on.

        Raises:
            NotFoundError: there is no such pack.
            InputError: there are too few examples, or the pack has nothing a model is instructed by.
        """
        pack, cases = self._chosen(wish)
        now, program = self.clock.now(), f"{_program(pack)}.{wish.language}"
        wish = replace(wish, effort=replace(wish.effort, demos=0)) if _judges(pack) else wish
        settings = asdict(wish) | {"pack": f"{pack.name}@{pack.version}"}
        values = {
            "pack": pack.name, "base_version": pack.version, "base_hash": pack.content_hash, "program": program,
            "optimiser": wish.optimiser, "status": status, "settings": settings, "report": {},
            "state": {"phase": "base", "cases": cases, "contacts": self._people(cases), "worker": ""},
            "budget_usd": wish.budget_usd, "budget_calls": wish.budget_calls, "trace_id": new_id(),
            "requested_by": by, "created_at": now, "updated_at": now,
        }  # fmt: skip
        with self.record.write() as connection:
            row_id = optimisations.add(self.record, connection, values)
            self._audit(connection, by, "pack.optimise", row_id, {"pack": pack.name, "optimiser": wish.optimiser})
        return self.get(row_id)

    def plan(self, wish: Wish) -> dict[str, Any]:
        """Say what an attempt would learn from and be tried on; nothing is written or asked. Raises what ``request`` raises."""
        pack, cases = self._chosen(wish)
        counts = {side: len(ids) for side, ids in cases.items()}
        return {"pack": f"{pack.name}@{pack.version}", "optimiser": wish.optimiser, "language": wish.language, "cases": counts}

    def _chosen(self, wish: Wish) -> tuple[Pack, dict[str, list[str]]]:
        pack = self.packs.get(wish.pack)
        if wish.language not in pack.languages:
            raise InputError(f"{pack.name}@{pack.version} speaks {', '.join(pack.languages)}, not {wish.language}.")
        if not pack.writes:
            raise InputError(
                f"{pack.name}@{pack.version} only merges its templates; no model is instructed by it, so there is nothing to "
                "better. Give it parts (format 2)."
            )
        if _judges(pack) and wish.optimiser == "bootstrap":
            raise InputError(
                "A judge is bettered by what it is told, and 'bootstrap' only puts examples before the question. "
                "Choose --optimiser gepa or mipro."
            )
        return pack, self._cases(pack, wish)

    def optimise(self, wish: Wish, *, by: str, progress: Progress | None = None) -> Attempt:
        """Better a pack, from request to report; see ``run``."""
        return self.run(self.request(wish, by=by).id, progress=progress)

    def run(
        self, attempt_id: str, *, budget_usd: float | None = None, budget_calls: int | None = None,
        progress: Progress | None = None,
    ) -> Attempt:  # fmt: skip
        """Begin an attempt, or go on where it was stopped or killed. Whoever had it before leaves it.

        Args:
            attempt_id: its id or the beginning of it.
            budget_usd: a new budget for all of it, what is spent included.
            budget_calls: the same in calls.
            progress: told how many drafts were scored, of about how many.

        Raises:
            NotFoundError: there is no such attempt.
            ConflictError: it is finished.
        """
        from gtm_pipelines.drafting.learning.run import Run

        attempt = self.get(attempt_id)
        if attempt.status == "finished":
            raise ConflictError(f"Attempt {attempt.id} is finished. Look at it with 'gtm pack attempts {attempt.id}'.")
        changed: dict[str, Any] = {"status": "running", "updated_at": self.clock.now(), "finished_at": None}
        changed |= {"budget_usd": budget_usd} if budget_usd is not None else {}
        changed |= {"budget_calls": budget_calls} if budget_calls is not None else {}
        worker = new_id()
        with self.record.write() as connection:
            state = {**attempt.state, "worker": worker}
            optimisations.update(connection, self.record.workspace_id, attempt.id, changed | {"state": state})
        return Run(self, self.get(attempt.id), worker, progress).go()

    def stop(self, attempt_id: str, *, by: str) -> Attempt:
        """Ask whoever runs an attempt to stop; it ends within seconds and can be taken up again."""
        attempt = self.get(attempt_id)
        if attempt.status not in ("running", "requested"):
            raise ConflictError(f"Attempt {attempt.id} is {attempt.status}; there is nothing to stop.")
        with self.record.write() as connection:
            values = {"status": "stopped", "updated_at": self.clock.now()}
            values |= {"report": {**attempt.report, "stopped": f"by {by}"}}
            optimisations.update(connection, self.record.workspace_id, attempt.id, values)
            self._audit(connection, by, "pack.optimise.stop", attempt.id, {"pack": attempt.pack})
        return self.get(attempt.id)

    def get(self, attempt_id: str) -> Attempt:
        """Return an attempt by its id or the beginning of it.

        Raises:
            NotFoundError: there is none, or more than one.
        """
        with self.record.read() as connection:
            row = optimisations.find(connection, self.record.workspace_id, attempt_id)
        if row is None:
            raise NotFoundError(
                f"No single attempt has an id that begins with '{attempt_id}'. 'gtm pack optimise list' shows them."
            )
        return Attempt.of(row)

    def attempts(self, pack: str | None = None, *, status: str | None = None, limit: int = 50) -> Sequence[Attempt]:
        """Return attempts, newest first."""
        return [Attempt.of(row) for row in optimisations.page(self.record, pack=pack, status=status, limit=limit)]

    def _cases(self, pack: Pack, wish: Wish) -> dict[str, list[str]]:
        """Return the ids of the examples of each side, newest first."""
        found, kind, of = {}, _program(pack), None if _judges(pack) else pack.name
        for split in ("train", "validation", "held_out"):
            rows = examples.page(self.record, kind=kind, pack=of, split=split, language=wish.language, limit=100_000)
            rows = rows[::-1][: wish.most]
            found[split] = [row["id"] for row in rows]
            if _judges(pack) and split == "validation" and len(rows) >= LEAST_VALIDATION and one_sided(rows):
                raise InputError(
                    f"People decided nearly all drafts in '{wish.language}' alike, so a judge cannot be told right from wrong by "
                    f"them: at least {LEAST_EACH} taken as written and {LEAST_EACH} not are wanted to choose by. "
                    "Decide on more drafts."
                )
        if len(found["train"]) < LEAST_TRAIN or len(found["validation"]) < LEAST_VALIDATION or not found["held_out"]:
            have = ", ".join(f"{len(ids)} {split.replace('_', '-')}" for split, ids in found.items())
            raise InputError(
                f"There are too few examples of {pack.name} in '{wish.language}' ({have}): at least {LEAST_TRAIN} to learn from, "
                f"{LEAST_VALIDATION} to choose by and one held out are wanted. Decide on more drafts, then 'gtm learn examples'."
            )
        return found

    def _people(self, cases: dict[str, list[str]]) -> list[str]:
        """Return whose drafts are learned of, so that erasing one of them finds what was asked."""
        ids = [one for side in cases.values() for one in side]
        return sorted({row["contact_id"] for row in examples.page(self.record, ids=ids, limit=len(ids)) if row["contact_id"]})

    def _audit(self, connection: Any, by: str, action: str, row_id: str, detail: dict[str, str]) -> None:
        add_audit(
            connection, self.record.workspace_id, actor=by, action=action, subject_type="optimisation", subject_id=row_id,
            at=self.clock.now(), detail=detail,
        )  # fmt: skip


def _judges(pack: Pack) -> bool:
    return pack.kind == "judge"


def _program(pack: Pack) -> str:
    """Return which program of a pack is bettered, which is also the kind of its examples."""
    return "judge" if _judges(pack) else "draft"
