"""Adds to the marts of experiments what SQL cannot say: every arm beside its reference."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from gtm_pipelines.metrics.experiments import Comparison, Step, Tally, compare, watch
from gtm_pipelines.metrics.sequential import ERROR

_COMPARISON = {
    "difference": pl.Float64,
    "difference_low": pl.Float64,
    "difference_high": pl.Float64,
    "chance_better": pl.Float64,
    "ratio_low": pl.Float64,
    "ratio_high": pl.Float64,
    "enough": pl.Boolean,
    "needed": pl.Int64,
    "verdict": pl.String,
    "decided_on": pl.Date,
    "harm_ratio_low": pl.Float64,
    "harm_ratio_high": pl.Float64,
    "harm_verdict": pl.String,
}
_NOTHING: tuple[Any, ...] = (None, None, None, None, None, None)
UNEVEN = 0.001
"""Chance below which arms are called unevenly sent: what A. Fabijan et al., KDD 2019, use for sample ratio mismatch."""

Row = Mapping[str, Any]


def add_comparisons(frame: pl.DataFrame, floor: int) -> pl.DataFrame:
    """Set each arm beside its campaign's reference; the error is shared by all arms of a campaign."""
    rows = list(frame.iter_rows(named=True))
    reference = {row["campaign_id"]: row for row in rows if row["is_reference"]}
    arms: dict[str, int] = {}
    for row in rows:
        arms[row["campaign_id"]] = arms.get(row["campaign_id"], 0) + 1
    compared = [_beside(row, reference.get(row["campaign_id"]), floor, arms[row["campaign_id"]]) for row in rows]
    uneven = pl.Series("uneven", [_uneven(row, reference.get(row["campaign_id"])) for row in rows], dtype=pl.Boolean)
    return frame.drop("days").hstack([uneven]).hstack(_frame(compared))


def add_uplift(frame: pl.DataFrame, floor: int) -> pl.DataFrame:
    """Set each variant beside its control arm, each campaign compared within itself."""
    compared = []
    for row in frame.iter_rows(named=True):
        control = {name.removeprefix("control_"): value for name, value in row.items() if name.startswith("control_")}
        compared.append(_columns(row, control, floor, ERROR))
    return frame.drop("days", "control_days").hstack(_frame(compared))


def add_sequences(frame: pl.DataFrame) -> pl.DataFrame:
    """Add how sure the ratio of each arm to its reference was on each day."""
    rows = list(frame.iter_rows(named=True))
    by_arm: dict[tuple[str, str], list[Row]] = {}
    reference: dict[str, str] = {}
    for row in rows:
        by_arm.setdefault((row["campaign_id"], row["variant"]), []).append(row)
        if row["is_reference"]:
            reference[row["campaign_id"]] = row["variant"]
    known: dict[tuple[str, str, Any], tuple[float, float | None]] = {}
    for (campaign, variant), mine in by_arm.items():
        other = by_arm.get((campaign, reference.get(campaign, "")))
        if other is not None and other is not mine:
            arms = sum(1 for key in by_arm if key[0] == campaign)
            steps = _steps(_daily(mine), _daily(other), "delivered", "positive")
            for day, low, high in watch(steps, ERROR / max(1, arms - 1)).intervals:
                known[campaign, variant, day] = low, high
    found = [known.get((row["campaign_id"], row["variant"], row["day"]), (None, None)) for row in rows]
    return frame.hstack(pl.DataFrame(found, schema={"ratio_low": pl.Float64, "ratio_high": pl.Float64}, orient="row"))


def _daily(rows: Iterable[Row]) -> list[Row]:
    """Turn counts up to each day into counts of each day."""
    before = {"delivered": 0, "positive": 0}
    found: list[Row] = []
    for row in sorted(rows, key=lambda row: row["day"]):
        found.append({"day": row["day"]} | {name: row[name] - before[name] for name in before})
        before = {name: row[name] for name in before}
    return found


def _beside(row: Row, reference: Row | None, floor: int, arms: int) -> tuple[Any, ...]:
    enough, needed = row["delivered"] >= floor, max(0, floor - row["delivered"])
    if row["is_reference"]:
        return *_NOTHING, enough, needed, "reference", None, None, None, "reference"
    if reference is None:
        return *_NOTHING, False, needed, "not_enough_data", None, None, None, "not_enough_data"
    return _columns(row, reference, floor, ERROR / max(1, arms - 1))


def _columns(row: Row, other: Row, floor: int, error: float) -> tuple[Any, ...]:
    answered = _compared(row, other, ("positive", "delivered"), floor, error)
    harmed = _compared(row, other, ("harmed", "sent"), floor, error)
    seen, hurt = answered.watched, harmed.watched
    return (
        answered.difference, answered.low, answered.high, answered.chance, seen.ratio_low, seen.ratio_high,
        answered.enough, answered.needed, answered.verdict, seen.decided_on if answered.enough else None,
        hurt.ratio_low, hurt.ratio_high, _turned(harmed.verdict),
    )  # fmt: skip


def _turned(verdict: str) -> str:
    """More harm is worse."""
    return {"better": "worse", "worse": "better"}.get(verdict, verdict)


def _compared(row: Row, other: Row, names: tuple[str, str], floor: int, error: float) -> Comparison:
    part, whole = names
    steps = _steps(row["days"], other["days"], whole, part)
    return compare(Tally(row[part], row[whole]), Tally(other[part], other[whole]), steps, floor, error)


def _steps(days: Sequence[Row], other_days: Sequence[Row], whole: str, part: str) -> list[Step]:
    mine = {(day.get("campaign", ""), day["day"]): day for day in days}
    other = {(day.get("campaign", ""), day["day"]): day for day in other_days}
    nothing = {whole: 0, part: 0}
    steps = []
    for stratum, when in mine.keys() | other.keys():
        here, there = mine.get((stratum, when), nothing), other.get((stratum, when), nothing)
        steps.append(Step(when, stratum, here[whole], there[whole], here[part], there[part]))
    return steps


def _uneven(row: Row, reference: Row | None) -> bool:
    """Whether the share of dealt people who were sent to differs between the arms by more than chance."""
    if reference is None or row["is_reference"]:
        return False
    whole = row["dealt"] + reference["dealt"]
    pooled = (row["sent"] + reference["sent"]) / whole
    spread = math.sqrt(pooled * (1 - pooled) * (1 / row["dealt"] + 1 / reference["dealt"]))
    gap = abs(row["sent"] / row["dealt"] - reference["sent"] / reference["dealt"])
    return spread > 0 and math.erfc(gap / spread / math.sqrt(2)) < UNEVEN


def _frame(rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=_COMPARISON, orient="row")
