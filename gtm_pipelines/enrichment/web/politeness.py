"""Whose turn it is: few questions at a time to one host, and a pause between them."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
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

    def put_off(self, host: str, seconds: float) -> None:
        """Let nobody ask ``host`` for so long."""
        held = self._hosts.setdefault(host, _Host())
        held.next_at = max(held.next_at, asyncio.get_running_loop().time() + seconds)

    def _forget(self) -> None:
        now = asyncio.get_running_loop().time()
        while len(self._hosts) > _MOST_HOSTS:
            oldest = next(iter(self._hosts))
            if self._hosts[oldest].waiting or self._hosts[oldest].next_at > now:
                return
            del self._hosts[oldest]
