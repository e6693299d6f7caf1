"""How long a synchronisation takes after a million events, and how little of it is done twice.

    python tests/benchmarks/warehouse_sync.py [--events 1000000] [--new 1000] [--json]

Makes its own record (SQLite) in a temporary folder, copies it whole, adds a few events
and copies again. Ratios count; seconds depend on the machine.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from gtm_pipelines.clock import SystemClock
from gtm_pipelines.settings import load_settings
from gtm_pipelines.warehouse.model import SyncReport
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.figures_parts import Outcomes, a_message, add_events, fill


def seconds(report: SyncReport, table: str = "message_event") -> float:
    """What one table took."""
    return next(t.seconds for t in report.tables if t.table == table)


def measure(workbench: Workbench, events: int, new: int) -> dict[str, float | int | str]:
    """Copy whole, again, and after ``new`` events."""
    fill(workbench.record, workbench.clock, Outcomes(sent=200, positive=10, bounced_hard=4))
    message = a_message(workbench.record)
    add_events(workbench.record, workbench.clock, message, events)
    full = workbench.warehouse.sync()
    idle = workbench.warehouse.sync()
    add_events(workbench.record, workbench.clock, message, new)
    soon = workbench.warehouse.sync()
    later = workbench.metrics.refresh()
    funnel = next(mart.seconds for mart in later.marts if mart.name == "campaign_funnel")
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "events": events,
        "new_events": new,
        "full_seconds": seconds(full),
        "full_rows_a_second": round(events / seconds(full)),
        "idle_seconds": seconds(idle),
        "incremental_seconds": seconds(soon),
        "incremental_read": next(t.read for t in soon.tables if t.table == "message_event"),
        "full_over_idle": round(seconds(full) / max(seconds(idle), 0.001), 1),
        "full_over_incremental": round(seconds(full) / max(seconds(soon), 0.001), 1),
        "whole_sync_full_seconds": full.seconds,
        "whole_sync_idle_seconds": idle.seconds,
        "funnel_mart_seconds": funnel,
        "warehouse_mb": round(workbench.settings.warehouse_path.stat().st_size / 1e6, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--new", type=int, default=1_000)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gtm-bench-") as folder:
        workbench = open_workbench(load_settings(home=Path(folder)), clock=SystemClock())
        try:
            found = measure(workbench, chosen.events, chosen.new)
        finally:
            workbench.close()
    if chosen.json:
        sys.stdout.write(json.dumps(found, indent=2) + "\n")
        return
    for name, value in found.items():
        sys.stdout.write(f"{name:<26}{value}\n")


if __name__ == "__main__":
    main()
