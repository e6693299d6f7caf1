"""One visit to one site: its home page, then the most useful of its pages, one after another and politely."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from gtm_pipelines.clock import Clock
from gtm_pipelines.enrichment.model import Page
from gtm_pipelines.enrichment.web import address, answers
from gtm_pipelines.enrichment.web.fetch import Session
from gtm_pipelines.enrichment.web.main_text import without_repeated
from gtm_pipelines.enrichment.web.manners import Manners
from gtm_pipelines.enrichment.web.model import PASSING, Attempt, FetchError, Reading, Visit
from gtm_pipelines.enrichment.web.render import Renderer
from gtm_pipelines.enrichment.web.sitemap_search import listed_pages
from gtm_pipelines.settings_research import WebSettings


class Read(Protocol):
    """Makes a reading of a document."""

    async def __call__(self, body: bytes, content_type: str, url: str, *, judged: bool) -> Reading | None:
        """Return what stands in it."""
        ...


Newest = Callable[[Collection[str]], Awaitable[dict[str, Attempt]]]
_AGAIN = frozenset({"protocol", "server_error", "busy"})
"""Ends after which the home page is asked for once more, if the site does not ask for a longer wait."""
_FEW_LINKS = 2
"""Links of a home page up to which the site map is asked for more."""


@dataclass
class SiteVisit:
    """Reads one site over one session.

    Args:
        settings: pauses, caps, lifetimes.
        clock: what the time is.
        manners: the rules of hosts, and whose turn it is.
        session: fetches the pages.
        read: makes a reading of a document.
        newest: address → the newest attempt on record, also one that has expired.
        again: ask for every page, whatever is on record.
        renderer: runs the scripts of pages, if they are to be run.
    """

    settings: WebSettings
    clock: Clock
    manners: Manners
    session: Session
    read: Read
    newest: Newest
    again: bool = False
    renderer: Renderer | None = None
    attempts: list[Attempt] = field(default_factory=list)
    _until: float = 0.0
    _known: dict[str, Attempt] = field(default_factory=dict)

    async def run(self, url: str, most_pages: int) -> Visit:
        """Read the site at ``url`` and return what came of it; nothing that a site does raises."""
        self._until = asyncio.get_running_loop().time() + self.settings.site_seconds
        home = await self._home(address.complete(url))
        if home.page is None:
            first = self.attempts[0]
            retry_at = first.expires_at if first.outcome in PASSING else None
            return Visit(url, first.outcome, tuple(self.attempts), first.note, retry_at)
        if home.fresh and len(home.links) <= _FEW_LINKS < most_pages and not self._is_late():
            home = replace(home, links=await self._with_sitemap(home))
            self.attempts[-1] = home
        await self._further(home, most_pages)
        return Visit(url, "read", tuple(self.attempts))

    async def _home(self, first: str) -> Attempt:
        """Try the address as written, then what else may stand for it; the last attempt is the one that counts."""
        others = {"no_such_host": _with_www(first), **dict.fromkeys(("unreachable", "tls", "protocol"), _without_tls(first))}
        await self._look_up([first, *(other for other in others.values() if other)])
        attempt = await self._patiently(first)
        other = others.get(attempt.outcome)
        return await self._patiently(other) if other and not self._is_late() else attempt

    async def _patiently(self, url: str) -> Attempt:
        attempt = await self._attempt(url, "home")
        self.attempts.append(attempt)
        if attempt.outcome not in _AGAIN or not attempt.fresh or self._is_late():
            return attempt
        asked = (attempt.expires_at - attempt.fetched_at).total_seconds() if attempt.outcome == "busy" else 0.0
        if asked > self.settings.wait_seconds:
            return attempt
        await asyncio.sleep(asked)
        attempt = await self._attempt(url, "home")
        self.attempts.append(attempt)
        return attempt

    async def _further(self, home: Attempt, most_pages: int) -> None:
        links = home.links[: 2 * most_pages]
        await self._look_up([link for _, link in links])
        seen = {_bare(home.url), _bare(home.final_url or home.url)}
        for kind, link in links:
            if sum(attempt.page is not None for attempt in self.attempts) >= most_pages or self._is_late():
                return
            if _bare(link) not in seen:
                attempt = await self._attempt(link, kind)
                self.attempts.append(_without_twin(attempt, self.attempts))
                seen |= {_bare(link), _bare(attempt.final_url or link)}

    async def _look_up(self, urls: Collection[str]) -> None:
        self._known |= await self.newest(urls) if urls else {}

    async def _attempt(self, url: str, kind: str) -> Attempt:
        now = self.clock.now()
        held = self._known.get(url)
        if held is not None and held.expires_at > now and not self.again:
            return held
        try:
            return await self._fresh(url, kind, now, held)
        except FetchError as error:
            return answers.failed(url, kind, error, now, self.settings)

    async def _fresh(self, url: str, kind: str, now: datetime, before: Attempt | None) -> Attempt:
        limits = replace(answers.limits_of(self.settings), media=answers.HTML)
        answer = await self.session.fetch(url, admit=self.manners.admit, limits=limits, headers=answers.conditions(before))
        until = now + timedelta(days=self.settings.page_days)
        if answer.status == 304 and before is not None and before.page is not None:
            page = replace(before.page, fetched_at=now)
            return replace(before, status=304, fetched_at=now, expires_at=until, page=page, fresh=True)
        answers.check(answer, now)
        answer = await self.renderer.rendered(answer) if self.renderer else answer
        home = next((one.page for one in self.attempts if one.page), None)
        media = answer.headers.get("content-type", "")
        reading = await self.read(answer.body, media, answer.final_url, judged=home is None)
        if reading is None:
            raise FetchError("empty", "The page holds nothing.", status=answer.status, final_url=answer.final_url)
        reading = reading if home is None else without_repeated(reading, home.text)
        kind = kind if kind == "home" or reading.kind in ("other", "home") else reading.kind
        data = {**reading.data, **({"cut": True} if answer.cut else {})}
        page = Page(url, answer.final_url, kind, reading.title, reading.text, reading.language, data, now)
        return Attempt(
            url=url, outcome="read", fetched_at=now, expires_at=until, kind=kind, final_url=answer.final_url,
            status=answer.status, sha256=hashlib.sha256(answer.body).hexdigest(), size=len(answer.body), page=page,
            validators=answers.validators(answer), links=reading.links if kind == "home" else (),
        )  # fmt: skip

    async def _with_sitemap(self, home: Attempt) -> tuple[tuple[str, str], ...]:
        base = address.parse(home.final_url or home.url, ports=self.session.ports)
        known = {url for _, url in home.links}
        limits = answers.limits_of(self.settings)
        found = await listed_pages(base, self.session, self.manners, limits, self._is_late)
        return home.links + tuple(link for link in found if link[1] not in known)

    def _is_late(self) -> bool:
        return asyncio.get_running_loop().time() >= self._until


def _with_www(url: str) -> str | None:
    scheme, _, rest = url.partition("//")
    host = rest.partition("/")[0]
    return f"{scheme}//www.{rest}" if not host.lower().startswith("www.") and host[:1] != "[" else None


def _without_tls(url: str) -> str | None:
    return f"http{url[5:]}" if url.lower().startswith("https://") else None


def _without_twin(attempt: Attempt, others: list[Attempt]) -> Attempt:
    """Return an attempt without its page where another address of this visit gave the same one."""
    twin = next((o for o in others if o.page and o.sha256 and o.sha256 == attempt.sha256), None)
    if attempt.page is None or twin is None:
        return attempt
    return replace(attempt, outcome="twin", page=None, note=f"The same page as {twin.url}.")


def _bare(url: str) -> str:
    return url.partition("#")[0].rstrip("/")
