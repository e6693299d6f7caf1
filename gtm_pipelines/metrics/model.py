"""What a figure is: its denominator, its interval and its floor. No I/O.

Definitions, the same everywhere: *sent* is accepted by a server (or settled so later);
*refused* is not accepted there, for the recipient's sake; *bounced* is a sent message
that came back, hard or soft, and was not answered by a person; *delivered* is sent less
bounced; *replied* is a sent message a person answered in any way. An automatic answer is
no reply. The bounce rate is bounced and refused over sent and refused: a server that says
no at once says no all the same. Every other rate is over delivered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from gtm_pipelines.errors import NotFoundError
from gtm_pipelines.metrics.intervals import wilson
from gtm_pipelines.warehouse.model import Mart

Colour = Literal["GREY", "RED", "GREEN", "YELLOW"]


class FiguresMissingError(NotFoundError):
    """No figures have been published yet, or the campaign is not among them. Run ``gtm metrics refresh``."""

    code = "figures_missing"


@dataclass(frozen=True)
class Measure:
    """One rate that says how sure it is.

    Attributes:
        name: ``bounce_rate``, ``reply_rate``, ``positive_reply_rate``, ``open_rate``,
            ``complaint_rate`` or ``unsubscribe_rate``.
        numerator: messages that did it.
        denominator: messages that could have.
        rate: the share, from 0 to 1; ``None`` while nothing could have.
        low: lower end of the 95 % Wilson interval.
        high: upper end of it.
        floor: denominator below which the rate is not judged.
    """

    name: str
    numerator: int
    denominator: int
    rate: float | None
    low: float
    high: float
    floor: int

    @property
    def enough(self) -> bool:
        """Whether the floor is reached."""
        return self.denominator >= self.floor

    @property
    def needed(self) -> int:
        """How many more of the denominator are wanted before the rate is judged."""
        return max(0, self.floor - self.denominator)


def measure(name: str, numerator: int, denominator: int, floor: int) -> Measure:
    """Rate ``numerator`` over ``denominator`` with its interval."""
    low, high = wilson(numerator, denominator)
    return Measure(name, numerator, denominator, numerator / denominator if denominator else None, low, high, floor)


@dataclass(frozen=True)
class Counts:
    """What the lights are computed from, in messages.

    Attributes:
        refused: messages a server did not accept, for the recipient's sake.
        opened: messages known to be opened; ``None`` where opens are not tracked.
        most: the most messages the campaign can ever send; ``None`` where that is not known.
        authentication_failing: SPF, DKIM or DMARC of a mailbox in use is known to fail.
    """

    sent: int = 0
    bounced: int = 0
    replied: int = 0
    positive: int = 0
    unsubscribed: int = 0
    complained: int = 0
    refused: int = 0
    opened: int | None = None
    most: int | None = None
    authentication_failing: bool = False

    @property
    def delivered(self) -> int:
        """Sent less bounced."""
        return self.sent - self.bounced

    @property
    def attempted(self) -> int:
        """Sent or refused: what the bounce rate is over."""
        return self.sent + self.refused

    @property
    def came_back(self) -> int:
        """Bounced or refused."""
        return self.bounced + self.refused


@dataclass(frozen=True)
class Light:
    """A traffic light and why it shows what it shows.

    Attributes:
        headline: what the light means, in a sentence.
        advice: what to do next.
        reasons: the figures behind it, the deciding one first.
        needed: delivered messages still wanted before replies are judged; 0 unless GREY.
        measures: every rate that was looked at.
    """

    colour: Colour
    headline: str
    advice: str
    reasons: tuple[str, ...]
    needed: int
    measures: tuple[Measure, ...]


@dataclass(frozen=True)
class Funnel:
    """How far the targets of one campaign came; ``targets`` to ``approved`` count people, the rest messages."""

    targets: int
    excluded: int
    drafted: int
    approved: int
    queued: int
    sent: int
    failed: int
    unknown: int
    refused: int
    bounced_hard: int
    bounced_soft: int
    bounced: int
    delivered: int
    opened: int | None
    replied: int
    positive: int
    negative: int
    information_request: int
    other: int
    unsubscribed: int
    auto_replied: int
    complained: int
    meetings: int = 0

    def steps(self) -> tuple[tuple[str, int], ...]:
        """The bars of a funnel chart, widest first."""
        names = ("targets", "drafted", "approved", "sent", "delivered", "replied", "positive")
        return tuple((name, int(getattr(self, name))) for name in names)

    def explained(self) -> tuple[str, ...]:
        """Say, in a sentence each, how the counts that are easily mistaken for one another belong together."""
        told = []
        if self.excluded:
            told.append(
                f"{self.targets + self.excluded:,} people were frozen into the campaign: {self.targets:,} targets, and "
                f"{self.excluded:,} left out (suppressed, marked 'do not contact', or without a usable address)."
            )
        if came_back := self.bounced + self.refused:
            told.append(
                f"{came_back:,} of {self.sent + self.refused:,} mails came back: {self.bounced:,} bounced after they were sent, "
                f"{self.refused:,} were refused by the server at once, which count as failed and not as sent."
            )
        return tuple(told)


@dataclass(frozen=True)
class Benchmark:
    """A figure published by somebody else: percent unless ``unit`` says otherwise."""

    metric: str
    slice: str
    low: float | None
    value: float | None
    high: float | None
    unit: str
    denominator: str
    sample: str
    source: str
    source_date: str
    confidence: str


@dataclass(frozen=True)
class CampaignMetrics:
    """Everything ``gtm metrics show`` and the Overview page say of one campaign."""

    campaign_id: str
    campaign: str
    status: str
    segment: str
    pack: str
    funnel: Funnel
    measures: tuple[Measure, ...]
    light: Light
    benchmarks: tuple[Benchmark, ...]
    first_sent_at: datetime | None
    last_sent_at: datetime | None
    published_at: datetime


@dataclass(frozen=True)
class RefreshReport:
    """What ``gtm metrics refresh`` did: rows read by table, marts published."""

    copied: dict[str, int]
    marts: tuple[Mart, ...]
    seconds: float
