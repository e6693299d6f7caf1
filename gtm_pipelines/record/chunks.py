"""Queries over pieces of text and their vectors: what is there, what is missing, what has to go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from gtm_pipelines.ids import new_id, new_ids
from gtm_pipelines.record.tables import chunk, chunk_source, chunk_vector, erasure
from gtm_pipelines.record.upsert import among, insert_columns

PAGE = 5_000
MARK = "index"
INDEXED = (
    chunk.c.id, chunk.c.entity_type, chunk.c.company_id, chunk.c.contact_id, chunk.c.language, chunk.c.recorded_at,
    chunk.c.text_hash, chunk.c.title, chunk.c.text,
)  # fmt: skip


class Standing(NamedTuple):
    """What the tables of pieces look like; equal means that nothing changed."""

    pieces: int
    newest: str
    vectors: int
    newest_vector: str
    erasures: int


def standing(connection: sa.Connection, workspace_id: str, model: str) -> Standing:
    """Return how the pieces, and their vectors by one model, stand."""
    mine = chunk.c.workspace_id == workspace_id
    vectors = (chunk_vector.c.workspace_id == workspace_id) & (chunk_vector.c.model == model)
    row = connection.execute(
        sa.select(
            sa.select(sa.func.count()).select_from(chunk).where(mine).scalar_subquery(),
            sa.select(sa.func.max(chunk.c.id)).where(mine).scalar_subquery(),
            sa.select(sa.func.count()).select_from(chunk_vector).where(vectors).scalar_subquery(),
            sa.select(sa.func.max(chunk_vector.c.id)).where(vectors).scalar_subquery(),
            sa.select(sa.func.count()).select_from(erasure).where(erasure.c.workspace_id == workspace_id).scalar_subquery(),
        )
    ).one()
    return Standing(row[0], row[1] or "", row[2], row[3] or "", row[4])


def mark(connection: sa.Connection, workspace_id: str) -> str:
    """Return a mark that changes with every change of pieces or vectors: one look, where counting takes milliseconds."""
    mine = chunk_source.c.workspace_id == workspace_id, chunk_source.c.entity_type == MARK
    return connection.execute(sa.select(chunk_source.c.stamp).where(*mine)).scalar_one_or_none() or ""


def _change_mark(connection: sa.Connection, workspace_id: str, at: datetime) -> None:
    _note(connection, workspace_id, MARK, new_id(), at)


def looked_at(connection: sa.Connection, workspace_id: str) -> dict[str, str]:
    """Return kind → what its tables looked like when it was last cut."""
    query = sa.select(chunk_source.c.entity_type, chunk_source.c.stamp).where(chunk_source.c.workspace_id == workspace_id)
    return {row.entity_type: row.stamp for row in connection.execute(query)}


def note_looked(connection: sa.Connection, workspace_id: str, kind: str, stamp: str, at: datetime) -> None:
    """Keep what a kind's tables looked like."""
    _note(connection, workspace_id, kind, stamp, at)


def _note(connection: sa.Connection, workspace_id: str, kind: str, stamp: str, at: datetime) -> None:
    insert: Any = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    fresh = insert(chunk_source).values(id=new_id(), workspace_id=workspace_id, entity_type=kind, stamp=stamp, looked_at=at)
    changed = {"stamp": fresh.excluded.stamp, "looked_at": fresh.excluded.looked_at}
    connection.execute(fresh.on_conflict_do_update(index_elements=["workspace_id", "entity_type"], set_=changed))


def states(connection: sa.Connection, workspace_id: str, kind: str) -> dict[str, str]:
    """Return text of a kind → the state in which it was cut."""
    query = sa.select(chunk.c.entity_id, chunk.c.source_stamp).where(
        chunk.c.workspace_id == workspace_id, chunk.c.entity_type == kind, chunk.c.position == 0
    )
    return {row.entity_id: row.source_stamp for row in connection.execute(query)}


def replace(
    connection: sa.Connection,
    workspace_id: str,
    kind: str,
    entity_ids: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    at: datetime,
) -> None:
    """Put new pieces in the place of all those of these texts."""
    _change_mark(connection, workspace_id, at)
    mine = chunk.c.workspace_id == workspace_id, chunk.c.entity_type == kind, among(connection, chunk.c.entity_id, entity_ids)
    connection.execute(sa.delete(chunk).where(*mine))
    if rows:
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        columns["id"] = list(new_ids(len(rows)))
        insert_columns(connection, chunk, columns, ignore_conflicts=True, workspace_id=workspace_id, entity_type=kind)


def drop_orphaned_vectors(connection: sa.Connection, workspace_id: str, at: datetime) -> int:
    """Delete vectors of texts that no piece has any more; return how many."""
    _change_mark(connection, workspace_id, at)
    held = sa.exists().where(chunk.c.workspace_id == chunk_vector.c.workspace_id, chunk.c.text_hash == chunk_vector.c.text_hash)
    return connection.execute(sa.delete(chunk_vector).where(chunk_vector.c.workspace_id == workspace_id, ~held)).rowcount


def without_vector(connection: sa.Connection, workspace_id: str, model: str, order: Sequence[str], limit: int) -> list[Any]:
    """Return hash, title and text of pieces that ``model`` has not seen, each text once, kinds in this order."""
    query = _unseen(sa.select(chunk.c.text_hash, chunk.c.title, chunk.c.text), workspace_id, model)
    rank = sa.case({kind: place for place, kind in enumerate(order)}, value=chunk.c.entity_type, else_=len(order))
    seen: dict[str, Any] = {}
    for row in connection.execute(query.order_by(rank, chunk.c.id).limit(limit)):
        seen.setdefault(row.text_hash, row)
    return list(seen.values())


def count_without_vector(connection: sa.Connection, workspace_id: str, model: str) -> int:
    """Count texts that ``model`` has not seen."""
    query = _unseen(sa.select(sa.func.count(sa.distinct(chunk.c.text_hash))), workspace_id, model)
    return int(connection.execute(query).scalar_one())


def _unseen(query: Any, workspace_id: str, model: str) -> Any:
    seen = sa.exists().where(
        chunk_vector.c.workspace_id == workspace_id, chunk_vector.c.model == model, chunk_vector.c.text_hash == chunk.c.text_hash
    )
    return query.where(chunk.c.workspace_id == workspace_id, ~seen)


def add_vectors(connection: sa.Connection, workspace_id: str, model: str, found: Mapping[str, bytes], at: datetime) -> int:
    """Keep vectors of texts that are still there; return how many."""
    query = (
        sa.select(chunk.c.text_hash)
        .distinct()
        .where(chunk.c.workspace_id == workspace_id, among(connection, chunk.c.text_hash, found))
    )
    still = sorted(connection.execute(query).scalars())
    _change_mark(connection, workspace_id, at)
    columns: dict[str, list[Any]] = {"id": list(new_ids(len(still))), "text_hash": still, "vector": [found[one] for one in still]}
    return insert_columns(
        connection, chunk_vector, columns, ignore_conflicts=True, workspace_id=workspace_id, model=model, created_at=at
    )


def after(connection: sa.Connection, workspace_id: str, last: str) -> Iterator[list[Any]]:
    """Yield pages of pieces by id, from the one after ``last``."""
    while True:
        query = sa.select(*INDEXED).where(chunk.c.workspace_id == workspace_id, chunk.c.id > last).order_by(chunk.c.id)
        rows = list(connection.execute(query.limit(PAGE)))
        if not rows:
            return
        yield rows
        last = rows[-1].id


def vectors_after(connection: sa.Connection, workspace_id: str, model: str, last: str) -> Iterator[list[Any]]:
    """Yield pages of id, text hash and vector by id, from the one after ``last``."""
    mine = chunk_vector.c.workspace_id == workspace_id, chunk_vector.c.model == model
    while True:
        query = sa.select(chunk_vector.c.id, chunk_vector.c.text_hash, chunk_vector.c.vector).where(
            *mine, chunk_vector.c.id > last
        )
        rows = list(connection.execute(query.order_by(chunk_vector.c.id).limit(PAGE)))
        if not rows:
            return
        yield rows
        last = rows[-1].id


def ids(connection: sa.Connection, workspace_id: str, *, up_to: str) -> list[str]:
    """Return the ids of the pieces up to one, in order."""
    query = sa.select(chunk.c.id).where(chunk.c.workspace_id == workspace_id, chunk.c.id <= up_to)
    return list(connection.execute(query.order_by(chunk.c.id)).scalars())


def get_many(connection: sa.Connection, workspace_id: str, wanted: Iterable[str]) -> dict[str, Any]:
    """Return id → piece."""
    query = sa.select(chunk).where(chunk.c.workspace_id == workspace_id, among(connection, chunk.c.id, wanted))
    return {row.id: row for row in connection.execute(query)}


def count_by_type(connection: sa.Connection, workspace_id: str) -> dict[str, int]:
    """Return entity type → pieces."""
    query = sa.select(chunk.c.entity_type, sa.func.count()).where(chunk.c.workspace_id == workspace_id)
    return {row[0]: row[1] for row in connection.execute(query.group_by(chunk.c.entity_type))}
