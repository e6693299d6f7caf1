"""How an asset brings its tables of the warehouse up to date, and says what came over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dagster as dg

from assets.checks import blocking
from assets.metadata import table
from gtm_pipelines.launch.dagster_home import POOL as POOL
from gtm_pipelines.record import integrity
from gtm_pipelines.warehouse.model import TableSync
from gtm_pipelines.workbench import Workbench

COMPLETE = "copy_complete"


@dataclass(frozen=True)
class Copy:
    """One table as copied, with the record's rows just before and just after."""

    sync: TableSync
    before: int
    after: int

    @property
    def agrees(self) -> bool:
        """Whether the copy is as large as the record was at some moment meanwhile."""
        return min(self.before, self.after) <= self.sync.rows <= max(self.before, self.after)


def complete(asset: str) -> dg.AssetCheckSpec:
    """Declare the check that nothing is missing from the warehouse and nothing too many."""
    return blocking(asset, COMPLETE, "Has the warehouse as many rows as the record?")


def copy(workbench: Workbench, *names: str) -> list[Copy]:
    """Bring the named tables up to date, the asset's own first."""
    before = integrity.row_counts(workbench.record, *names)
    synced = [workbench.warehouse.refresh_table(name) for name in names]
    after = integrity.row_counts(workbench.record, *names)
    return [Copy(sync, before[sync.table], after[sync.table]) for sync in synced]


def copied(copies: Sequence[Copy], *, checks: Sequence[dg.AssetCheckResult] = (), **described: Any) -> dg.MaterializeResult:
    """Return what an asset gives: its checks, what the service did, and the tables copied."""
    wrong = [copy for copy in copies if not copy.agrees]
    rows = [{"table": c.sync.table, "record": c.after, "warehouse": c.sync.rows} for c in copies]
    check = dg.AssetCheckResult(
        passed=not wrong,
        check_name=COMPLETE,
        description=", ".join(f"{c.sync.table}: {c.sync.rows} of {c.after}" for c in wrong) or "All rows are there.",
        metadata={"rows": table(rows)},
    )
    shown: Mapping[str, Any] = {
        **described,
        "dagster/row_count": copies[0].sync.rows,
        "copied": table([{"table": c.sync.table, "how": c.sync.mode, "read": c.sync.read, "rows": c.sync.rows} for c in copies]),
    }
    return dg.MaterializeResult(metadata=shown, check_results=[*checks, check])
