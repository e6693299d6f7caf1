"""Judges the drafts of a campaign, so many at once, and goes on where it was stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from gtm_pipelines.clock import Clock
from gtm_pipelines.drafting.checks.service import GroundingService
from gtm_pipelines.drafting.evidence import Judge, Judgement
from gtm_pipelines.drafting.judging.ask import ModelJudge
from gtm_pipelines.drafting.judging.model import JudgeFailure, JudgeReport
from gtm_pipelines.drafting.judging.rules import RuleJudge
from gtm_pipelines.errors import NotFoundError
from gtm_pipelines.ids import new_id
from gtm_pipelines.llm.model import BudgetExceededError, InvalidAnswerError, LlmUnavailable, RefusedError
from gtm_pipelines.record import campaigns, groundings, judgements
from gtm_pipelines.record.engine import Record

Progress = Callable[[int, int | None], None]
Kind = Literal["rules", "model"]
BATCH = 100
SHOWN_FAILURES = 100


class Closes(Protocol):
    """Whatever holds connections to models."""

    async def aclose(self) -> None:
        """Close those of the running event loop."""
        ...


@dataclass
class _Run:
    judged: int = 0
    failed: list[JudgeFailure] = field(default_factory=list)
    stopped: str | None = None


class JudgingService:
    """Scores drafts.

    Args:
        record: the record.
        clock: the clock.
        grounds: tells what rules found, and what drafts may be held against.
        model: makes the judge that asks a model; raises ``SettingsError`` where there is none.
        closes: what that judge asks through.
        concurrency: drafts judged at once by a model.
    """

    def __init__(
        self, record: Record, clock: Clock, grounds: GroundingService, model: Callable[[], ModelJudge],
        closes: Callable[[], Closes], concurrency: int = 8,
    ) -> None:  # fmt: skip
        self._record, self._clock, self._grounds = record, clock, grounds
        self._model, self._closes, self._concurrency = model, closes, max(1, concurrency)

    def run(
        self, campaign: str, *, judge: Kind = "rules", limit: int | None = None, progress: Progress | None = None
    ) -> JudgeReport:
        """Judge every draft of a campaign whose present revision this judge has not scored.

        Args:
            campaign: name or id.
            judge: ``rules`` counts and costs nothing, ``model`` asks one, a draft a call.
            limit: so many at most.
            progress: told ``(done, total)`` drafts.

        Raises:
            NotFoundError: there is no such campaign.
            SettingsError: a model is wanted and none is configured.
        """
        chosen: Judge = RuleJudge() if judge == "rules" else self._model()
        with self._record.read() as connection:
            row = campaigns.find(connection, self._record.workspace_id, campaign)
            if row is None:
                raise NotFoundError(f"No campaign is called '{campaign}'. 'gtm campaign list' shows those there are.")
            waiting = judgements.count_unjudged(connection, self._record.workspace_id, row["id"], chosen.name)
        self._grounds.check(row["id"])
        total = min(waiting, limit) if limit is not None else waiting
        told = _Run()
        asyncio.run(self._all(chosen, str(row["id"]), total, told, progress or (lambda _done, _total: None)))
        drafts = sum(self._verdicts(str(row["id"])).values())
        failed = tuple(told.failed[:SHOWN_FAILURES])
        return JudgeReport(chosen.name, drafts, told.judged, drafts - waiting, failed, told.stopped)

    def of_drafts(self, draft_ids: Sequence[str]) -> dict[str, list[Judgement]]:
        """Return the judgements on the present revision of drafts, by draft, newest first."""
        with self._record.read() as connection:
            found = judgements.of_drafts(connection, self._record.workspace_id, draft_ids)
        return {name: [judgement_of(row) for row in rows] for name, rows in found.items()}

    def summary(self, campaign: str) -> list[dict[str, Any]]:
        """Return, by judge, how many drafts of a campaign it scored, and the means of quality and risk."""
        with self._record.read() as connection:
            row = campaigns.find(connection, self._record.workspace_id, campaign)
            if row is None:
                raise NotFoundError(f"No campaign is called '{campaign}'. 'gtm campaign list' shows those there are.")
            return [dict(one) for one in judgements.summary(connection, self._record.workspace_id, row["id"])]

    async def _all(self, judge: Judge, campaign_id: str, total: int, told: _Run, progress: Progress) -> None:
        after, done, run_id = "", 0, new_id()
        try:
            while done < total and told.stopped is None:
                ids = await asyncio.to_thread(self._next, judge.name, campaign_id, after, min(BATCH, total - done))
                if not ids:
                    break
                await self._batch(judge, ids, campaign_id, run_id, told)
                after, done = ids[-1], done + len(ids)
                progress(done, total)
        finally:
            if isinstance(judge, ModelJudge):
                await self._closes().aclose()

    def _next(self, name: str, campaign_id: str, after: str, limit: int) -> list[str]:
        with self._record.read() as connection:
            return judgements.unjudged(connection, self._record.workspace_id, campaign_id, name, after=after, limit=limit)

    async def _batch(self, judge: Judge, ids: Sequence[str], campaign_id: str, run_id: str, told: _Run) -> None:
        seen = await asyncio.to_thread(self._grounds.inspect, ids)
        turns, made, short = asyncio.Semaphore(self._concurrency), dict[str, Judgement](), list[str]()

        async def one(draft_id: str, *, alone: bool = False) -> None:
            async with turns:
                if told.stopped is None:
                    material, grounding, contact_id = seen[draft_id]
                    about = {"campaign_id": campaign_id, "contact_id": contact_id, "run_id": run_id}
                    asked = judge.within(**about) if isinstance(judge, ModelJudge) else judge
                    try:
                        made[draft_id] = await asked.judge(material, grounding)
                    except (InvalidAnswerError, RefusedError) as error:
                        told.failed.append(JudgeFailure(draft_id, str(error)))
                    except LlmUnavailable as error:
                        told.stopped = str(error)
                    except BudgetExceededError as error:
                        short.append(draft_id)
                        told.stopped = str(error) if alone else told.stopped

        await asyncio.gather(*(one(name) for name in ids if name in seen))
        for name in list(short):  # a cap is held against the worst that others on their way can cost: now none is
            await one(name, alone=True)
        await asyncio.to_thread(self._keep, made)
        told.judged += len(made)

    def _keep(self, made: Mapping[str, Judgement]) -> None:
        now, workspace = self._clock.now(), self._record.workspace_id
        with self._record.write() as connection:
            texts = {row["id"]: row for row in groundings.texts(connection, workspace, list(made))}
            there = judgements.of_drafts(connection, workspace, list(made))
            rows = [
                {
                    "draft_id": name, "revision_number": texts[name]["current_revision"],
                    "content_hash": texts[name]["content_hash"], "judge": one.judge, "quality": one.quality, "risk": one.risk,
                    "reasons": dict(one.reasons), "trace_id": one.trace_id, "created_at": now,
                }
                for name, one in made.items()
                if name in texts and one.judge not in {row["judge"] for row in there.get(name, ())}
            ]  # fmt: skip
            judgements.add(connection, workspace, rows)

    def _verdicts(self, campaign_id: str) -> dict[str, int]:
        with self._record.read() as connection:
            return groundings.verdicts(connection, self._record.workspace_id, campaign_id)


def judgement_of(row: Mapping[Any, Any]) -> Judgement:
    """Return a judgement as it is stored."""
    return Judgement(row["quality"], row["risk"], row["reasons"], row["judge"], row["trace_id"])
