"""Queries over attempts to better packs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.ids import new_id
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import optimisation


def add(record: Record, connection: sa.Connection, values: Mapping[str, Any]) -> str:
    """Add an attempt and return its id."""
    row_id = new_id()
    connection.execute(sa.insert(optimisation).values(id=row_id, workspace_id=record.workspace_id, **values))
    return row_id


def find(connection: sa.Connection, workspace_id: str, optimisation_id: str) -> dict[str, Any] | None:
    """Return one attempt by its id or the unambiguous beginning of it."""
    query = sa.select(optimisation).where(
        optimisation.c.workspace_id == workspace_id, optimisation.c.id.startswith(optimisation_id, autoescape=True)
    )
    rows = [dict(row) for row in connection.execute(query.limit(2)).mappings()]
    return rows[0] if len(rows) == 1 else None


def page(record: Record, *, pack: str | None = None, status: str | None = None, limit: int = 50) -> list[dict[str, Any]]:
    """Return attempts, newest first; of one pack or state where asked."""
    query = sa.select(optimisation).where(optimisation.c.workspace_id == record.workspace_id)
    query = query.where(optimisation.c.pack == pack) if pack else query
    query = query.where(optimisation.c.status == status) if status else query
    with record.read() as connection:
        return [dict(row) for row in connection.execute(query.order_by(optimisation.c.id.desc()).limit(limit)).mappings()]


def update(connection: sa.Connection, workspace_id: str, optimisation_id: str, values: Mapping[str, Any]) -> None:
    """Change an attempt."""
    mine = sa.update(optimisation).where(optimisation.c.workspace_id == workspace_id, optimisation.c.id == optimisation_id)
    connection.execute(mine.values(**values, version=optimisation.c.version + 1))


def standing(record: Record, optimisation_id: str) -> tuple[str, str] | None:
    """Return the state of an attempt and which worker has it."""
    mine = optimisation.c.workspace_id == record.workspace_id, optimisation.c.id == optimisation_id
    with record.read() as connection:
        row = connection.execute(sa.select(optimisation.c.status, optimisation.c.state).where(*mine)).one_or_none()
    return (row.status, (row.state or {}).get("worker", "")) if row else None


def of_result(connection: sa.Connection, workspace_id: str, pack: str, version: str) -> dict[str, Any] | None:
    """Return the attempt that a version of a pack came of."""
    query = sa.select(optimisation).where(
        optimisation.c.workspace_id == workspace_id, optimisation.c.pack == pack, optimisation.c.result_version == version
    )
    row = connection.execute(query.order_by(optimisation.c.id.desc()).limit(1)).mappings().one_or_none()
    return dict(row) if row else None


def looks(record: Record, pack: str, program: str) -> int:
    """Count the finished attempts on a program of a pack: how often its held-out cases were looked at."""
    query = sa.select(sa.func.count()).where(
        optimisation.c.workspace_id == record.workspace_id, optimisation.c.pack == pack, optimisation.c.program == program,
        optimisation.c.status == "finished",
    )  # fmt: skip
    with record.read() as connection:
        return int(connection.execute(query).scalar_one())
