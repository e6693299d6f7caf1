"""A breaker per provider: after failures in a row nobody waits for it, and one call at a time finds out if it is back.

Kept in the process: two processes learn of an outage separately, each after its own failures.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from gtm_pipelines.clock import Clock
from gtm_pipelines.llm.model import Standing

FAILURES = 5
"""Failures in a row that open a breaker (the specification's figure)."""
OPEN_SECONDS = 60.0
"""How long an open breaker lets nobody through (the specification's figure)."""

Told = Callable[[str, str], None]
"""Told ``(provider, what)``: ``opened``, ``probing``, ``closed``."""


@dataclass
class Breaker:
    """Whether one provider is asked. Safe from many threads.

    A probe is claimed only by ``enter`` and must be given back by exactly one of
    ``succeeded``, ``failed`` or ``left``; else the breaker would stay half open for ever.
    """

    name: str
    clock: Clock
    failures_to_open: int = FAILURES
    open_seconds: float = OPEN_SECONDS
    told: Told | None = None
    _failures: int = 0
    _closed_again_at: float | None = None
    _rests_until: float = float("-inf")
    _probing: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def enter(self) -> bool:
        """Ask to make a call; claims the probe where the breaker has been open long enough."""
        with self._lock:
            now = self.clock.monotonic()
            if now < self._rests_until:
                return False
            if self._closed_again_at is None:
                return True
            if now < self._closed_again_at or self._probing:
                return False
            self._probing = True
        self._tell("probing")
        return True

    def succeeded(self) -> None:
        """The provider answered: it is well."""
        with self._lock:
            was_open = self._closed_again_at is not None
            self._failures, self._closed_again_at, self._probing = 0, None, False
        if was_open:
            self._tell("closed")

    def failed(self, *, fatal: bool = False) -> None:
        """The provider failed; ``fatal`` opens the breaker at once."""
        with self._lock:
            self._failures += 1
            opens = fatal or self._probing or self._failures >= self.failures_to_open
            news = opens and (self._probing or self._closed_again_at is None)
            self._probing = False
            if opens:
                self._closed_again_at = self.clock.monotonic() + self.open_seconds
        if news:
            self._tell("opened")

    def left(self) -> None:
        """The call ended without saying anything of the provider's health."""
        with self._lock:
            self._probing = False

    def rest(self, seconds: float) -> None:
        """Leave the provider alone, as it asked to be."""
        with self._lock:
            self._rests_until = max(self._rests_until, self.clock.monotonic() + seconds)
            self._probing = False

    def wait_seconds(self) -> float:
        """Return how long until the provider may be asked."""
        with self._lock:
            until = max(self._rests_until, self._closed_again_at or float("-inf"))
            wait = max(0.0, until - self.clock.monotonic())
            return self.open_seconds if self._probing and not wait else wait

    def standing(self) -> Standing:
        """Describe the breaker for people."""
        wait = self.wait_seconds()
        retry_at = self.clock.now() + timedelta(seconds=wait) if wait else None
        with self._lock:
            if self._probing:
                return Standing("half_open", self._failures, retry_at)
            is_open = self._closed_again_at is not None
            return Standing("open" if is_open else "resting" if wait else "closed", self._failures, retry_at)

    def _tell(self, what: str) -> None:
        if self.told:
            self.told(self.name, what)
