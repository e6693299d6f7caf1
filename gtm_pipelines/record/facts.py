"""Queries over facts: what is known of a subject, from where, how surely."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.record import merges
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.imports import counts
from gtm_pipelines.record.settled import RANKS, Settled, Statement, by_field, settle
from gtm_pipelines.record.tables import company, contact, fact, import_batch, import_row
from gtm_pipelines.record.upsert import among, chunks


def latest_values(
    connection: sa.Connection, workspace_id: str, subject_ids: Collection[str], fields: Collection[str], source: str
) -> dict[tuple[str, str], str | None]:
    """Return ``(subject id, field) → value`` of the newest fact of one source."""
    known: dict[tuple[str, str], str | None] = {}
    for part in chunks(subject_ids):
        query = (
            sa.select(fact.c.subject_id, fact.c.field, fact.c.value)
            .where(fact.c.workspace_id == workspace_id, fact.c.subject_id.in_(part))
            .where(fact.c.field.in_(list(fields)), fact.c.source == source, counts(fact.c.batch_id))
            .order_by(fact.c.id)
        )
        known |= {(row.subject_id, row.field): row.value for row in connection.execute(query)}
    return known


def of_subject(record: Record, subject_id: str) -> Sequence[sa.Row[Any]]:
    """Return every fact about one company or contact, and those merged with it, that counts, newest first.

    Those of undone imports do not.
    """
    with record.read() as connection:
        subjects = merges.family_of_any_kind(connection, record.workspace_id, subject_id)
        mine = (fact.c.workspace_id == record.workspace_id) & fact.c.subject_id.in_(subjects)
        query = sa.select(fact).where(mine, counts(fact.c.batch_id))
        return connection.execute(query.order_by(fact.c.id.desc())).all()


def statements(
    connection: sa.Connection,
    workspace_id: str,
    kind: str,
    ids: Iterable[str],
    fields: Collection[str] | None = None,
) -> dict[str, list[Statement]]:
    """Return, for each subject, the facts about it and those merged into it that count, oldest first.

    Args:
        connection: an open transaction.
        workspace_id: whose facts.
        kind: ``company`` or ``contact``.
        ids: of rows that stand for themselves.
        fields: only these, where given.
    """
    wanted = list(ids)
    kin = merges.relatives(connection, workspace_id, kind, wanted)
    owner = {member: one for one in wanted for member in (one, *kin.get(one, ()))}
    found: dict[str, list[Statement]] = {one: [] for one in wanted}
    for part in chunks(owner):
        query = sa.select(fact).where(
            fact.c.workspace_id == workspace_id,
            fact.c.subject_type == kind,
            among(connection, fact.c.subject_id, part),
            counts(fact.c.batch_id),
        )
        query = query.where(fact.c.field.in_(list(fields))) if fields is not None else query
        for row in connection.execute(query.order_by(fact.c.id)):
            found[owner[row.subject_id]].append(Statement.of(row))
    return found


def settled(
    connection: sa.Connection,
    workspace_id: str,
    kind: str,
    ids: Iterable[str],
    now: datetime,
    *,
    fields: Collection[str] | None = None,
    ranks: Mapping[str, int] = RANKS,
) -> dict[str, dict[str, Settled]]:
    """Return ``subject id → field → what counts``, by the rule of ``record.settled``.

    Args as for ``statements``; ``now`` is what counts as expired, ``ranks`` how much sources are believed.
    """
    counted: dict[str, dict[str, Settled]] = {}
    for one, said in statements(connection, workspace_id, kind, ids, fields).items():
        counted[one] = {name: found for name, group in by_field(said).items() if (found := settle(group, now, ranks))}
    return counted


def subjects_after(
    connection: sa.Connection, workspace_id: str, table: sa.Table, after: str, columns: Sequence[str], limit: int
) -> Sequence[sa.Row[Any]]:
    """Return the next ``limit`` companies or contacts by id, with the named columns."""
    query = sa.select(table.c.id, table.c.batch_id, table.c.session_key, *(table.c[name] for name in columns))
    query = query.where(table.c.workspace_id == workspace_id, table.c.merged_into.is_(None), table.c.id > after)
    return connection.execute(query.order_by(table.c.id).limit(limit)).all()


def origins(connection: sa.Connection, entity_ids: Collection[str]) -> dict[str, str]:
    """Return ``entity id → "file, line n"`` of the row that last said something about it."""
    places: dict[str, str] = {}
    for part in chunks(entity_ids):
        query = (
            sa.select(import_row.c.entity_id, import_batch.c.file_name, import_row.c.line_number)
            .join(import_batch, import_batch.c.id == import_row.c.batch_id)
            .where(import_row.c.entity_id.in_(part), import_row.c.outcome != "rejected", counts(import_row.c.batch_id))
            .order_by(import_row.c.id)
        )
        places |= {row.entity_id: f"{row.file_name}, line {row.line_number}" for row in connection.execute(query)}
    return places


def count_subjects(record: Record, table: sa.Table) -> int:
    """Count the companies or contacts of the workspace."""
    with record.read() as connection:
        mine = (table.c.workspace_id == record.workspace_id, table.c.merged_into.is_(None))
        query = sa.select(sa.func.count()).select_from(table).where(*mine)
        return connection.execute(query).scalar_one()


TABLES = {"company": company, "contact": contact}
"""Subject type → its table."""
