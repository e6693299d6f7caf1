"""What a host asks of robots (RFC 9309), kept for a day."""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Any

from gtm_pipelines.enrichment.web.address import Target
from gtm_pipelines.enrichment.web.fetch import Admit, Session
from gtm_pipelines.enrichment.web.model import FetchError

ROBOTS_BYTES = 512_000
"""RFC 9309, 2.5: at least 500 KiB must be read."""
KEPT_SECONDS = 24 * 3600
"""RFC 9309, 2.4: not longer than a day."""
_MOST_HOSTS = 5_000
_MOST_SITEMAPS = 3


@dataclass(frozen=True)
class Robots:
    """The rules of one host for us.

    Attributes:
        pause_seconds: its Crawl-delay or Request-rate; 0 where it asks for none.
        closed: why nothing may be read: its rules could not be had.
    """

    rules: Any = None
    agent: str = "*"
    pause_seconds: float = 0.0
    sitemaps: tuple[str, ...] = ()
    closed: str = ""
    held_until: float = 0.0

    def allows(self, target: Target) -> bool:
        """Tell whether a page may be asked for."""
        return not self.closed and (self.rules is None or bool(self.rules.can_fetch(str(target), self.agent)))


class RobotsBook:
    """The rules of the hosts asked lately. For one event loop.

    Args:
        agent: our product token, as rules name it.
    """

    def __init__(self, agent: str) -> None:
        self._agent = agent
        self._known: OrderedDict[str, Robots] = OrderedDict()

    async def of(self, target: Target, session: Session, admit: Admit) -> Robots:
        """Return the rules of the host of ``target``, asking for them where they are not known.

        Raises:
            FetchError: the host cannot be reached at all; what is asked next will fail alike.
        """
        now = asyncio.get_running_loop().time()
        known = self._known.get(target.origin)
        if known is None or known.held_until <= now:
            known = await self._ask(target, session, admit, now)
            self._known[target.origin] = known
            while len(self._known) > _MOST_HOSTS:
                self._known.popitem(last=False)
        return known

    async def _ask(self, target: Target, session: Session, admit: Admit, now: float) -> Robots:
        limits = replace(session.limits, wire_bytes=ROBOTS_BYTES, body_bytes=ROBOTS_BYTES)
        until = now + KEPT_SECONDS
        try:
            answer = await session.fetch(f"{target.origin}/robots.txt", admit=admit, accept="text/plain,*/*;q=0.5", limits=limits)
        except FetchError as error:
            if error.outcome in ("redirects", "refused_url", "refused_address", "encoding", "bomb") and error.final_url:
                # The host answered, but leads astray: its rules are unavailable, which forbids nothing (2.3.1.2, 2.3.1.3).
                astray = error.outcome != "refused_address" or not error.final_url.startswith(target.origin)
                if astray:
                    return Robots(held_until=until)
            raise
        if answer.status == 429 or answer.status >= 500:
            return Robots(closed=f"its robots.txt answers {answer.status}", held_until=now + 600)
        if not 200 <= answer.status < 300:
            return Robots(held_until=until)
        return await asyncio.to_thread(_parsed, answer.body, self._agent, until)


def agent_token(user_agent: str) -> str:
    """Return the part of a User-Agent that robots rules name: its first word, without a version."""
    found = re.match(r"[A-Za-z_-]+", user_agent.strip())
    return found.group() if found else "*"


def _parsed(body: bytes, agent: str, until: float) -> Robots:
    from protego import Protego

    text = body.decode("utf-8", "replace").lstrip("\ufeff")
    if text.lstrip()[:1] == "<":
        return Robots(held_until=until)  # a page in the place of rules
    rules = Protego.parse(text)
    pause = rules.crawl_delay(agent) or 0.0
    rate = rules.request_rate(agent)
    if rate is not None and rate.requests:
        pause = max(pause, rate.seconds / rate.requests)
    sitemaps = [url for _, url in zip(range(_MOST_SITEMAPS), rules.sitemaps, strict=False)]
    return Robots(rules, agent, float(pause), tuple(sitemaps), held_until=until)
