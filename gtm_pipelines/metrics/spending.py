"""What was spent, on what, what it will come to, and what one draft, reply or yes costs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

import polars as pl

from gtm_pipelines.clock import Clock
from gtm_pipelines.metrics.forecast import Forecast, forecast
from gtm_pipelines.metrics.intervals import wilson
from gtm_pipelines.settings import LightSettings
from gtm_pipelines.warehouse.marts import Marts

Split = Literal["stage", "source", "model", "pack", "campaign"]
SPLITS: tuple[Split, ...] = ("stage", "model", "pack", "campaign", "source")
NAMED = 4
"""Names a chart tells apart; the rest are one."""
REST, NONE = "the rest", "none"


@dataclass(frozen=True)
class Price:
    """What one thing cost, in US dollars: ``cost_usd`` over ``cases``.

    Attributes:
        value: dollars for one; ``None`` while there is none.
        low: least it costs in the long run, 95 % sure; of replies from the interval of their rate, the spending taken as it is.
        high: most; ``None`` where no end is known.
        enough: whether there were enough cases to judge it by.
    """

    name: str
    cost_usd: float
    cases: int
    value: float | None
    low: float | None
    high: float | None
    enough: bool


@dataclass(frozen=True)
class Total:
    """What one stage, model, pack, campaign or source took."""

    name: str
    key: str | None
    items: int
    failed: int
    unpriced: int
    cost_usd: float
    lost_usd: float


@dataclass(frozen=True)
class Month:
    """The month so far, calls to models only: they are what the budget is kept with.

    Attributes:
        cap: most US dollars of the month; ``None`` without one.
        forecast: how it will end; ``None`` while too few days are known.
        known: whole days that are known.
    """

    first: date
    as_of: datetime
    spent: float
    unpriced: int
    cap: float | None
    forecast: Forecast | None
    known: int


class Spending:
    """Reads spending from the published marts.

    Args:
        marts: the published marts.
        clock: tells what month it is.
        rules: the floors in force.
        cap: most US dollars a month for models.
    """

    def __init__(self, marts: Marts, clock: Clock, rules: LightSettings, cap: float | None) -> None:
        self._marts, self._clock, self._rules, self._cap = marts, clock, rules, cap

    def totals(self, split: Split, *, days: int | None = None, campaign_id: str | None = None) -> list[Total]:
        """Return what each took, the dearest first.

        Args:
            split: by what.
            days: only the last so many days.
            campaign_id: only what names this campaign.

        Raises:
            MartMissingError: nothing has been published yet; the text says what to run.
        """
        key = "campaign_id" if split == "campaign" else split
        sums = ("items", "failed", "unpriced", "cost_usd", "lost_usd")
        frame = self._rows(days, campaign_id).group_by(pl.col(key).alias("key"), pl.col(split).alias("name"))
        rows = frame.agg(pl.col(*sums).sum()).sort(["cost_usd", "items"], descending=True).iter_rows(named=True)
        return [Total(**{**row, "name": row["name"] or NONE}) for row in rows]

    def over_time(self, split: Split, *, days: int | None = None, campaign_id: str | None = None) -> pl.DataFrame:
        """Return ``day``, ``name``, ``cost_usd``: by day, by week from four months on; all but the dearest names are one.

        Raises as ``totals`` does.
        """
        frame = self._rows(days, campaign_id).with_columns(pl.col(split).fill_null(NONE).alias("name"))
        dearest = [one.name for one in self.totals(split, days=days, campaign_id=campaign_id)]
        if len(dearest) > NAMED + 1:
            named = pl.col("name").is_in(dearest[:NAMED])
            frame = frame.with_columns(pl.when(named).then(pl.col("name")).otherwise(pl.lit(REST)).alias("name"))
        span = (frame["day"].max() - frame["day"].min()).days if frame.height else 0  # type: ignore[operator, union-attr]
        if span > 120:
            frame = frame.with_columns(pl.col("day").dt.truncate("1w"))
        return frame.group_by("day", "name").agg(pl.col("cost_usd").sum()).sort("day", "name")

    def month(self) -> Month:
        """Return what models took this month, and how it will end. Raises as ``totals`` does."""
        as_of = min(self._clock.now(), self._marts.published_at("spend") or self._clock.now())
        today, first = as_of.date(), as_of.date().replace(day=1)
        frame = self._rows(None, None).filter(pl.col("kind") == "model")
        mine = frame.filter(pl.col("day") >= first)
        daily = {row["day"]: row["cost_usd"] for row in frame.group_by("day").agg(pl.col("cost_usd").sum()).iter_rows(named=True)}
        begun = min(daily, default=today)
        past = [daily.get(begun + timedelta(days=one), 0.0) for one in range((today - begun).days)]
        spent = float(mine["cost_usd"].sum() or 0.0)
        end = (first + timedelta(days=32)).replace(day=1)
        gone = (as_of - as_of.replace(hour=0, minute=0, second=0, microsecond=0)) / timedelta(days=1)
        return Month(
            first=first, as_of=as_of, spent=spent, unpriced=int(mine["unpriced"].sum() or 0), cap=self._cap,
            forecast=forecast(spent, past, (end - today).days - gone, seed=today.toordinal()), known=len(past),
        )  # fmt: skip

    def prices(self, campaign_id: str | None = None) -> tuple[Price, ...]:
        """Return what a draft, a reply and a yes cost, over all campaigns or in one. Raises as ``totals`` does."""
        funnels, written = self._marts.polars("campaign_funnel"), self._marts.polars("draft_cost")
        if campaign_id is not None:
            funnels, written = (frame.filter(pl.col("campaign_id") == campaign_id) for frame in (funnels, written))
        delivered, replied, positive = (int(funnels[name].sum() or 0) for name in ("delivered", "replied", "positive"))
        cost, floor = float(self._rows(None, campaign_id)["cost_usd"].sum() or 0.0), self._rules.delivered_floor
        return (
            per_draft(written),
            per_answer("reply", cost, replied, delivered, floor),
            per_answer("positive_reply", cost, positive, delivered, floor),
        )

    def calls(self, limit: int = 20, campaign_id: str | None = None) -> list[dict[str, Any]]:
        """Return the calls that cost most, rows of the mart ``costly_calls``. Raises as ``totals`` does."""
        frame = self._marts.polars("costly_calls")
        return (frame.filter(pl.col("campaign_id") == campaign_id) if campaign_id else frame).head(limit).to_dicts()

    def _rows(self, days: int | None, campaign_id: str | None) -> pl.DataFrame:
        frame = self._marts.polars("spend")
        if days is not None:
            frame = frame.filter(pl.col("day") > self._clock.now().date() - timedelta(days=days))
        return frame.filter(pl.col("campaign_id") == campaign_id) if campaign_id else frame


def per_draft(written: pl.DataFrame) -> Price:
    """Return what a draft by a model cost, from rows of the mart ``draft_cost``, whose head says where the interval is from."""
    cost, drafts, people = (written[name].sum() or 0 for name in ("cost_usd", "drafts", "people"))
    if not drafts:
        return Price("draft", 0.0, 0, None, None, None, enough=False)
    value = float(cost) / int(drafts)
    halves = [
        (row["cost_per_draft_high"] - row["cost_per_draft"]) * row["drafts"]
        for row in written.iter_rows(named=True)
        if row["cost_per_draft_high"] is not None
    ]
    if not halves:
        return Price("draft", float(cost), int(drafts), value, None, None, enough=False)
    half = math.hypot(*halves) / int(drafts)
    return Price("draft", float(cost), int(drafts), value, max(0.0, value - half), value + half, enough=int(people) >= 30)


def per_answer(name: str, cost: float, answers: int, delivered: int, floor: int) -> Price:
    """Return what an answer cost: the spending over the answers, with the ends of the Wilson interval of their rate."""
    if not delivered:
        return Price(name, cost, answers, None, None, None, enough=False)
    low, high = wilson(answers, delivered)
    return Price(
        name, cost, answers, cost / answers if answers else None, cost / (delivered * high),
        cost / (delivered * low) if low > 0 else None, enough=delivered >= floor and answers > 0,
    )  # fmt: skip
