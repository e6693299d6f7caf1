"""Reads websites: the service that everybody uses who wants to know what stands on one."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Collection
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from gtm_pipelines.clock import Clock
from gtm_pipelines.enrichment.model import Page
from gtm_pipelines.enrichment.source import SourceAnswerError, SourceBusyError, SubjectRefusedError
from gtm_pipelines.enrichment.web import answers, store
from gtm_pipelines.enrichment.web.fetch import Fetcher, Session
from gtm_pipelines.enrichment.web.forgotten import without_erased
from gtm_pipelines.enrichment.web.forms import Forms
from gtm_pipelines.enrichment.web.guard import Guard
from gtm_pipelines.enrichment.web.manners import Manners
from gtm_pipelines.enrichment.web.model import PASSING, Attempt, FetchError, Visit
from gtm_pipelines.enrichment.web.parsing import Readers
from gtm_pipelines.enrichment.web.politeness import Politeness
from gtm_pipelines.enrichment.web.render import Renderer, rendering
from gtm_pipelines.enrichment.web.robots import RobotsBook, agent_token
from gtm_pipelines.enrichment.web.site import SiteVisit
from gtm_pipelines.record.engine import Record
from gtm_pipelines.settings_research import WebSettings

_BROWSERS = 2
"""Browsers at once; each takes some 300 MB."""
REFUSED = frozenset({"forbidden", "refused_address", "refused_url", "denied"})
"""Outcomes that say: this site is not to be read."""


@dataclass(frozen=True)
class _Shared:
    """What all visits on one event loop share."""

    visits: asyncio.Semaphore
    requests: asyncio.Semaphore
    browsers: asyncio.Semaphore
    politeness: Politeness
    robots: RobotsBook


class WebReader:
    """Reads websites politely and under guard, and writes down every attempt.

    May be used on several event loops, one after another or at once; each has its own turns.

    Args:
        record: where pages are kept.
        clock: what the time is.
        settings: who asks, pauses, caps, lifetimes.
        forms: how the house writes values, for those who make facts of pages.
        guard: which addresses may be reached; the public ones if absent. For tests over a server of their own.
        trust: certificates that are trusted; the system's if absent. For the same.
    """

    def __init__(
        self,
        record: Record,
        clock: Clock,
        settings: WebSettings,
        *,
        forms: Forms | None = None,
        guard: Guard | None = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self.forms = forms or Forms()
        self._record, self._clock, self._settings = record, clock, settings
        agent = user_agent(settings)
        self._agent = agent_token(agent)
        self._guard = guard or Guard()
        self._fetcher = Fetcher(self._guard, answers.limits_of(settings), agent, trust=trust)
        self._readers = Readers(settings.reading_processes, settings.text_characters, settings.reading_seconds)
        self._loops: WeakKeyDictionary[asyncio.AbstractEventLoop, _Shared] = WeakKeyDictionary()

    @property
    def max_pages(self) -> int:
        """How many pages of a site are read when facts about its company are looked for."""
        return self._settings.max_pages

    async def read(self, url: str, company_id: str | None = None, max_pages: int = 6, *, again: bool = False) -> list[Page]:
        """Return the pages of a site, the home page first; those read within their lifetime are not asked for again.

        Args:
            url: of the site, as people write it: ``example.com`` will do.
            company_id: whose site it is, if anybody's on record; its pages are kept under it.
            max_pages: how many at most.
            again: ask for every page, whatever is on record.

        Raises:
            SubjectRefusedError: the site forbids robots, or its address is none that may be read.
            SourceBusyError: it does not answer now.
            SourceAnswerError: there is no such site, or nothing on it that can be read.
        """
        visit = await self.visit(url, company_id, max_pages, again=again)
        pages = visit.pages
        if pages:
            return pages
        said = f"{url} could not be read ({visit.outcome}): {visit.note}"
        if visit.outcome in REFUSED:
            raise SubjectRefusedError(f"{said} Give another address, or what you know of it yourself.")
        if visit.outcome in PASSING:
            raise SourceBusyError(f"{said} Try again later.", retry_at=visit.retry_at)
        raise SourceAnswerError(f"{said} Check the address.")

    async def visit(
        self, url: str, company_id: str | None = None, max_pages: int = 6, *, run_id: str | None = None, again: bool = False
    ) -> Visit:
        """Read a site and return every attempt with its outcome; nothing that a site does raises.

        Args:
            url: of the site.
            company_id: whose site it is.
            max_pages: how many at most.
            run_id: the run it is read for.
            again: ask for every page, whatever is on record.
        """
        shared = self._shared()
        async with shared.politeness.alone(_host(url)), shared.visits:
            visit = await self._visited(shared, url, max_pages, again=again)
            return await asyncio.to_thread(self._kept, visit, company_id, run_id)

    def _kept(self, visit: Visit, company_id: str | None, run_id: str | None) -> Visit:
        visit = replace(visit, attempts=without_erased(self._record, visit.attempts))
        store.keep(self._record, visit.attempts, company_id, run_id)
        return visit

    async def _visited(self, shared: _Shared, url: str, max_pages: int, *, again: bool) -> Visit:
        try:
            async with self._fetcher.session(shared.requests) as session:
                manners = Manners(self._settings, session, shared.robots, shared.politeness)
                site = SiteVisit(self._settings, self._clock, manners, session, self._readers.read, self._newest, again=again)
                if not self._settings.render:
                    return await site.run(url, max_pages)
                async with shared.browsers, self._rendering(session, manners) as site.renderer:
                    return await site.run(url, max_pages)
        except FetchError as error:
            attempt = answers.failed(url, "home", error, self._clock.now(), self._settings)
            return Visit(url, error.outcome, (attempt,), str(error))

    def _rendering(self, session: Session, manners: Manners) -> AbstractAsyncContextManager[Renderer]:
        return rendering(session, manners, self._settings.answer_seconds, self._settings.browser_path)

    async def _newest(self, urls: Collection[str]) -> dict[str, Attempt]:
        return await asyncio.to_thread(store.newest, self._record, urls)

    def _shared(self) -> _Shared:
        loop = asyncio.get_running_loop()
        found = self._loops.get(loop)
        if found is None:
            visits, requests = asyncio.Semaphore(self._settings.sites_at_once), asyncio.Semaphore(self._settings.concurrency)
            found = self._loops[loop] = _Shared(
                visits, requests, asyncio.Semaphore(_BROWSERS), Politeness(), RobotsBook(self._agent)
            )
        return found

    def close(self) -> None:
        """End the reading processes and the threads that look names up."""
        self._readers.close()
        self._guard.close()


def _host(url: str) -> str:
    """Return the host that an address names, whatever its scheme; all odd ones are one."""
    try:
        parts = urlsplit(url if "//" in url else f"//{url}")
        return (parts.hostname or "").removeprefix("www.").rstrip(".")
    except ValueError:
        return ""


def user_agent(settings: WebSettings) -> str:
    """Return who asks, as servers see it: with an address to complain to where one is set."""
    from importlib.metadata import version

    own = f"gtm-workbench/{version('gtm-workbench')}" + (f" (+{settings.contact})" if settings.contact else "")
    return settings.user_agent or own
