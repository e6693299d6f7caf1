"""Queries over merges: which row stands for which, who was folded into whom, and by whom.

A merged row stays with its keys and its past, and points at the row it is the same as
(``merged_into``). That row may itself be merged later, so the pointers form chains; a
merge always joins two roots, so they never form a ring.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.ids import new_id
from gtm_pipelines.record.compare import unindexed
from gtm_pipelines.record.tables import company, contact, entity_merge, fact, suppression, tag
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


def merged(connection: sa.Connection, workspace_id: str, kind: str, ids: Iterable[str]) -> set[str]:
    """Return those among ``ids`` whose row was merged into another."""
    return set(_followed(connection, workspace_id, kind, ids))


def family(connection: sa.Connection, workspace_id: str, kind: str, entity_id: str) -> set[str]:
    """Return the ids of every row that was merged with this one, itself included.

    Args:
        connection: an open transaction.
        workspace_id: whose rows.
        kind: ``company`` or ``contact``.
        entity_id: of any row of the merge, the one shown or one folded into it.
    """
    return relatives(connection, workspace_id, kind, [entity_id]).get(entity_id, set()) | {entity_id}


def family_of_any_kind(connection: sa.Connection, workspace_id: str, entity_id: str) -> set[str]:
    """Return ``family`` of a row that may be a company or a contact."""
    return {one for kind in _TABLES for one in family(connection, workspace_id, kind, entity_id)}


def relatives(connection: sa.Connection, workspace_id: str, kind: str, ids: Iterable[str]) -> dict[str, set[str]]:
    """Return, for each id whose row is part of a merge, the ids of the other rows of that merge."""
    wanted = set(ids)
    standing = roots(connection, workspace_id, kind, wanted)
    members: dict[str, str] = {root: root for root in standing.values()}
    waiting = set(members)
    while waiting:
        folded = _folded_into(connection, workspace_id, kind, waiting)
        members |= {one: members[into] for one, into in folded.items()}
        waiting = set(folded)
    families: dict[str, set[str]] = {}
    for one, root in members.items():
        families.setdefault(root, set()).add(one)
    return {one: others for one in wanted if (others := families[standing[one]] - {one})}


def other_addresses(connection: sa.Connection, workspace_id: str, addresses: Iterable[str]) -> dict[str, set[str]]:
    """Return, for each address of somebody, the other addresses of the same person: of merged rows, and told by lists.

    Args:
        connection: an open transaction.
        workspace_id: whose contacts.
        addresses: as contacts hold them in ``email_key``.
    """
    held: dict[str, str] = {}
    for part in chunks(addresses, LOOKUP_SIZE):
        query = sa.select(contact.c.id, contact.c.email_key).where(
            contact.c.workspace_id == workspace_id, among(connection, contact.c.email_key, part)
        )
        held |= {row.id: row.email_key for row in connection.execute(query)}
    kin = relatives(connection, workspace_id, "contact", held)
    known: dict[str, set[str]] = {}
    for part in chunks({one for others in kin.values() for one in others}, LOOKUP_SIZE):
        query = sa.select(contact.c.id, contact.c.email, contact.c.email_key).where(
            unindexed(contact.c.workspace_id) == workspace_id, among(connection, contact.c.id, part)
        )
        for row in connection.execute(query):
            known[row.id] = {text.casefold() for text in (row.email, row.email_key) if text}
    told = _told_addresses(connection, workspace_id, {*held, *known})
    found: dict[str, set[str]] = {}
    for one, address in held.items():
        others = {text for other in kin.get(one, ()) for text in known[other]}
        others |= {text for relative in (one, *kin.get(one, ())) for text in told.get(relative, ())}
        if others - {address}:
            found[address] = others - {address}
    return found


def _told_addresses(connection: sa.Connection, workspace_id: str, contacts: Iterable[str]) -> dict[str, set[str]]:
    """Return the addresses that lists gave for these contacts beside the one they are written to at."""
    told: dict[str, set[str]] = {}
    for part in chunks(contacts, LOOKUP_SIZE):
        query = sa.select(fact.c.subject_id, fact.c.value).where(
            fact.c.workspace_id == workspace_id, fact.c.subject_type == "contact", among(connection, fact.c.subject_id, part),
            fact.c.field == "email", fact.c.source == "import",
        )  # fmt: skip
        for row in connection.execute(query):
            told.setdefault(row.subject_id, set()).add(row.value.casefold())
    return told


def merged_people(workspace_id: str) -> sa.Select[Any]:
    """Return the query of the contacts that were merged into another: few, and found by an index of their own."""
    return sa.select(contact.c.id).where(unindexed(contact.c.workspace_id) == workspace_id, contact.c.merged_into.is_not(None))


def _followed(connection: sa.Connection, workspace_id: str, kind: str, ids: Iterable[str]) -> dict[str, str]:
    """Return ``id → merged into`` of those among ``ids`` that were merged."""
    table = _TABLES[kind]
    onward: dict[str, str] = {}
    for part in chunks(ids, LOOKUP_SIZE):
        query = sa.select(table.c.id, table.c.merged_into).where(
            unindexed(table.c.workspace_id) == workspace_id, table.c.merged_into.is_not(None), among(connection, table.c.id, part)
        )
        onward |= {row.id: row.merged_into for row in connection.execute(query)}
    return onward


def _folded_into(connection: sa.Connection, workspace_id: str, kind: str, ids: Iterable[str]) -> dict[str, str]:
    """Return ``id → merged into`` of the rows merged directly into any of ``ids``."""
    table = _TABLES[kind]
    found: dict[str, str] = {}
    for part in chunks(ids, LOOKUP_SIZE):
        query = sa.select(table.c.id, table.c.merged_into).where(
            unindexed(table.c.workspace_id) == workspace_id, among(connection, table.c.merged_into, part)
        )
        found |= {row.id: row.merged_into for row in connection.execute(query)}
    return found


def company_stopped_since(connection: sa.Connection, workspace_id: str, company_id: str, since: datetime) -> str | None:
    """Return why exactly this company was suppressed at ``since`` or later; ``None`` where it was not, or was before."""
    query = sa.select(suppression.c.reason).where(
        suppression.c.workspace_id == workspace_id,
        suppression.c.kind == "company",
        suppression.c.value_key == company_id.casefold(),
        suppression.c.created_at >= since,
    )
    return connection.execute(query).scalar_one_or_none()


def change(
    connection: sa.Connection, workspace_id: str, kind: str, entity_id: str, values: Mapping[str, Any], at: datetime
) -> None:
    """Change columns of one row."""
    if values:
        table = _TABLES[kind]
        mine = sa.update(table).where(table.c.workspace_id == workspace_id, table.c.id == entity_id)
        connection.execute(mine.values(**values, updated_at=at, version=table.c.version + 1))


def touch(connection: sa.Connection, workspace_id: str, kind: str, entity_id: str, at: datetime) -> None:
    """Mark a row as changed though none of its columns was: it stands for more rows, or for fewer."""
    table = _TABLES[kind]
    mine = sa.update(table).where(table.c.workspace_id == workspace_id, table.c.id == entity_id)
    connection.execute(mine.values(updated_at=at, version=table.c.version + 1))


def lock_rows(connection: sa.Connection, workspace_id: str, kind: str, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return rows whole by id, held until the transaction ends."""
    table = _TABLES[kind]
    query = sa.select(table).where(table.c.workspace_id == workspace_id, table.c.id.in_(sorted(ids))).order_by(table.c.id)
    return {row["id"]: dict(row) for row in connection.execute(query.with_for_update()).mappings()}


def holder(connection: sa.Connection, workspace_id: str, kind: str, column: str, value: str) -> str | None:
    """Return the id of the row that holds a key, if any does."""
    table = _TABLES[kind]
    query = sa.select(table.c.id).where(table.c.workspace_id == workspace_id, table.c[column] == value)
    return connection.execute(query).scalar_one_or_none()


def contacts_of(connection: sa.Connection, workspace_id: str, company_id: str) -> list[str]:
    """Return the ids of a company's contacts, merged ones too."""
    query = sa.select(contact.c.id).where(contact.c.workspace_id == workspace_id, contact.c.company_id == company_id)
    return list(connection.execute(query.order_by(contact.c.id)).scalars())


def move_contacts(
    connection: sa.Connection, workspace_id: str, ids: Sequence[str], at: datetime, *, source: str, destination: str
) -> None:
    """Give contacts of one company to another; those that have left it meanwhile stay where they are."""
    for part in chunks(ids, LOOKUP_SIZE):
        mine = sa.update(contact).where(
            contact.c.workspace_id == workspace_id, contact.c.company_id == source, among(connection, contact.c.id, part)
        )
        connection.execute(mine.values(company_id=destination, updated_at=at, version=contact.c.version + 1))


def add_merge(connection: sa.Connection, workspace_id: str, values: Mapping[str, Any], at: datetime) -> str:
    """Write a merge down and return its id."""
    merge_id = new_id()
    connection.execute(sa.insert(entity_merge).values(id=merge_id, workspace_id=workspace_id, created_at=at, **values))
    return merge_id


def get_merge(connection: sa.Connection, workspace_id: str, merge_id: str) -> sa.RowMapping | None:
    """Return one merge."""
    query = sa.select(entity_merge).where(entity_merge.c.workspace_id == workspace_id, entity_merge.c.id == merge_id)
    return connection.execute(query).mappings().one_or_none()


def later_merges(connection: sa.Connection, workspace_id: str, winner_id: str, after: str) -> list[sa.RowMapping]:
    """Return the standing merges into the same row that came after one, oldest first."""
    query = sa.select(entity_merge).where(
        entity_merge.c.workspace_id == workspace_id,
        entity_merge.c.winner_id == winner_id,
        entity_merge.c.undone_at.is_(None),
        entity_merge.c.id > after,
    )
    return list(connection.execute(query.order_by(entity_merge.c.id)).mappings())


def mark_undone(connection: sa.Connection, workspace_id: str, merge_id: str, by: str, at: datetime) -> None:
    """Write down that a merge was taken back."""
    mine = sa.update(entity_merge).where(entity_merge.c.workspace_id == workspace_id, entity_merge.c.id == merge_id)
    connection.execute(mine.values(undone_at=at, undone_by=by))


def recent(connection: sa.Connection, workspace_id: str, kind: str | None, *, limit: int, offset: int) -> list[sa.RowMapping]:
    """Return merges, newest first, those taken back too."""
    query = sa.select(entity_merge).where(entity_merge.c.workspace_id == workspace_id)
    query = query.where(entity_merge.c.kind == kind) if kind else query
    return list(connection.execute(query.order_by(entity_merge.c.id.desc()).limit(limit).offset(offset)).mappings())


def count(connection: sa.Connection, workspace_id: str, kind: str | None) -> int:
    """Count merges, those taken back too."""
    query = sa.select(sa.func.count()).select_from(entity_merge).where(entity_merge.c.workspace_id == workspace_id)
    query = query.where(entity_merge.c.kind == kind) if kind else query
    return int(connection.execute(query).scalar_one())


def copy_tags(connection: sa.Connection, workspace_id: str, kind: str, source: str, destination: str, at: datetime) -> list[str]:
    """Put the tags of one row on another that lacks them; return the ids of the new ones."""
    mine = (tag.c.workspace_id == workspace_id, tag.c.subject_type == kind)
    held = set(connection.execute(sa.select(tag.c.name).where(*mine, tag.c.subject_id == destination)).scalars())
    given = connection.execute(sa.select(tag.c.name, tag.c.created_by).where(*mine, tag.c.subject_id == source)).all()
    made = [
        {"id": new_id(), "workspace_id": workspace_id, "subject_type": kind, "subject_id": destination, "name": row.name,
         "created_by": row.created_by, "created_at": at}
        for row in given
        if row.name not in held
    ]  # fmt: skip
    if made:
        connection.execute(sa.insert(tag), made)
    return [str(row["id"]) for row in made]


def remove_tags(connection: sa.Connection, workspace_id: str, ids: Sequence[str]) -> None:
    """Take tags off again."""
    connection.execute(sa.delete(tag).where(tag.c.workspace_id == workspace_id, tag.c.id.in_(ids)))
