"""How long a synchronisation takes after a million events, and how little of it is done twice.

    python tests/benchmarks/warehouse_sync.py [--events 1000000] [--new 1000] [--json]

Makes its own record (SQLite) in a temporary folder, copies it whole, adds a few events
and copies again. Ratios count; seconds depend on the machine and on what else it does.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from gtm_pipelines.clock import SystemClock
from gtm_pipelines.settings import load_settings
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.figures_parts import Outcomes, a_message, add_events, fill


def timed(workbench: Workbench) -> tuple[float, float, int]:
    """Bring the copy of the events up to date: seconds, processor seconds, rows read."""
    watch, spent = time.perf_counter(), time.process_time()
    read = workbench.warehouse.refresh_table("message_event").read
    return time.perf_counter() - watch, time.process_time() - spent, read


def measure(workbench: Workbench, events: int, new: int) -> dict[str, float | int | str]:
    """Copy whole, again, and after ``new`` events."""
    fill(workbench.record, workbench.clock, Outcomes(sent=200, positive=10, bounced_hard=4))
    message = a_message(workbench.record)
    workbench.warehouse.sync()
    add_events(workbench.record, workbench.clock, message, events)
    workbench.warehouse.file.delete()
    full, full_cpu, _ = timed(workbench)
    idle, idle_cpu, _ = timed(workbench)
    add_events(workbench.record, workbench.clock, message, new)
    some, some_cpu, read = timed(workbench)
    marts = workbench.metrics.refresh().marts
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "events": events,
        "new_events": new,
        "full_seconds": round(full, 2),
        "full_cpu_seconds": round(full_cpu, 2),
        "full_rows_a_cpu_second": round(events / full_cpu),
        "idle_seconds": round(idle, 2),
        "idle_cpu_seconds": round(idle_cpu, 2),
        "incremental_seconds": round(some, 2),
        "incremental_cpu_seconds": round(some_cpu, 2),
        "incremental_read": read,
        "full_over_idle_cpu": round(full_cpu / idle_cpu, 1),
        "full_over_incremental_cpu": round(full_cpu / some_cpu, 1),
        "funnel_mart_seconds": next(mart.seconds for mart in marts if mart.name == "campaign_funnel"),
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
