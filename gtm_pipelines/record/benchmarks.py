"""Queries over benchmarks: runs, and what each pack and model made of each case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.ids import new_id
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import benchmark_run, benchmark_score
from gtm_pipelines.record.upsert import upsert

KEY = ("run_id", "pack", "pack_version", "variant", "model", "case_id")


def add_run(record: Record, connection: sa.Connection, values: Mapping[str, Any]) -> str:
    """Add a run and return its id."""
    row_id = new_id()
    connection.execute(sa.insert(benchmark_run).values(id=row_id, workspace_id=record.workspace_id, **values))
    return row_id


def set_run(connection: sa.Connection, workspace_id: str, run_id: str, values: Mapping[str, Any]) -> None:
    """Change how a run stands."""
    mine = sa.update(benchmark_run).where(benchmark_run.c.workspace_id == workspace_id, benchmark_run.c.id == run_id)
    connection.execute(mine.values(**values))


def find(record: Record, run_id: str) -> dict[str, Any] | None:
    """Return one run by its id, the unambiguous beginning of it, or the newest of its name."""
    t = benchmark_run.c
    named = sa.or_(t.id.startswith(run_id, autoescape=True), t.name == run_id)
    query = sa.select(benchmark_run).where(t.workspace_id == record.workspace_id, named).order_by(t.id.desc()).limit(2)
    with record.read() as connection:
        rows = [dict(row) for row in connection.execute(query).mappings()]
    return rows[0] if len(rows) == 1 or (rows and rows[0]["name"] == run_id) else None


def runs(record: Record, *, limit: int = 50) -> list[dict[str, Any]]:
    """Return runs, newest first."""
    query = sa.select(benchmark_run).where(benchmark_run.c.workspace_id == record.workspace_id)
    with record.read() as connection:
        return [dict(row) for row in connection.execute(query.order_by(benchmark_run.c.id.desc()).limit(limit)).mappings()]


def add_score(record: Record, values: Mapping[str, Any]) -> None:
    """Add what became of one case, once."""
    fresh = upsert(record, benchmark_score).values(id=new_id(), workspace_id=record.workspace_id, **values)
    with record.write() as connection:
        connection.execute(fresh.on_conflict_do_nothing(index_elements=list(KEY)))


def scores(record: Record, run_id: str) -> list[dict[str, Any]]:
    """Return every score of a run."""
    t = benchmark_score.c
    query = sa.select(benchmark_score).where(t.workspace_id == record.workspace_id, t.run_id == run_id).order_by(t.id)
    with record.read() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]
