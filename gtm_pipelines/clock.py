"""Time as a tool that is handed in: the one place that reads the real clock."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What a service may know of time."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never run backwards, for measuring spans."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait; a virtual clock only moves its hands."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return the machine's monotonic seconds."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Block the calling thread for ``seconds``."""
        time.sleep(seconds)


@dataclass
class VirtualClock:
    """A clock that moves only when told, for tests and simulations.

    Args:
        at: the aware moment it starts from.
    """

    at: datetime

    def now(self) -> datetime:
        """Return the moment the hands show."""
        return self.at

    def monotonic(self) -> float:
        """Return the shown moment as seconds since the epoch."""
        return self.at.timestamp()

    def sleep(self, seconds: float) -> None:
        """Move the hands forward by ``seconds`` at once."""
        self.advance(seconds=seconds)

    def advance(self, **span: float) -> None:
        """Move the hands forward; keywords as for ``datetime.timedelta``."""
        self.at += timedelta(**span)
