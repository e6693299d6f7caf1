"""Queries over runs of research, and over the companies and contacts that they are about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.errors import NotFoundError
from gtm_pipelines.ids import new_id
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import company, contact, fact, research_run
from gtm_pipelines.record.upsert import among

TABLES = {"company": company, "contact": contact}
_COMPANY = company.alias("employer")


def add(connection: sa.Connection, workspace_id: str, values: Mapping[str, Any]) -> str:
    """Write a run down and return its id."""
    run_id = new_id()
    connection.execute(sa.insert(research_run).values(id=run_id, workspace_id=workspace_id, **values))
    return run_id


def change(connection: sa.Connection, workspace_id: str, run_id: str, values: Mapping[str, Any]) -> None:
    """Change a run."""
    mine = sa.update(research_run).where(research_run.c.workspace_id == workspace_id, research_run.c.id == run_id)
    connection.execute(mine.values(**values))


def get(record: Record, run_id: str) -> sa.Row[Any]:
    """Return one run.

    Raises:
        NotFoundError: there is none with this id.
    """
    query = sa.select(research_run).where(research_run.c.workspace_id == record.workspace_id, research_run.c.id == run_id)
    with record.read() as connection:
        row = connection.execute(query).first()
    if row is None:
        raise NotFoundError(f"No run of enrichment has the id '{run_id}'. 'gtm enrich runs' lists them.")
    return row


def recent(record: Record, *, limit: int = 20, status: str | None = None) -> Sequence[sa.Row[Any]]:
    """Return runs, newest first."""
    query = sa.select(research_run).where(research_run.c.workspace_id == record.workspace_id)
    query = query.where(research_run.c.status == status) if status else query
    with record.read() as connection:
        return connection.execute(query.order_by(research_run.c.id.desc()).limit(limit)).all()


def ids_after(
    connection: sa.Connection, workspace_id: str, kind: str, after: str, limit: int, *, upto: str | None = None
) -> list[str]:
    """Return the next ids of companies or contacts that stand for themselves, in order."""
    table = TABLES[kind]
    query = sa.select(table.c.id).where(table.c.workspace_id == workspace_id, table.c.merged_into.is_(None), table.c.id > after)
    query = query.where(table.c.id <= upto) if upto else query
    return list(connection.execute(query.order_by(table.c.id).limit(limit)).scalars())


def last_id(connection: sa.Connection, workspace_id: str, kind: str) -> str | None:
    """Return the newest company or contact."""
    table = TABLES[kind]
    newest: str | None = connection.execute(
        sa.select(sa.func.max(table.c.id)).where(table.c.workspace_id == workspace_id)
    ).scalar_one()
    return newest


def count(connection: sa.Connection, workspace_id: str, kind: str, *, upto: str | None = None) -> int:
    """Count companies or contacts that stand for themselves."""
    table = TABLES[kind]
    query = (
        sa.select(sa.func.count()).select_from(table).where(table.c.workspace_id == workspace_id, table.c.merged_into.is_(None))
    )
    return connection.execute(query.where(table.c.id <= upto) if upto else query).scalar_one()


def rows(connection: sa.Connection, workspace_id: str, kind: str, ids: Iterable[str]) -> dict[str, sa.RowMapping]:
    """Return ``id → row`` of those that are there and stand for themselves; contacts with their employer's columns.

    An employer's columns are called ``employer_name``, ``employer_domain`` and ``employer_website``.
    """
    table = TABLES[kind]
    query = sa.select(table)
    if kind == "contact":
        employer = (_COMPANY.c[name].label(f"employer_{name}") for name in ("name", "domain", "website"))
        joined = sa.and_(_COMPANY.c.id == contact.c.company_id, _COMPANY.c.workspace_id == contact.c.workspace_id)
        query = sa.select(table, *employer).select_from(contact.outerjoin(_COMPANY, joined))
    query = query.where(
        table.c.workspace_id == workspace_id, table.c.merged_into.is_(None), among(connection, table.c.id, list(ids))
    )
    return {row["id"]: row for row in connection.execute(query).mappings()}


def contested(connection: sa.Connection, workspace_id: str, kind: str, least: float, now: datetime, limit: int) -> list[str]:
    """Return ids of those about which two facts, sure enough, say different things in one field; candidates only."""
    table = TABLES[kind]
    root = sa.func.coalesce(table.c.merged_into, table.c.id)
    living = sa.or_(fact.c.expires_at.is_(None), fact.c.expires_at > now)
    query = (
        sa.select(root.label("root"))
        .join(fact, sa.and_(fact.c.workspace_id == table.c.workspace_id, fact.c.subject_id == table.c.id))
        .where(table.c.workspace_id == workspace_id, fact.c.subject_type == kind, fact.c.confidence >= least, living)
        .group_by(root, fact.c.field)
        .having(sa.func.count(sa.distinct(sa.func.lower(fact.c.value))) > 1)
        .order_by(root)
        .limit(limit)
    )
    return list(dict.fromkeys(connection.execute(query).scalars()))
