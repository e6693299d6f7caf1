"""Whose turn it is: few questions at a time to one host, and a pause between them."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

_MOST_HOSTS = 10_000
"""Hosts remembered; the pause after one long forgotten is over."""


@dataclass
class _Host:
    """When a host may next be asked, and who waits for it."""

    next_at: float = 0.0
    waiting: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Politeness:
    """Keeps a pause between the starts of two requests to a host, over all sites that are read. For one event loop."""

    def __init__(self) -> None:
        self._hosts: OrderedDict[str, _Host] = OrderedDict()
        self._visits: dict[str, _Host] = {}

    async def turn(self, host: str, pause_seconds: float) -> None:
        """Wait until ``host`` may be asked, and take that turn."""
        held = self._hosts.pop(host, None) or _Host()
        self._hosts[host] = held
        self._forget()
        held.waiting += 1
        try:
            async with held.lock:
                loop = asyncio.get_running_loop()
                left = held.next_at - loop.time()
                if left > 0:
                    await asyncio.sleep(left)
                held.next_at = loop.time() + pause_seconds
        finally:
            held.waiting -= 1

    @asynccontextmanager
    async def alone(self, host: str) -> AsyncIterator[None]:
        """Hold the only place at a host for a whole visit; who comes second finds what the first has read."""
        held = self._visits.setdefault(host, _Host())
        held.waiting += 1
        try:
            async with held.lock:
                yield
        finally:
            held.waiting -= 1
            if not held.waiting:
                del self._visits[host]

    def _forget(self) -> None:
        now = asyncio.get_running_loop().time()
        while len(self._hosts) > _MOST_HOSTS:
            oldest = next(iter(self._hosts))
            if self._hosts[oldest].waiting or self._hosts[oldest].next_at > now:
                return
            del self._hosts[oldest]
