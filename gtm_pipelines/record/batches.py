"""Queries over what a batch of an import did: which rows count, whom they are about, what holds on to them.

A row counts while any batch that stands for it is not undone: its own, or a later one
of the very same bytes, whose ``same_as`` names it and which keeps no rows of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.record import suppressions
from gtm_pipelines.record.compare import unindexed
from gtm_pipelines.record.tables import (
    company,
    contact,
    conversation,
    draft,
    duplicate_pair,
    entity_merge,
    import_batch,
    import_row,
    inbound_message,
    message,
    page,
    tag,
    target,
)
from gtm_pipelines.record.upsert import among, chunks

USED = ("imported", "merged", "unchanged")
"""Outcomes of rows that say something about somebody."""
TABLES = {"company": company, "contact": contact}
_REFERENCES: Mapping[str, Mapping[str, Sequence[sa.Column[str]]]] = {
    "contact": {
        "campaign": (target.c.contact_id, draft.c.contact_id),
        "message": (message.c.contact_id,),
        "conversation": (conversation.c.contact_id, inbound_message.c.contact_id),
    },
    "company": {"campaign": (target.c.company_id,)},
}


@dataclass(frozen=True)
class Batches:
    """Every batch of one kind, and which of them count."""

    by_id: Mapping[str, sa.Row[Any]]
    without: str | None = None
    """A batch to see as undone though it is not yet."""

    def chain(self, batch_id: str) -> tuple[str, ...]:
        """Return the batches whose rows are those of ``batch_id``: itself and those it repeats."""
        found: list[str] = []
        at: str | None = batch_id
        while at is not None and at in self.by_id and at not in found:
            found.append(at)
            at = self.by_id[at].same_as
        return tuple(found)

    def living(self) -> dict[str, str]:
        """Return, for each batch whose rows count, the oldest batch that makes them count."""
        living: dict[str, str] = {}
        for batch_id in sorted(self.by_id):
            if self.by_id[batch_id].undone_at is None and batch_id != self.without:
                for held in self.chain(batch_id):
                    living.setdefault(held, batch_id)
        return living


def of_kind(connection: sa.Connection, workspace_id: str, kind: str, *, without: str | None = None) -> Batches:
    """Return every batch of companies or of contacts."""
    query = sa.select(import_batch).where(import_batch.c.workspace_id == workspace_id, import_batch.c.kind == kind)
    return Batches({row.id: row for row in connection.execute(query)}, without)


def statuses_of_file(connection: sa.Connection, workspace_id: str, kind: str, sha256: str) -> set[str]:
    """Return where the imports of these very bytes stand; empty if there was none."""
    query = sa.select(import_batch.c.status).where(
        import_batch.c.workspace_id == workspace_id, import_batch.c.kind == kind, import_batch.c.file_sha256 == sha256
    )
    return set(connection.execute(query).scalars())


def entities_after(
    connection: sa.Connection, workspace_id: str, batch_ids: Collection[str], *, after: str, limit: int
) -> list[str]:
    """Return the next companies or contacts that these batches speak of, by id.

    Written so that the index of entities is walked: by that of batches, every page would sort all rows again.
    """
    query = (
        sa.select(import_row.c.entity_id)
        .distinct()
        .where(import_row.c.workspace_id == workspace_id, unindexed(import_row.c.batch_id).in_(list(batch_ids)))
        .where(import_row.c.outcome.in_(USED), import_row.c.entity_id > after)
    )
    return list(connection.execute(query.order_by(import_row.c.entity_id).limit(limit)).scalars())


def count_entities(connection: sa.Connection, workspace_id: str, batch_ids: Collection[str]) -> int:
    """Count the companies or contacts that these batches speak of."""
    query = sa.select(sa.func.count(sa.distinct(import_row.c.entity_id))).where(
        import_row.c.workspace_id == workspace_id, import_row.c.batch_id.in_(list(batch_ids)), import_row.c.outcome.in_(USED)
    )
    return connection.execute(query).scalar_one()


def rows_about(connection: sa.Connection, workspace_id: str, entity_ids: Sequence[str]) -> Sequence[Any]:
    """Return every used row about these companies or contacts, in order of file and line."""
    query = sa.select(
        import_row.c.entity_id, import_row.c.batch_id, import_row.c.line_number, import_row.c.raw, import_row.c.row_hash
    )
    query = query.where(import_row.c.workspace_id == workspace_id, among(connection, import_row.c.entity_id, entity_ids))
    return connection.execute(query.where(import_row.c.outcome.in_(USED)).order_by(import_row.c.id)).all()


def texts(
    connection: sa.Connection, workspace_id: str, batch_ids: Collection[str], lines: Iterable[int]
) -> dict[int, tuple[str, str | None]]:
    """Return ``line → (text, hash)`` of rows that some of these batches of the same bytes kept."""
    found: dict[int, tuple[str, str | None]] = {}
    for part in chunks(sorted(set(lines))):
        query = sa.select(import_row.c.line_number, import_row.c.raw, import_row.c.row_hash).where(
            import_row.c.workspace_id == workspace_id, import_row.c.batch_id.in_(list(batch_ids)),
            import_row.c.line_number.in_(part), import_row.c.raw.is_not(None),
        )  # fmt: skip
        for line, raw, row_hash in connection.execute(query):
            found.setdefault(line, (raw or "", row_hash))
    return found


def present(
    connection: sa.Connection, workspace_id: str, kind: str, ids: Sequence[str], columns: Iterable[str]
) -> dict[str, sa.Row[Any]]:
    """Return those of the companies or contacts that are there, with the named columns, held until the commit."""
    table = TABLES[kind]
    query = sa.select(*(table.c[name] for name in columns)).where(
        table.c.workspace_id == workspace_id, among(connection, table.c.id, ids)
    )
    return {row.id: row for row in connection.execute(query)}


def held(connection: sa.Connection, workspace_id: str, kind: str, ids: Sequence[str]) -> dict[str, str]:
    """Return what holds on to each of these: merge, campaign, message, conversation or protection; none is left out."""
    found: dict[str, str] = {}
    table = TABLES[kind]
    for column in (entity_merge.c.winner_id, entity_merge.c.loser_id):
        query = sa.select(column).where(
            entity_merge.c.workspace_id == workspace_id, entity_merge.c.kind == kind, entity_merge.c.undone_at.is_(None)
        )
        _note(found, connection.execute(query.where(among(connection, column, ids))).scalars(), "merge")
    into = sa.select(table.c.merged_into).where(table.c.workspace_id == workspace_id)
    _note(found, connection.execute(into.where(among(connection, table.c.merged_into, ids))).scalars(), "merge")
    for reason, columns in _REFERENCES[kind].items():
        for column in columns:
            query = sa.select(column).distinct().where(column.table.c.workspace_id == workspace_id)
            _note(found, connection.execute(query.where(among(connection, column, ids))).scalars(), reason)
    _note(found, _protected(connection, workspace_id, kind, ids), "protection")
    return found


def _note(found: dict[str, str], ids: Iterable[str | None], reason: str) -> None:
    for entity_id in ids:
        if entity_id is not None:
            found.setdefault(entity_id, reason)


def _protected(connection: sa.Connection, workspace_id: str, kind: str, ids: Sequence[str]) -> list[str]:
    """Those whose row itself keeps them from being written to: removing it would forget that."""
    if kind == "company":
        reasons = suppressions.find_many(connection, workspace_id, [(None, entity_id) for entity_id in ids])
        return [entity_id for entity_id, reason in zip(ids, reasons, strict=True) if reason]
    query = sa.select(contact.c.id).where(
        contact.c.workspace_id == workspace_id, contact.c.do_not_contact, among(connection, contact.c.id, ids)
    )
    return list(connection.execute(query).scalars())


def remove(connection: sa.Connection, workspace_id: str, kind: str, ids: Sequence[str], at: Any) -> None:
    """Remove companies or contacts with their tags, pages and open pairs; contacts of a removed company are let go."""
    if not ids:
        return
    if kind == "company":
        letting_go = sa.update(contact).where(
            contact.c.workspace_id == workspace_id, among(connection, contact.c.company_id, ids)
        )
        connection.execute(letting_go.values(company_id=None, updated_at=at, version=contact.c.version + 1))
        read = sa.delete(page).where(page.c.workspace_id == workspace_id, among(connection, page.c.company_id, ids))
        connection.execute(read)
    connection.execute(
        sa.delete(tag).where(
            tag.c.workspace_id == workspace_id, tag.c.subject_type == kind, among(connection, tag.c.subject_id, ids)
        )
    )
    for side in (duplicate_pair.c.left_id, duplicate_pair.c.right_id):
        pairs = sa.update(duplicate_pair).where(duplicate_pair.c.workspace_id == workspace_id, duplicate_pair.c.kind == kind)
        connection.execute(
            pairs.where(duplicate_pair.c.status == "open", among(connection, side, ids)).values(status="gone", updated_at=at)
        )
    table = TABLES[kind]
    connection.execute(sa.delete(table).where(table.c.workspace_id == workspace_id, among(connection, table.c.id, ids)))


def holders(connection: sa.Connection, workspace_id: str, kind: str, column: str, values: Sequence[str]) -> dict[str, str]:
    """Return ``value → id`` of who holds each value of a unique column."""
    table = TABLES[kind]
    query = sa.select(table.c[column], table.c.id).where(
        table.c.workspace_id == workspace_id, among(connection, table.c[column], values)
    )
    return {row[0]: row.id for row in connection.execute(query)}
