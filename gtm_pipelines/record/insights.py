"""Queries over insights: the newest about a company or person counts; the others stay as they were."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.ids import new_id
from gtm_pipelines.record import merges
from gtm_pipelines.record.tables import fact, insight
from gtm_pipelines.record.upsert import among


def add(connection: sa.Connection, workspace_id: str, values: Mapping[str, Any]) -> str:
    """Write an insight down and return its id."""
    made = new_id()
    connection.execute(sa.insert(insight).values(id=made, workspace_id=workspace_id, **values))
    return made


def newest(connection: sa.Connection, workspace_id: str, kind: str, subject_id: str) -> sa.RowMapping | None:
    """Return the newest insight about a company or contact, or about one merged with it."""
    kin = merges.family(connection, workspace_id, kind, subject_id)
    query = sa.select(insight).where(
        insight.c.workspace_id == workspace_id, insight.c.subject_type == kind, among(connection, insight.c.subject_id, kin)
    )
    return connection.execute(query.order_by(insight.c.id.desc()).limit(1)).mappings().one_or_none()


def best(connection: sa.Connection, workspace_id: str, kind: str, limit: int) -> Sequence[sa.RowMapping]:
    """Return the newest insights of those who fit best, best first."""
    latest = (
        sa.select(sa.func.max(insight.c.id))
        .where(insight.c.workspace_id == workspace_id, insight.c.subject_type == kind)
        .group_by(insight.c.subject_id)
    )
    query = sa.select(insight).where(insight.c.workspace_id == workspace_id, insight.c.id.in_(latest))
    order = (sa.func.coalesce(insight.c.fit, -1).desc(), insight.c.confidence.desc(), insight.c.id)
    return connection.execute(query.order_by(*order).limit(limit)).mappings().all()


def quotes(connection: sa.Connection, workspace_id: str, kind: str, subject_id: str, source: str) -> dict[tuple[str, str], str]:
    """Return ``(address of the page, quote) → fact`` of the quotes kept about a subject."""
    query = sa.select(fact.c.id, fact.c.url, fact.c.value).where(
        fact.c.workspace_id == workspace_id, fact.c.subject_type == kind, fact.c.subject_id == subject_id,
        fact.c.source == source,
    )  # fmt: skip
    return {(row.url or "", row.value): row.id for row in connection.execute(query)}


def add_quotes(connection: sa.Connection, workspace_id: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write quotes down as facts."""
    made = [dict(row) | {"workspace_id": workspace_id} for row in rows]
    if made:
        connection.execute(sa.insert(fact), made)
