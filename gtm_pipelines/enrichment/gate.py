"""How fast a source may be asked: so many at once, so many a minute, not while it rests, and not once it is out."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from gtm_pipelines.clock import Clock
from gtm_pipelines.enrichment.registry import Offered
from gtm_pipelines.enrichment.source import Subject

FIRST_REST_SECONDS = 1.0
"""Rest after the first failure of a source that does not say when to come back; doubles each time in a row."""
LONGEST_REST_SECONDS = 60.0


@dataclass
class Gate:
    """One source's entrance, shared by everybody who works on a run.

    Attributes:
        offered: the source and its settings.
        clock: what the time is.
        out: why the source is not asked any more in this run, once it is not.
    """

    offered: Offered
    clock: Clock
    out: str | None = None
    _places: asyncio.Semaphore = field(init=False)
    _hosts: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))
    _rests: dict[str, datetime] = field(default_factory=dict)
    _failures: Counter[str] = field(default_factory=Counter)
    _next: float = 0.0

    def __post_init__(self) -> None:
        self._places = asyncio.Semaphore(self.offered.concurrency)

    @asynccontextmanager
    async def entered(self, subject: Subject) -> AsyncIterator[None]:
        """Hold a place; of a source whose host differs by subject, the host's only place too."""
        async with self._places:
            if not self.per_host:
                yield
                return
            async with self._hosts[host_of(subject)]:
                yield

    @property
    def per_host(self) -> bool:
        """Whether every subject is asked about at a host of its own, so that one that is down says nothing of the others."""
        return bool(getattr(self.offered.source, "per_host", False))

    async def paced(self) -> None:
        """Wait for this question's turn, if only so many are asked a minute."""
        if self.offered.settings.per_minute is None:
            return
        now = self.clock.monotonic()
        turn = max(now, self._next)
        self._next = turn + 60 / self.offered.settings.per_minute
        await asyncio.sleep(turn - now)

    def rest_seconds(self, subject: Subject) -> float:
        """Return how long the source, or this subject's host, still rests; 0 where it does not."""
        until = self._rests.get(self._door(subject))
        return max(0.0, (until - self.clock.now()).total_seconds()) if until else 0.0

    def was_busy(self, subject: Subject, retry_at: datetime | None) -> None:
        """Let the source, or this subject's host, rest until it said, or for longer each time in a row."""
        door = self._door(subject)
        self._failures[door] += 1
        seconds = min(LONGEST_REST_SECONDS, FIRST_REST_SECONDS * 2 ** (self._failures[door] - 1))
        until = retry_at or self.clock.now() + timedelta(seconds=seconds)
        self._rests[door] = max(until, self._rests.get(door, until))

    def answered(self, subject: Subject) -> None:
        """Note that the source, or this subject's host, is well."""
        self._failures.pop(self._door(subject), None)

    def _door(self, subject: Subject) -> str:
        return host_of(subject) if self.per_host else ""


def host_of(subject: Subject) -> str:
    """Return the host that a question about a subject goes to, where that differs by subject."""
    for name in ("website", "domain", "company_website", "company_domain"):
        if value := subject.known.get(name):
            return (urlsplit(value if "//" in value else f"//{value}").hostname or value).removeprefix("www.")
    return subject.id
