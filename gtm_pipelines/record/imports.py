"""Queries over import batches and their rows: where everything in the record came from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.errors import ConflictError, InputError, NotFoundError
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import audit_event, erasure, fact, import_batch, import_row
from gtm_pipelines.record.upsert import among

COUNTS = ("imported", "merged", "unchanged", "rejected")
_NAMED = 5
"""Batches named where a beginning of an id fits several."""


def lock(connection: sa.Connection, workspace_id: str) -> None:
    """Let one import at a time match against the record, until the end of the transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(f"intake:{workspace_id}"))))


def same_columns(
    connection: sa.Connection,
    workspace_id: str,
    kind: str,
    mapping: Mapping[str, Any],
    source: str | None,
    lawful_basis: str | None,
) -> list[sa.Row[Any]]:
    """Return batches, not undone, whose files had the same columns and were read in the same way, newest first."""
    query = sa.select(import_batch).where(
        import_batch.c.workspace_id == workspace_id,
        import_batch.c.kind == kind,
        import_batch.c.undone_at.is_(None),
        import_batch.c.source.is_not_distinct_from(source),
        import_batch.c.lawful_basis.is_not_distinct_from(lawful_basis),
    )
    return [row for row in connection.execute(query.order_by(import_batch.c.id.desc())) if row.mapping == mapping]


def lowered(connection: sa.Connection, workspace_id: str, batch_row: sa.Row[Any]) -> bool:
    """Whether anything that a batch brought may be gone since: an undo, an erasure, a lifted suppression."""
    since = batch_row.finished_at
    gone = (
        sa.exists().where(import_batch.c.workspace_id == workspace_id, import_batch.c.undone_at >= since),
        sa.exists().where(erasure.c.workspace_id == workspace_id, erasure.c.created_at >= since),
        sa.exists().where(
            audit_event.c.workspace_id == workspace_id,
            audit_event.c.action == "suppression.removed",
            audit_event.c.created_at >= since,
        ),
    )
    return bool(connection.execute(sa.select(sa.or_(*gone))).scalar_one())


def first_of(record: Record, batch_id: str) -> str:
    """Return the batch that holds the rows of this one: itself, or the first import of the very same bytes.

    Raises:
        NotFoundError: there is none with this id.
    """
    held = batch(record, batch_id)
    while held.same_as:
        held = batch(record, held.same_as)
    return str(held.id)


def advance(connection: sa.Connection, batch_id: str, seen: int, values: Mapping[str, Any]) -> None:
    """Move a batch on from ``seen`` rows; its new counts are in ``values``.

    Raises:
        ConflictError: somebody else imports the same batch, or undoes it.
    """
    statement = sa.update(import_batch).where(
        import_batch.c.id == batch_id, import_batch.c.rows == seen, import_batch.c.undone_at.is_(None)
    )
    if connection.execute(statement.values(**values)).rowcount != 1:
        raise ConflictError("This file is being imported by another process, or undone. Wait for it, then import it again.")


def batches(record: Record, *, kind: str | None = None, limit: int = 50, offset: int = 0) -> Sequence[sa.Row[Any]]:
    """Return import batches, newest first."""
    query = sa.select(import_batch).where(import_batch.c.workspace_id == record.workspace_id)
    if kind:
        query = query.where(import_batch.c.kind == kind)
    with record.read() as connection:
        return connection.execute(query.order_by(import_batch.c.id.desc()).limit(limit).offset(offset)).all()


def batch(record: Record, batch_id: str) -> sa.Row[Any]:
    """Return one import batch by its id, or by a beginning of it that no other has.

    Raises:
        NotFoundError: there is none with this id.
        InputError: several begin so.
    """
    asked = batch_id.strip().lower()
    begins = import_batch.c.id.startswith(asked, autoescape=True)
    query = sa.select(import_batch).where(import_batch.c.workspace_id == record.workspace_id, begins)
    with record.read() as connection:
        rows = connection.execute(query.order_by(import_batch.c.id.desc()).limit(_NAMED)).all() if asked else []
    if not rows:
        raise NotFoundError(f"No import has the id '{batch_id}'. 'gtm import list' shows them.")
    if len(rows) > 1 and all(row.id != asked for row in rows):
        named = ", ".join(f"{row.id} ({row.file_name})" for row in rows)
        raise InputError(f"Several imports begin with '{batch_id}': {named}. Give more of the id.")
    return next((row for row in rows if row.id == asked), rows[0])


def rejected(
    record: Record, batch_id: str, *, code: str | None = None, limit: int | None = 50, offset: int = 0
) -> Sequence[sa.Row[Any]]:
    """Return the refused rows of a batch in the order of the file, all or those with one reason code."""
    query = sa.select(import_row).where(
        import_row.c.workspace_id == record.workspace_id, import_row.c.batch_id == batch_id, import_row.c.outcome == "rejected"
    )
    query = query.where(import_row.c.reason_code == code) if code else query
    with record.read() as connection:
        return connection.execute(query.order_by(import_row.c.line_number).limit(limit).offset(offset)).all()


def counts(batch_id: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Match what no batch brought, or one that was not undone, or whose very bytes another one stands for."""
    repeating = import_batch.alias("repeating")
    stands_in = sa.exists().where(repeating.c.same_as == import_batch.c.id, repeating.c.undone_at.is_(None))
    undone = sa.select(import_batch.c.id).where(import_batch.c.undone_at.is_not(None), ~stands_in)
    return sa.or_(batch_id.is_(None), batch_id.not_in(undone))


def said_before(
    connection: sa.Connection, workspace_id: str, batch_ids: Sequence[str], owners: Iterable[str]
) -> set[tuple[str, str]]:
    """Return ``(owner id, hash of the text)`` of rows of these batches about these owners."""
    listed = list(owners)
    if not listed or not batch_ids:
        return set()
    query = sa.select(import_row.c.entity_id, import_row.c.row_hash).where(
        import_row.c.workspace_id == workspace_id,
        among(connection, import_row.c.entity_id, listed),
        import_row.c.batch_id.in_(batch_ids),
        import_row.c.outcome != "rejected",
    )
    return {(row.entity_id, row.row_hash) for row in connection.execute(query)}


def imported_values(
    connection: sa.Connection, workspace_id: str, subject_type: str, subject_ids: Sequence[str]
) -> Iterator[tuple[str, str, str]]:
    """Yield ``(subject id, field, value)`` of the facts that imports left about these subjects."""
    if not subject_ids:
        return
    query = sa.select(fact.c.subject_id, fact.c.field, fact.c.value).where(
        fact.c.workspace_id == workspace_id,
        fact.c.subject_type == subject_type,
        among(connection, fact.c.subject_id, subject_ids),
        fact.c.source == "import",
        counts(fact.c.batch_id),
    )
    for row in connection.execute(query):
        yield row.subject_id, row.field, row.value
