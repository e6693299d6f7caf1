"""Many drafts at once, on one event loop: so many at a time, through outages, within a budget.

An outage of the models lets the whole batch wait until they can be asked again. Where a budget leaves no room while other
drafts are on their way, a draft waits for those: a cap is held against the worst that they can cost. Only when it is alone
and there is still no room, the batch stops.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from gtm_pipelines.clock import Clock
from gtm_pipelines.drafting.model import DraftRefusedError
from gtm_pipelines.errors import SettingsError
from gtm_pipelines.llm.model import BudgetExceededError, InvalidAnswerError, LlmUnavailable, RefusedError
from gtm_pipelines.settings import DraftingSettings

Job = TypeVar("Job")
Made = TypeVar("Made")
AHEAD = 2
"""Drafts under way for each question that may be with a model: while one keeps what it was told, another asks."""
NAP_SECONDS = 1.0
"""How long a waiting batch sleeps before it looks again whether somebody stopped it."""


@dataclass(frozen=True)
class Failed:
    """Why one job came to nothing."""

    reason_code: str
    reason: str


@dataclass
class Batch(Generic[Job, Made]):
    """Runs jobs.

    Args:
        work: does one job; raises what ``LlmService.aask`` raises, and ``DraftRefusedError``.
        settings: how many at once, and how patiently.
        clock: tells how long to wait.

    Attributes:
        stopped: why no further job was begun, and what to do; ``None`` where all were.
    """

    work: Callable[[Job], Awaitable[Made]]
    settings: DraftingSettings
    clock: Clock
    stopped: Failed | None = None
    _asking: int = 0
    _silent_since: datetime | None = None
    _open_at: datetime | None = None
    _gate: asyncio.Lock = field(default_factory=asyncio.Lock)
    _waiting: list[asyncio.Future[None]] = field(default_factory=list)

    async def run(self, jobs: AsyncIterator[Job]) -> AsyncIterator[tuple[Job, Made | Failed]]:
        """Yield each job with what came of it, as they are done."""
        done: asyncio.Queue[tuple[Job, Made | Failed] | None] = asyncio.Queue()
        turn = asyncio.Lock()

        async def hand() -> None:
            while True:
                async with turn:
                    job = await anext(jobs, None)
                if job is None:
                    return
                done.put_nowait((job, await self._settled(job)))

        workers = asyncio.gather(*(hand() for _ in range(AHEAD * self.settings.concurrency)))
        workers.add_done_callback(lambda _: done.put_nowait(None))
        try:
            while (item := await done.get()) is not None:
                yield item
        finally:
            workers.cancel()
            await asyncio.gather(workers, return_exceptions=True)
        workers.result()

    async def _settled(self, job: Job) -> Made | Failed:
        """Do one job, however often it has to be tried."""
        tries = 0
        while self.stopped is None:
            await self._pause()
            if self.stopped is not None:
                break
            try:
                with self._counted():
                    made = await self.work(job)
                self._silent_since = self._open_at = None
                return made
            except LlmUnavailable as error:
                self._rest(error)
            except BudgetExceededError as error:
                await self._wait_for_room(error)
            except DraftRefusedError as error:
                tries += 1
                if tries >= self.settings.attempts:
                    return Failed(error.reason_code, error.reason)
            except (InvalidAnswerError, RefusedError) as error:
                tries += 1
                if tries >= self.settings.attempts:
                    return Failed(error.code, str(error))
            except SettingsError as error:
                self.stopped = Failed("llm_settings", str(error))
        return self.stopped

    def _rest(self, error: LlmUnavailable) -> None:
        now = self.clock.now()
        self._silent_since = self._silent_since or now
        self._open_at = max(error.retry_at, self._open_at or error.retry_at)
        if now - self._silent_since >= timedelta(minutes=self.settings.outage_minutes):
            self.stopped = Failed("llm_unavailable", f"{error} Draft again then; what is written stays.")

    async def _pause(self) -> None:
        """Wait until models can be asked again; one waits for all."""
        if self._open_at is None:
            return
        async with self._gate:
            while self._open_at is not None and self.stopped is None:
                left = (self._open_at - self.clock.now()).total_seconds()
                if left <= 0:
                    self._open_at = None
                    return
                await asyncio.to_thread(self.clock.sleep, min(left, NAP_SECONDS))

    @contextmanager
    def _counted(self) -> Iterator[None]:
        """Count who asks; whoever ends otherwise than for want of room may have left some to those that wait."""
        self._asking += 1
        refused = False
        try:
            yield
        except BudgetExceededError:
            refused = True
            raise
        finally:
            self._asking -= 1
            if not refused:
                self._wake()

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            if not one.done():
                one.set_result(None)

    async def _wait_for_room(self, error: BudgetExceededError) -> None:
        """Wait until another draft is done; nothing may be awaited between its end and this, or the wait has no end."""
        if self._asking == 0:
            self.stopped = Failed("llm_budget", str(error))
            self._wake()
            return
        self._waiting.append(asyncio.get_running_loop().create_future())
        await self._waiting[-1]
