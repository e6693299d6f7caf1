"""Queries over merges: which row stands for which, who was folded into whom, and by whom.

A merged row stays with its keys and its past, and points at the row it is the same as
(``merged_into``). That row may itself be merged later, so the pointers form chains; a
merge always joins two roots, so they never form a ring.
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from gtm_pipelines.record.tables import company, contact
from gtm_pipelines.record.upsert import LOOKUP_SIZE, among, chunks

_TABLES = {"company": company, "contact": contact}


def roots(connection: sa.Connection, workspace_id: str, kind: str, ids: Iterable[str]) -> dict[str, str]:
    """Return, for each id, the id of the row that stands for it now: itself unless it was merged.

    One query where nothing was merged, one more for each link of the longest chain.

    Args:
        connection: an open transaction.
        workspace_id: whose rows.
        kind: ``company`` or ``contact``.
        ids: of any rows of that kind; an unknown id stands for itself.
    """
    standing = {one: one for one in ids}
    waiting = set(standing)
    while waiting:
        onward = _followed(connection, workspace_id, kind, waiting)
        standing = {one: onward.get(now, now) for one, now in standing.items()}
        waiting = set(onward.values())
    return standing


def family(connection: sa.Connection, workspace_id: str, kind: str, entity_id: str) -> set[str]:
    """Return the ids of every row that was merged with this one, itself included.

    Args:
        connection: an open transaction.
        workspace_id: whose rows.
        kind: ``company`` or ``contact``.
        entity_id: of any row of the merge, the one shown or one folded into it.
    """
    root = roots(connection, workspace_id, kind, [entity_id])[entity_id]
    found = {root}
    waiting = {root}
    while waiting:
        waiting = _folded(connection, workspace_id, kind, waiting) - found
        found |= waiting
    return found


def _followed(connection: sa.Connection, workspace_id: str, kind: str, ids: Iterable[str]) -> dict[str, str]:
    """Return ``id → merged into`` of those among ``ids`` that were merged."""
    table = _TABLES[kind]
    onward: dict[str, str] = {}
    for part in chunks(ids, LOOKUP_SIZE):
        query = sa.select(table.c.id, table.c.merged_into).where(
            table.c.workspace_id == workspace_id, table.c.merged_into.is_not(None), among(connection, table.c.id, part)
        )
        onward |= {row.id: row.merged_into for row in connection.execute(query)}
    return onward


def _folded(connection: sa.Connection, workspace_id: str, kind: str, ids: Iterable[str]) -> set[str]:
    """Return the ids of the rows merged directly into any of ``ids``."""
    table = _TABLES[kind]
    found: set[str] = set()
    for part in chunks(ids, LOOKUP_SIZE):
        query = sa.select(table.c.id).where(table.c.workspace_id == workspace_id, among(connection, table.c.merged_into, part))
        found |= set(connection.execute(query).scalars())
    return found
