"""Queries over pages of websites as they were read, and over attempts that had none."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.ids import new_id
from gtm_pipelines.record import merges
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import page
from gtm_pipelines.record.upsert import among, chunks, insert_many


@dataclass(frozen=True)
class Where:
    """Under whom an attempt stands already."""

    company_id: str | None = None
    is_new: bool = False


NEW = Where(is_new=True)
"""Of an attempt that stands nowhere yet."""


def add(record: Record, rows: Sequence[tuple[Mapping[str, Any], Where]], company_id: str | None) -> None:
    """Write attempts down in one transaction, under the company that stands for theirs now.

    Args:
        record: where to.
        rows: columns of ``page``, all with the same keys, without ids; with where each stands already. One that
            stands under this company, or one merged with it, is left alone; under another it is copied.
        company_id: whose site it is, if anybody's.
    """
    if not any(where.is_new for _, where in rows) and company_id is None:
        return
    with record.write() as connection:
        kin: set[str] = set()
        if company_id is not None:
            kin = merges.family(connection, record.workspace_id, "company", company_id)
            company_id = merges.roots(connection, record.workspace_id, "company", [company_id])[company_id]
        wanted = [row for row, where in rows if where.is_new or (company_id is not None and where.company_id not in kin)]
        whole = [{"id": new_id(), "company_id": company_id, **row} for row in wanted]
        insert_many(connection, page, whole, workspace_id=record.workspace_id)


def newest(record: Record, urls: Collection[str]) -> dict[str, sa.Row[Any]]:
    """Return address → the newest attempt to read it, of whatever company."""
    found: dict[str, sa.Row[Any]] = {}
    with record.read() as connection:
        for part in chunks(urls):
            mine = (page.c.workspace_id == record.workspace_id, among(connection, page.c.url, part))
            query = sa.select(page).where(*mine).order_by(page.c.fetched_at, page.c.id)
            found |= {row.url: row for row in connection.execute(query)}
    return found


def of_company(record: Record, company_id: str, *, read_only: bool = True) -> Sequence[sa.Row[Any]]:
    """Return the newest attempt at each page of a company and of those merged with it, in the order they were read.

    Args:
        record: where they are.
        company_id: any row of the merge.
        read_only: leave out pages that could not be had.
    """
    with record.read() as connection:
        kin = merges.family(connection, record.workspace_id, "company", company_id)
        mine = (page.c.workspace_id == record.workspace_id, page.c.company_id.in_(kin))
        rows = connection.execute(sa.select(page).where(*mine).order_by(page.c.fetched_at, page.c.id)).all()
    latest = {row.url: row for row in rows if row.outcome == "read" or not read_only}
    return sorted(latest.values(), key=lambda row: row.id)


def outcomes(record: Record, since: datetime | None = None) -> dict[str, int]:
    """Return outcome → how many attempts ended so, the most frequent first."""
    counted = sa.func.count().label("attempts")
    query = sa.select(page.c.outcome, counted).where(page.c.workspace_id == record.workspace_id)
    query = query.where(page.c.fetched_at >= since) if since else query
    with record.read() as connection:
        return {row.outcome: row.attempts for row in connection.execute(query.group_by(page.c.outcome).order_by(counted.desc()))}
