"""The drafter that asks language models: collects, composes, checks, and hands each text over as it is done."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol, TypeVar

from gtm_pipelines.clock import Clock
from gtm_pipelines.drafting.brief import Brief
from gtm_pipelines.drafting.evidence import Checker, Material
from gtm_pipelines.drafting.model import (
    DraftFailure,
    DraftRefusedError,
    DraftRequest,
    DraftText,
    DraftWarning,
    Packs,
    StageOutput,
)
from gtm_pipelines.drafting.programs import safe
from gtm_pipelines.drafting.programs.batch import Batch, Failed
from gtm_pipelines.drafting.programs.cases import case_of
from gtm_pipelines.drafting.programs.context import Subject, collect
from gtm_pipelines.drafting.programs.model import Case, Composed
from gtm_pipelines.drafting.store import Written
from gtm_pipelines.llm.model import CallContext
from gtm_pipelines.packs.model import Pack
from gtm_pipelines.record.engine import Record
from gtm_pipelines.settings import DraftingSettings

PURPOSE = "draft"
Cards = Callable[[str, str], str]
"""From a voice and a language to its card; empty where nothing was learnt."""
ANEW = 10
"""How far a refused draft goes past the cache: further than the repairs of one answer do."""
GATHER_SECONDS = 0.25
"""How long finished drafts wait for others to be stored with: what a killed run has to compose again from kept answers."""
FIRST = Material(
    "Lists in Berlin",
    "We met Anna Smith of Acme in Berlin on 3 May 2024.\n\nМы встретили Анну в Казани, 12 человек.",
    "en",
    (),
    (),
)
"""Something to look at before there is anything: the first look reads dictionaries, half a second of them."""
WARM_AFTER_SECONDS = 0.4
"""By then the first questions have left; no model answers sooner."""
Outcome = DraftText | DraftFailure
J = TypeVar("J")


class Models(Protocol):
    """What writing asks of language models."""

    def programs(self, context: CallContext) -> AbstractContextManager[Any]:
        """Run programs of DSPy in the block; every call is on record."""
        ...

    async def aclose(self) -> None:
        """Close the connections of the running event loop."""
        ...


@dataclass(frozen=True)
class Job:
    """One draft to write: what is asked, and what it is written from, or why it cannot be."""

    request: DraftRequest
    case: Case | DraftRefusedError


@dataclass(frozen=True)
class ModelDrafter:
    """Writes drafts with language models.

    Args:
        record: where evidence is.
        clock: the clock.
        packs: merges what stands around a text.
        llm: asks models; every call is on record.
        settings: how many at once, and how patiently.
        checker: looks at texts by rule; without one only what is never allowed is refused.
        cards: tells how a sender writes.
    """

    record: Record
    clock: Clock
    packs: Packs
    llm: Models
    settings: DraftingSettings
    checker: Checker | None
    cards: Cards

    name = "model"

    def cases(self, requests: Sequence[DraftRequest], now: datetime) -> list[Job]:
        """Return what each request is written from; everything of one person alone."""
        subjects = [Subject(one.target.contact_id, one.target.company_id, one.target.snapshot) for one in requests]
        with self.record.read() as connection:
            known = collect(connection, self.record.workspace_id, subjects, now)
        jobs = []
        for request, mine in zip(requests, known, strict=True):
            card = self.cards(request.settings.voice or request.mailbox.name, request.target.language)
            try:
                jobs.append(Job(request, case_of(request, mine, self.packs, card)))
            except DraftRefusedError as error:
                jobs.append(Job(request, error))
        return jobs

    def write(self, brief: Brief, pages: Iterable[Sequence[DraftRequest]], keep: Callable[[list[Written]], None]) -> str | None:
        """Write drafts on an event loop of their own and hand them over as they are done.

        Args:
            brief: of the campaign.
            pages: the requests, so many at a time; read while others are written.
            keep: keeps what is handed over, in a thread.

        Returns:
            Why it stopped before its time, if it did.
        """
        programs, refused = self.programs(brief.pack), Counter[str]()

        async def work(job: Job) -> DraftText:
            key = f"{job.request.target.id}:{job.request.variant}"
            try:
                return await self._compose(job, brief, programs, refused[key])
            except DraftRefusedError:
                refused[key] += 1
                raise

        def done(items: list[tuple[Job, DraftText | Failed]]) -> None:
            keep([Written(job.request, _outcome(job.request, made)) for job, made in items])

        return asyncio.run(self.run(work, self._jobs(pages), done))

    async def run(
        self,
        work: Callable[[J], Awaitable[DraftText]],
        jobs: AsyncIterator[J],
        done: Callable[[list[tuple[J, DraftText | Failed]]], None],
    ) -> str | None:
        """Do jobs that ask models, so many at once; return why it stopped before its time, if it did."""
        import dspy

        from gtm_pipelines.llm.adapter import FormAdapter, at_once

        # Rows of calls wait for a commit each: as many may wait together as are asked together.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(self.settings.concurrency + 8))
        batch: Batch[J, DraftText] = Batch(work, self.settings, self.clock)
        warm = asyncio.create_task(self._warm())
        try:
            with at_once(self.settings.concurrency), self.llm.programs(CallContext(PURPOSE)), dspy.context(adapter=FormAdapter()):
                await _kept(batch.run(jobs), done)
        finally:
            warm.cancel()
            await asyncio.gather(warm, return_exceptions=True)
            await self.llm.aclose()
        return batch.stopped.reason if batch.stopped else None

    async def _warm(self) -> None:
        """Take the first look while the first questions are on their way, when there is nothing else to do."""
        await asyncio.sleep(WARM_AFTER_SECONDS)
        if self.checker is not None:
            await asyncio.to_thread(self.checker.check, FIRST, now=self.clock.now())

    async def _jobs(self, pages: Iterable[Sequence[DraftRequest]]) -> AsyncIterator[Job]:
        waiting: Iterator[Sequence[DraftRequest]] = iter(pages)
        while (page := await asyncio.to_thread(next, waiting, None)) is not None:
            for job in await asyncio.to_thread(self.cases, page, self.clock.now()):
                yield job

    def programs(self, pack: Pack) -> Mapping[str, Any]:
        """Return the program of each language of a pack."""
        from gtm_pipelines.drafting.programs.program import build

        shared: dict[str, Any] = {"checker": self.checker, "refinements": self.settings.refinements, "now": self.clock.now}
        return {language: build(pack, language=language, **shared) for language in pack.languages}

    async def _compose(self, job: Job, brief: Brief, programs: Mapping[str, Any], refused: int) -> DraftText:
        """Write one draft; what was refused is asked anew, past the cache: else it would be refused on every run."""
        from gtm_pipelines.llm.adapter import called

        if isinstance(job.case, DraftRefusedError):
            raise job.case
        context = replace(self.context(job.request, brief, PURPOSE, brief.run_id), rollout=ANEW * refused, cached=not refused)
        with called(context):
            composed = (await programs[job.case.language].acall(case=job.case)).composed
        return text_of(job.case, composed, context.trace_id)

    def context(self, request: DraftRequest, brief: Brief, purpose: str, run_id: str) -> CallContext:
        """Return what the calls for one draft say beside question and answer."""
        target = request.target
        return CallContext(
            purpose, run_id=run_id, budget_usd=brief.settings.budget_usd, campaign_id=brief.campaign_id,
            contact_id=target.contact_id, company_id=target.company_id,
            pack_version=f"{request.pack.name}@{request.pack.version}",
        )  # fmt: skip


def text_of(case: Case, composed: Composed, trace_id: str) -> DraftText:
    """Return what a program composed as the mail it makes, with everything that led to it.

    Raises:
        DraftRefusedError: it holds what no mail may.
    """
    safe.check(case, composed)
    first = StageOutput("context", case.dump())
    findings = composed.grounding.findings if composed.grounding else ()
    warnings = tuple(DraftWarning(one.rule, one.text) for one in findings)
    return DraftText(
        composed.subject, case.whole(composed.body), case.language, warnings, composed.claims, composed.grounding,
        (first, *composed.outputs), trace_id,
    )  # fmt: skip


async def _kept(
    items: AsyncIterator[tuple[J, DraftText | Failed]], done: Callable[[list[tuple[J, DraftText | Failed]]], None]
) -> None:
    """Hand over what is done while the rest is written: many at once, for each time costs as much as many drafts."""
    waiting: list[tuple[J, DraftText | Failed]] = []
    over = asyncio.Event()

    async def store() -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(over.wait(), GATHER_SECONDS)
        taken = waiting[:]
        waiting.clear()
        await asyncio.to_thread(done, taken)

    storing: asyncio.Task[None] | None = None
    try:
        async for item in items:
            waiting.append(item)
            if storing is None or storing.done():
                if storing is not None:
                    storing.result()
                storing = asyncio.create_task(store())
    finally:
        over.set()
        if storing is not None:
            await storing
        if waiting:
            await store()


def _outcome(request: DraftRequest, made: DraftText | Failed) -> Outcome:
    if isinstance(made, Failed):
        why = (made.reason_code, made.reason)
        return DraftFailure(request.target.id, request.target.contact_id, request.variant, *why, request.step)
    return made
