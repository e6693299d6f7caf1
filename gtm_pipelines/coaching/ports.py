"""What the coach reads, as it needs it; ``wiring`` puts the services of the other stages here. All of it is read only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from gtm_pipelines.coaching.model import Work
from gtm_pipelines.metrics.model import Benchmark, CampaignMetrics


class Figures(Protocol):
    """Funnels, rates and lights, as the marts were last published."""

    @property
    def benchmarks(self) -> tuple[Benchmark, ...]:
        """Every published benchmark that is known."""
        ...

    def campaigns(self) -> list[CampaignMetrics]:
        """Return every campaign; raises NotFoundError where nothing was published yet."""
        ...

    def published_at(self) -> datetime | None:
        """Return when the figures were published."""
        ...


class Experiments(Protocol):
    """What arms of campaigns came to, and what a new experiment needs."""

    def list(self) -> list[Any]:
        """Return every experiment."""
        ...

    def plan(self, *, lift: float = 2.0) -> Any:
        """Return what an experiment needs at the present volume."""
        ...


class Tables(Protocol):
    """Published tables of figures."""

    def polars(self, name: str) -> Any:
        """Return one as a frame; raises NotFoundError where it was never published."""
        ...


class Mailbox(Protocol):
    """How a mailbox is, as far as the coach speaks of it."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def status(self) -> str:
        """``working`` or ``paused``."""
        ...

    @property
    def worst(self) -> str:
        """The worst state of its checks."""
        ...

    @property
    def day(self) -> int:
        """Messages sent today."""
        ...

    @property
    def daily_cap(self) -> int:
        """Most messages a day."""
        ...


class Amount(Protocol):
    """A number with its unit: empty, ``%``, or a currency."""

    @property
    def value(self) -> Decimal:
        """The number."""
        ...

    @property
    def unit(self) -> str:
        """Its unit."""
        ...


class Found(Protocol):
    """A number in a text, in digits or in words, with what it can mean."""

    @property
    def start(self) -> int:
        """Where it begins."""
        ...

    @property
    def end(self) -> int:
        """Where it ends."""
        ...

    @property
    def values(self) -> Iterable[Any]:
        """Amounts it can mean."""
        ...


Amounts = Callable[[str], Sequence[Any]]
"""Finds every number of a text, in digits and in words, in English and Russian."""
Mailboxes = Callable[[], "list[Any]"]
Counted = Callable[[], Work]
