"""Lists for the tests of the intake."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.intake.model import ImportReport
from gtm_pipelines.record.tables import company, contact, fact, suppression
from gtm_pipelines.workbench import Workbench


def write(path: Path, *rows: Mapping[str, str]) -> Path:
    """Write rows under the columns of the first."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def outcome(report: ImportReport) -> tuple[int, int, int, int]:
    """Return the four counts, which must add up to the rows."""
    counts = (report.imported, report.merged, report.unchanged, report.rejected)
    assert sum(counts) == report.rows
    assert sum(report.reasons.values()) == report.rejected
    return counts


def everything(workbench: Workbench) -> list[list[Any]]:
    """Return all that an import may change, to see whether it did."""
    with workbench.record.read() as connection:
        return [
            [tuple(map(repr, row)) for row in connection.execute(sa.select(table).order_by(table.c.id))]
            for table in (company, contact, fact, suppression)
        ]
