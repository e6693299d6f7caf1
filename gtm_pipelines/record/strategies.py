"""Queries over strategies: their documents and corrections, which are only added to, and the context kept for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.ids import new_id
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import context_entry, strategy, strategy_correction, strategy_document
from gtm_pipelines.record.upsert import upsert

ICP = "icp"
"""Kind of the document that a confirmation adds: the ideal customer profile that scoring uses."""


def add(connection: sa.Connection, workspace_id: str, values: Mapping[str, Any]) -> str:
    """Add a strategy and return its id."""
    row_id = new_id()
    connection.execute(sa.insert(strategy).values(id=row_id, workspace_id=workspace_id, **values))
    return row_id


def find(connection: sa.Connection, workspace_id: str, key: str) -> sa.RowMapping | None:
    """Return a strategy by name or id."""
    by = sa.or_(strategy.c.name == key, strategy.c.id == key)
    query = sa.select(strategy).where(strategy.c.workspace_id == workspace_id, by)
    return connection.execute(query.order_by(strategy.c.name)).mappings().first()


def listed(connection: sa.Connection, workspace_id: str) -> Sequence[sa.RowMapping]:
    """Return every strategy, the one changed last first."""
    query = sa.select(strategy).where(strategy.c.workspace_id == workspace_id)
    return connection.execute(query.order_by(strategy.c.updated_at.desc(), strategy.c.id.desc())).mappings().all()


def change(connection: sa.Connection, workspace_id: str, strategy_id: str, version: int, values: Mapping[str, Any]) -> bool:
    """Change a strategy if it still has ``version``; tell whether it had."""
    mine = (strategy.c.workspace_id == workspace_id, strategy.c.id == strategy_id, strategy.c.version == version)
    done = connection.execute(sa.update(strategy).where(*mine).values(version=version + 1, **values))
    return done.rowcount == 1


def add_document(connection: sa.Connection, workspace_id: str, values: Mapping[str, Any]) -> str:
    """Add a version of a document and return its id; its number is unique within strategy and kind."""
    row_id = new_id()
    connection.execute(sa.insert(strategy_document).values(id=row_id, workspace_id=workspace_id, **values))
    return row_id


def documents(
    connection: sa.Connection, workspace_id: str, strategy_ids: Sequence[str], *, kind: str | None = None, newest: bool = False
) -> Sequence[sa.RowMapping]:
    """Return versions of documents, newest first; only the newest of each kind where ``newest``."""
    each = strategy_document
    query = sa.select(each).where(each.c.workspace_id == workspace_id, each.c.strategy_id.in_(strategy_ids))
    if kind is not None:
        query = query.where(each.c.kind == kind)
    if newest:
        other = strategy_document.alias()
        highest = sa.select(sa.func.max(other.c.number)).where(
            other.c.workspace_id == workspace_id, other.c.strategy_id == each.c.strategy_id, other.c.kind == each.c.kind
        )
        query = query.where(each.c.number == highest.scalar_subquery())
    return connection.execute(query.order_by(each.c.kind, each.c.number.desc())).mappings().all()


def add_correction(connection: sa.Connection, workspace_id: str, values: Mapping[str, Any]) -> str:
    """Add a correction and return its id."""
    row_id = new_id()
    connection.execute(sa.insert(strategy_correction).values(id=row_id, workspace_id=workspace_id, **values))
    return row_id


def corrections(connection: sa.Connection, workspace_id: str, strategy_id: str | None = None) -> Sequence[sa.RowMapping]:
    """Return corrections, oldest first, of one strategy or of all."""
    query = sa.select(strategy_correction).where(strategy_correction.c.workspace_id == workspace_id)
    if strategy_id is not None:
        query = query.where(strategy_correction.c.strategy_id == strategy_id)
    return connection.execute(query.order_by(strategy_correction.c.created_at, strategy_correction.c.id)).mappings().all()


def corrected_documents(connection: sa.Connection, workspace_id: str) -> Mapping[str, sa.RowMapping]:
    """Return, by the id of the correction, the version of a document that it made."""
    made = strategy_document.c.correction_id.is_not(None)
    query = sa.select(strategy_document).where(strategy_document.c.workspace_id == workspace_id, made)
    return {row["correction_id"]: row for row in connection.execute(query).mappings()}


def icp(record: Record, key: str | None = None) -> Mapping[str, Any] | None:
    """Return the ideal customer profile of a strategy by name or id, or of the one confirmed last.

    Only a confirmation writes one, so what a person has not confirmed never scores anybody.

    Returns:
        What ``enrichment.icp.Icp.read`` takes; ``None`` where nothing was confirmed.
    """
    each, whose = strategy_document, strategy
    query = (
        sa.select(each.c.content)
        .join(whose, whose.c.id == each.c.strategy_id)
        .where(each.c.workspace_id == record.workspace_id, each.c.kind == ICP, whose.c.workspace_id == record.workspace_id)
        .where(whose.c.status != "archived")
    )
    if key is not None:
        query = query.where(sa.or_(whose.c.name == key, whose.c.id == key))
    with record.read() as connection:
        found = connection.execute(query.order_by(each.c.created_at.desc(), each.c.id.desc()).limit(1)).scalar_one_or_none()
    return dict(found) if found is not None else None


def context(record: Record, url_hash: str, kind: str) -> sa.RowMapping | None:
    """Return what is kept of an address."""
    query = sa.select(context_entry).where(
        context_entry.c.workspace_id == record.workspace_id, context_entry.c.url_hash == url_hash, context_entry.c.kind == kind
    )
    with record.read() as connection:
        return connection.execute(query).mappings().first()


def keep_context(record: Record, values: Mapping[str, Any]) -> None:
    """Keep what was read of an address in place of what was kept before, and count the reading."""
    table = context_entry
    fresh = {name: value for name, value in values.items() if name not in ("url_hash", "kind")}
    statement = upsert(record, table).values(id=new_id(), workspace_id=record.workspace_id, reads=1, **values)
    statement = statement.on_conflict_do_update(
        index_elements=["workspace_id", "url_hash", "kind"], set_={**fresh, "reads": table.c.reads + 1}
    )
    with record.write() as connection:
        connection.execute(statement)


def count_hit(record: Record, entry_id: str) -> None:
    """Count that what was kept was used."""
    mine = (context_entry.c.workspace_id == record.workspace_id, context_entry.c.id == entry_id)
    with record.write() as connection:
        connection.execute(sa.update(context_entry).where(*mine).values(hits=context_entry.c.hits + 1))


def context_use(record: Record) -> tuple[int, int]:
    """Return how often kept context was used, and how often it had to be read."""
    hits, reads = (sa.func.coalesce(sa.func.sum(column), 0) for column in (context_entry.c.hits, context_entry.c.reads))
    with record.read() as connection:
        row = connection.execute(sa.select(hits, reads).where(context_entry.c.workspace_id == record.workspace_id)).one()
    return int(row[0]), int(row[1])
