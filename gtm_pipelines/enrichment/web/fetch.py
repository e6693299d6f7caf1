"""The one guarded fetcher: an address in, an answer out, every hop of a redirect looked at like the first."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from types import TracebackType

import httpcore

from gtm_pipelines.enrichment.web import address
from gtm_pipelines.enrichment.web.address import Target
from gtm_pipelines.enrichment.web.guard import Guard
from gtm_pipelines.enrichment.web.model import Answer, FetchError, Limits
from gtm_pipelines.enrichment.web.transport import GuardedNetwork, Line
from gtm_pipelines.enrichment.web.unpack import ACCEPTED

Admit = Callable[[Target], Awaitable[None]]
"""Asked before each request, also those of redirects: waits for the host's turn, or raises to forbid it."""
_MOVED = frozenset({301, 302, 303, 307, 308})
_MOST_LINES = 4
"""Connections one visit keeps open: a site on two names, over both schemes."""


class Fetcher:
    """Makes sessions that share a guard, caps and the certificates that are trusted.

    Args:
        guard: which addresses may be reached.
        limits: caps on one answer.
        user_agent: who asks, as servers see it.
        trust: certificates beside the system's, for tests with a server of their own.
    """

    def __init__(self, guard: Guard, limits: Limits, user_agent: str, *, trust: ssl.SSLContext | None = None) -> None:
        self.guard, self.limits, self.user_agent = guard, limits, user_agent
        self._trust = trust

    def session(self, gate: AbstractAsyncContextManager[object] | None = None) -> Session:
        """Return what fetches the pages of one visit over connections that it keeps.

        Args:
            gate: held for each request from its first byte to its last, such as a semaphore over all visits.
        """
        if self._trust is None:
            self._trust = ssl.create_default_context()
        return Session(self, GuardedNetwork(self.guard), self._trust, gate or nullcontext())


class Session:
    """Fetches pages one after another; bound to one event loop."""

    def __init__(
        self, fetcher: Fetcher, network: GuardedNetwork, trust: ssl.SSLContext, gate: AbstractAsyncContextManager[object]
    ) -> None:
        self._fetcher, self._network, self._trust, self._gate = fetcher, network, trust, gate
        self._lines: dict[str, Line] = {}

    @property
    def ports(self) -> frozenset[int]:
        """The ports that may be asked."""
        return self._fetcher.guard.ports

    @property
    def limits(self) -> Limits:
        """The caps on an answer, unless a caller gives others."""
        return self._fetcher.limits

    async def __aenter__(self) -> Session:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        await self.aclose()

    async def fetch(
        self,
        url: str,
        *,
        admit: Admit | None = None,
        accept: str = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1",
        limits: Limits | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask for an address and follow where it leads.

        Args:
            url: what to ask for.
            admit: asked before each request.
            accept: the media types wanted.
            limits: other caps than the fetcher's.
            headers: more headers, such as If-None-Match.

        Raises:
            FetchError: nothing was had; its ``outcome`` says why. Any status but those of redirects is an answer.
        """
        limits = limits or self._fetcher.limits
        sent = {"User-Agent": self._fetcher.user_agent, "Accept": accept, "Accept-Encoding": ACCEPTED, **(headers or {})}
        target = address.parse(url, ports=self._fetcher.guard.ports)
        for _hop in range(limits.redirects + 1):
            if admit:
                await admit(target)
            answer = await self._once(target, sent, limits)
            location = answer.headers.get("location")
            if answer.status not in _MOVED or not location:
                return replace(answer, url=url)
            target = self._next(target, location)
        raise FetchError("redirects", f"It redirects more than {limits.redirects} times.", final_url=str(target))

    def _next(self, target: Target, location: str) -> Target:
        try:
            # Servers send UTF-8 here, which the header's own charset garbles.
            location = location.encode("latin-1").decode("utf-8", "replace")
            return address.parse(address.follow(target, location), ports=self._fetcher.guard.ports)
        except FetchError as error:
            raise FetchError(error.outcome, f"It redirects: {error}", final_url=location[:500]) from error

    async def _once(self, target: Target, headers: Mapping[str, str], limits: Limits) -> Answer:
        line = await self._line(target)
        try:
            async with self._gate, asyncio.timeout(limits.answer_seconds):
                return await line.ask(target, headers, limits)
        except FetchError as error:
            error.final_url = error.final_url or str(target)
            raise
        except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
            outcome, what = ("tls", "no trusted TLS") if _is_tls(error) else ("unreachable", "no connection")
            raise FetchError(outcome, f"{target.host}: {what}: {_first(error)}.", final_url=str(target)) from error  # type: ignore[arg-type]
        except (TimeoutError, httpcore.TimeoutException) as error:
            said = f"{target.host} did not answer within {limits.answer_seconds:g} s."
            raise FetchError("timeout", said, final_url=str(target)) from error
        except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError) as error:
            raise FetchError("protocol", f"{target.host} broke off: {_first(error)}.", final_url=str(target)) from error

    async def _line(self, target: Target) -> Line:
        line = self._lines.pop(target.origin, None) or Line(target, self._network, self._trust)
        self._lines[target.origin] = line
        for origin in list(self._lines)[:-_MOST_LINES]:
            if not self._lines[origin].lock.locked():
                await self._lines.pop(origin).aclose()
        return line

    async def aclose(self) -> None:
        """Close every connection."""
        lines, self._lines = list(self._lines.values()), {}
        for line in lines:
            await line.aclose()


def _is_tls(error: BaseException) -> bool:
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLError):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def _first(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200] or type(error).__name__
