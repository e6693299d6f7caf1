"""Queries over the requests that faces commit for the pipeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.record.tables import job

OPEN_STATUSES = ("requested", "running", "stopping")


def add(connection: sa.Connection, values: Mapping[str, Any]) -> bool:
    """Insert a request; ``False`` where an open one of the same kind and key is there already."""
    try:
        with connection.begin_nested():
            connection.execute(job.insert().values(**values))
    except sa.exc.IntegrityError:
        if find_open(connection, values["workspace_id"], values["kind"], values["request_key"]) is None:
            raise
        return False
    return True


def find_open(connection: sa.Connection, workspace_id: str, kind: str, key: str) -> sa.Row[Any] | None:
    """Return the unfinished request of a kind and key."""
    query = _rows(workspace_id).where(job.c.kind == kind, job.c.request_key == key, job.c.status.in_(OPEN_STATUSES))
    return connection.execute(query).first()


def find(connection: sa.Connection, workspace_id: str, job_id: str) -> sa.Row[Any] | None:
    """Return one request."""
    return connection.execute(_rows(workspace_id).where(job.c.id == job_id)).first()


def recent(connection: sa.Connection, workspace_id: str, limit: int) -> Sequence[sa.Row[Any]]:
    """Return the newest requests, newest first."""
    return connection.execute(_rows(workspace_id).order_by(job.c.id.desc()).limit(limit)).all()


def requested(connection: sa.Connection, workspace_id: str, kinds: Sequence[str], limit: int) -> Sequence[sa.Row[Any]]:
    """Return the requests no run has started on, oldest first."""
    query = _rows(workspace_id).where(job.c.status == "requested", job.c.kind.in_(kinds))
    return connection.execute(query.order_by(job.c.id).limit(limit)).all()


def update(
    connection: sa.Connection, workspace_id: str, job_id: str, values: Mapping[str, Any], *, statuses: Sequence[str]
) -> bool:
    """Change a request that stands at one of ``statuses``; ``False`` where it does not."""
    statement = sa.update(job).where(job.c.workspace_id == workspace_id, job.c.id == job_id, job.c.status.in_(statuses))
    return connection.execute(statement.values(**values)).rowcount == 1


def _rows(workspace_id: str) -> sa.Select[Any]:
    return sa.select(job).where(job.c.workspace_id == workspace_id)
