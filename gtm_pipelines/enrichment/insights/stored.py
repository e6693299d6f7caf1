"""Rows of insights, read as values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gtm_pipelines.enrichment.insights.model import Claim, Dropped, Insight, Point

_COLUMNS = {"summary": "summary_claims", "pains": "pains", "triggers": "triggers", "angles": "angles"}


def insight_of(row: Mapping[Any, Any]) -> Insight:
    """Return a row of ``insight``."""
    points = tuple(Point(**_listed(one, "values", "facts")) for one in row["points"])
    dropped = tuple(Dropped(**one) for one in row["dropped"])
    return Insight(
        row["id"], row["subject_type"], row["subject_id"], row["summary"] or "", row["fit"], points,
        {section: _claims(row[column]) for section, column in _COLUMNS.items()}, dropped, row["model"], row["confidence"],
        row["created_at"], row["strategy_id"], row["trace_id"],
    )  # fmt: skip


def _claims(stored: Iterable[Mapping[str, Any]]) -> tuple[Claim, ...]:
    return tuple(Claim(**_listed(one, "facts")) for one in stored)


def _listed(one: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: tuple(value) if name in names else value for name, value in one.items()}
