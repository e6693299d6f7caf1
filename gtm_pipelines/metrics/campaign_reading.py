"""One campaign looked at closely: step by step of its funnel, over time, by mail of its sequence, and what came back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import polars as pl

from gtm_pipelines.metrics.model import Funnel, Measure, measure
from gtm_pipelines.settings import LightSettings
from gtm_pipelines.warehouse.marts import Marts

Rate = Literal["reply_rate", "positive_reply_rate", "bounce_rate", "unsubscribe_rate"]
RATES: tuple[Rate, ...] = ("reply_rate", "positive_reply_rate", "bounce_rate", "unsubscribe_rate")
Span = Literal["so_far", "week"]
_STAGES = (
    ("targets", None), ("drafted", "targets"), ("approved", "drafted"), ("sent", "queued"), ("delivered", "sent"),
    ("replied", "delivered"), ("positive", "replied"), ("meetings", "positive"),
)  # fmt: skip
"""Each step of the funnel, and what its share is taken of: mails are a share of the mails that were made, not of people."""


@dataclass(frozen=True)
class Stage:
    """One step of a funnel: how many came so far, and their share of ``before``; ``None`` where that makes no share."""

    name: str
    count: int
    before: str | None
    share: Measure | None


@dataclass(frozen=True)
class Moment:
    """A rate of the mails sent up to a day, or in the week that begins on it."""

    day: date
    measure: Measure


@dataclass(frozen=True)
class Step:
    """One mail of a sequence: its rates, and how many hours the middle one of its answers took."""

    step: int
    sent: int
    reply: Measure
    positive: Measure
    bounce: Measure
    hours_to_reply: float | None


@dataclass(frozen=True)
class Answer:
    """What came back of one class: mails, and the people who wrote them."""

    cls: str
    mails: int
    people: int


class CampaignReadings:
    """Reads what the marts say of one campaign.

    Args:
        marts: the published marts.
        rules: the floors in force.
    """

    def __init__(self, marts: Marts, rules: LightSettings) -> None:
        self._marts, self._rules = marts, rules

    def over_time(self, campaign_id: str, rate: Rate = "reply_rate", span: Span = "so_far") -> list[Moment]:
        """Return a rate by the day its mails were sent, oldest first; what came back later counts on the day of the mail.

        Args:
            campaign_id: the campaign.
            rate: which one.
            span: of all mails up to each day, or of the mails of each week, Monday to Sunday.

        Raises:
            MartMissingError: nothing has been published yet; the text says what to run.
        """
        floor = self._rules.sent_floor if rate == "bounce_rate" else self._rules.delivered_floor
        sums: dict[date, tuple[int, int]] = {}
        part = whole = 0
        for row in self._rows("campaign_days", campaign_id):
            day = row["day"] if span == "so_far" else row["day"] - timedelta(days=row["day"].weekday())
            part, whole = (part, whole) if span == "so_far" else sums.get(day, (0, 0))
            did, could = _shares(row)[rate]
            part, whole = part + did, whole + could
            sums[day] = part, whole
        return [Moment(day, measure(rate, *sums[day], floor)) for day in sorted(sums)]

    def steps(self, campaign_id: str) -> list[Step]:
        """Return each mail of the sequence that was sent. Raises as ``over_time`` does."""
        return [self._step(row) for row in self._rows("campaign_steps", campaign_id)]

    def answers(self, campaign_id: str) -> list[Answer]:
        """Return what came back by class, the most frequent first. Raises as ``over_time`` does."""
        return [Answer(row["class"], row["mails"], row["people"]) for row in self._rows("campaign_answers", campaign_id)]

    def _step(self, row: Mapping[str, Any]) -> Step:
        shares, floor = _shares(row), self._rules.delivered_floor
        return Step(
            step=row["step"],
            sent=row["sent"],
            reply=measure("reply_rate", *shares["reply_rate"], floor),
            positive=measure("positive_reply_rate", *shares["positive_reply_rate"], floor),
            bounce=measure("bounce_rate", *shares["bounce_rate"], self._rules.sent_floor),
            hours_to_reply=row["hours_to_reply"],
        )

    def _rows(self, mart: str, campaign_id: str) -> Iterable[dict[str, Any]]:
        return self._marts.polars(mart).filter(pl.col("campaign_id") == campaign_id).iter_rows(named=True)


def stages(funnel: Funnel) -> tuple[Stage, ...]:
    """Return the steps of a funnel from people to meetings, each with its share of the one before and how sure that is."""
    found = []
    for name, before in _STAGES:
        count, of = int(getattr(funnel, name)), int(getattr(funnel, before)) if before else 0
        found.append(Stage(name, count, before, measure(name, count, of, 0) if before and of > 0 and count <= of else None))
    return tuple(found)


def _shares(row: Mapping[str, Any]) -> dict[Rate, tuple[int, int]]:
    """Return what did it and what could have, as the head of ``metrics/model.py`` defines it."""
    return {
        "reply_rate": (row["replied"], row["delivered"]),
        "positive_reply_rate": (row["positive"], row["delivered"]),
        "bounce_rate": (row["bounced"] + row["refused"], row["sent"] + row["refused"]),
        "unsubscribe_rate": (row["unsubscribed"], row["delivered"]),
    }
