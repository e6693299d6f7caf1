"""Adds to marts the columns SQL cannot say: lights and comparisons of arms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from gtm_pipelines.metrics.experiments import Comparison, compare
from gtm_pipelines.metrics.lights import light
from gtm_pipelines.metrics.model import Counts
from gtm_pipelines.settings import LightSettings
from gtm_pipelines.warehouse.build import Finish

_LIGHT = {
    "colour": pl.String,
    "headline": pl.String,
    "advice": pl.String,
    "reasons": pl.String,
    "needed": pl.Int64,
}
_COMPARISON = {
    "difference": pl.Float64,
    "difference_low": pl.Float64,
    "difference_high": pl.Float64,
    "enough": pl.Boolean,
    "needed": pl.Int64,
    "verdict": pl.String,
}


def finishers(rules: LightSettings) -> Mapping[str, Finish]:
    """Return what finishes which mart, under the thresholds in force."""
    return {
        "traffic_lights": lambda frame: add_lights(frame, rules),
        "experiments": lambda frame: add_comparisons(frame, rules.delivered_floor),
        "uplift": lambda frame: add_uplift(frame, rules.delivered_floor),
    }


def counts(row: Mapping[str, Any]) -> Counts:
    """Read the counts a light is computed from out of a row that names them."""
    return Counts(**{field: row[field] for field in Counts.__dataclass_fields__ if field in row})


def add_lights(frame: pl.DataFrame, rules: LightSettings) -> pl.DataFrame:
    """Add the light to each row of counts."""
    rows = []
    for row in frame.iter_rows(named=True):
        shown = light(counts(row), rules)
        rows.append((shown.colour, shown.headline, shown.advice, "\n".join(shown.reasons), shown.needed))
    return frame.hstack(pl.DataFrame(rows, schema=_LIGHT, orient="row"))


def add_comparisons(frame: pl.DataFrame, floor: int) -> pl.DataFrame:
    """Set each variant beside its campaign's reference arm."""
    rows = list(frame.iter_rows(named=True))
    reference = {row["campaign_id"]: row for row in rows if row["is_reference"]}
    return _with(frame, [_beside(row, reference.get(row["campaign_id"]), floor) for row in rows])


def add_uplift(frame: pl.DataFrame, floor: int) -> pl.DataFrame:
    """Set each variant beside its control arm."""
    compared = [
        _columns(compare(row["positive"], row["delivered"], row["control_positive"], row["control_delivered"], floor))
        for row in frame.iter_rows(named=True)
    ]
    return _with(frame, compared)


def _beside(row: Mapping[str, Any], reference: Mapping[str, Any] | None, floor: int) -> tuple[Any, ...]:
    enough, needed = row["delivered"] >= floor, max(0, floor - row["delivered"])
    if row["is_reference"]:
        return None, None, None, enough, needed, "reference"
    if reference is None:
        return None, None, None, False, needed, "not_enough_data"
    return _columns(compare(row["positive"], row["delivered"], reference["positive"], reference["delivered"], floor))


def _columns(found: Comparison) -> tuple[Any, ...]:
    return found.difference, found.low, found.high, found.enough, found.needed, found.verdict


def _with(frame: pl.DataFrame, rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    return frame.hstack(pl.DataFrame(rows, schema=_COMPARISON, orient="row"))
