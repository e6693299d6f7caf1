"""The folder Dagster keeps its instance in, with settings fit for one machine."""

from __future__ import annotations

from pathlib import Path

import yaml

from gtm_pipelines.settings import Settings

POOL = "duckdb_writer"
"""Pool of the runs that write the warehouse: one at a time."""

CONCURRENT_RUNS = 3


def prepare_dagster_home(settings: Settings) -> Path:
    """Create the folder and write its ``dagster.yaml`` anew; return the folder."""
    folder = settings.dagster_home
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "dagster.yaml").write_text(_HEADER + yaml.safe_dump(instance_settings(), sort_keys=False), "utf-8")
    return folder


def write_workspace(settings: Settings, socket_path: Path) -> Path:
    """Write the file that tells Dagster's servers where the code server listens; return its path."""
    path = settings.dagster_home / "workspace.yaml"
    server = {"host": "localhost", "socket": str(socket_path), "location_name": "gtm"}
    path.write_text(_HEADER + yaml.safe_dump({"load_from": [{"grpc_server": server}]}), "utf-8")
    return path


def instance_settings() -> dict[str, object]:
    """Return the instance's settings: no telemetry, quick start of runs, one warehouse writer.

    Run monitoring frees what a crashed run held; without it the pool would stay taken.
    """
    return {
        "telemetry": {"enabled": False},
        "nux": {"enabled": False},
        "concurrency": {
            "pools": {"default_limit": 1, "granularity": "op"},
            "runs": {"max_concurrent_runs": CONCURRENT_RUNS},
        },
        "run_queue": {"dequeue_interval_seconds": 1},
        "run_monitoring": {
            "enabled": True,
            "poll_interval_seconds": 15,
            "start_timeout_seconds": 180,
            "cancel_timeout_seconds": 60,
            "free_slots_after_run_end_seconds": 15,
        },
        "retention": {
            "sensor": {"purge_after_days": {"skipped": 2, "failure": 30, "success": 30}},
            "schedule": {"purge_after_days": {"skipped": 2, "failure": 30, "success": 30}},
        },
    }


_HEADER = "# Written by `gtm up` at every start; changes here are lost.\n"
