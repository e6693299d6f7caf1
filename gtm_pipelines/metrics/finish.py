"""Adds to marts the columns SQL cannot say: lights, and comparisons of arms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from gtm_pipelines.metrics.arms import add_comparisons, add_sequences, add_uplift
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


def finishers(rules: LightSettings) -> Mapping[str, Finish]:
    """Return what finishes which mart, under the thresholds in force."""
    return {
        "traffic_lights": lambda frame: add_lights(frame, rules),
        "experiments": lambda frame: add_comparisons(frame, rules.delivered_floor),
        "experiment_days": add_sequences,
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
