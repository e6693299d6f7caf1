"""Checks as Dagster shows them: a named question, and the faults found as a table."""

from __future__ import annotations

from collections.abc import Iterable

import dagster as dg

from assets.metadata import table
from gtm_pipelines.plain import plain
from gtm_pipelines.record.integrity import Fault


def blocking(asset: str, name: str, question: str) -> dg.AssetCheckSpec:
    """Declare a check that stops everything after ``asset`` in the run when it fails."""
    return dg.AssetCheckSpec(name, asset=asset, description=question, blocking=True)


def no_faults(name: str, faults: Iterable[Fault]) -> dg.AssetCheckResult:
    """Passed where nothing was found; else the faults with a few keys each."""
    found = list(faults)
    return dg.AssetCheckResult(
        passed=not found,
        check_name=name,
        description="; ".join(f"{fault.subject}: {fault.fault} ({fault.rows})" for fault in found) or "Nothing found.",
        metadata={"faults": table([plain(fault) for fault in found]), "count": sum(fault.rows for fault in found)},
    )
