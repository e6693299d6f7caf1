"""Queries over probable duplicates: pairs of companies or contacts, and what people made of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from gtm_pipelines.ids import new_id
from gtm_pipelines.record import merges
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import audit_event, company, contact, duplicate_pair
from gtm_pipelines.record.upsert import LOOKUP_SIZE, among, chunks, insert_many

TABLES = {"company": company, "contact": contact}
SEARCHED = "duplicates.find"
"""Audit action of a finished search; its detail says of what and up to when."""
BULK, DECIDED = "duplicates.bulk", "duplicates.bulk.decided"
"""Audit actions of one decision about many pairs: its beginning, whose id names it, and each pair decided in it."""
_STAMPED = ("id", "version", "updated_at")
_PART = 5_000
_BATCH = 500


def rows(connection: sa.Connection, workspace_id: str, kind: str, columns: Sequence[str]) -> Iterator[sa.RowMapping]:
    """Yield every row that stands for itself, oldest first, in bounded memory; what ``stamp`` needs comes too."""
    table = TABLES[kind]
    names = dict.fromkeys((*_STAMPED, *columns))
    query = sa.select(*(table.c[name] for name in names)).where(
        table.c.workspace_id == workspace_id, table.c.merged_into.is_(None)
    )
    yield from connection.execution_options(yield_per=_PART).execute(query.order_by(table.c.id)).mappings()


def some_rows(
    connection: sa.Connection, workspace_id: str, kind: str, columns: Sequence[str], ids: Collection[str]
) -> Iterator[sa.RowMapping]:
    """Yield those rows among ``ids`` that stand for themselves; what ``stamp`` needs comes too."""
    table = TABLES[kind]
    names = dict.fromkeys((*_STAMPED, *columns))
    for part in chunks(ids, LOOKUP_SIZE):
        query = sa.select(*(table.c[name] for name in names)).where(
            table.c.workspace_id == workspace_id, table.c.merged_into.is_(None), among(connection, table.c.id, part)
        )
        yield from connection.execute(query.order_by(table.c.id)).mappings()


def stamps(connection: sa.Connection, workspace_id: str, kind: str) -> Iterator[tuple[str, str]]:
    """Yield id and stamp of every row that stands for itself, in bounded memory."""
    table = TABLES[kind]
    query = sa.select(*(table.c[name] for name in _STAMPED)).where(
        table.c.workspace_id == workspace_id, table.c.merged_into.is_(None)
    )
    for row in connection.execution_options(yield_per=_PART).execute(query).mappings():
        yield row["id"], stamp(row)


def stamp(row: sa.RowMapping) -> str:
    """Return what changes whenever a row does: every writer raises the version and sets the moment."""
    return f"{row['version']} {row['updated_at'].isoformat()}"


def pairs_of(connection: sa.Connection, workspace_id: str, kind: str) -> dict[tuple[str, str], sa.Row[Any]]:
    """Return every known pair of a kind by its two ids, with its id, status and score."""
    columns = (duplicate_pair.c[name] for name in ("id", "left_id", "right_id", "status", "score"))
    query = sa.select(*columns).where(duplicate_pair.c.workspace_id == workspace_id, duplicate_pair.c.kind == kind)
    return {(row.left_id, row.right_id): row for row in connection.execute(query)}


def kept_apart(connection: sa.Connection, workspace_id: str, kind: str) -> set[tuple[str, str]]:
    """Return the pairs a person keeps apart, as the rows that stand for them now, the older first."""
    return set(parted(connection, workspace_id, kind))


def parted(connection: sa.Connection, workspace_id: str, kind: str) -> dict[tuple[str, str], sa.Row[Any]]:
    """Return what ``kept_apart`` does, each with the pair's id, who decided it and when."""
    columns = (duplicate_pair.c[name] for name in ("id", "left_id", "right_id", "decided_by", "decided_at"))
    query = sa.select(*columns).where(
        duplicate_pair.c.workspace_id == workspace_id, duplicate_pair.c.kind == kind, duplicate_pair.c.status == "apart"
    )
    found = connection.execute(query.order_by(duplicate_pair.c.id)).all()
    standing = merges.roots(connection, workspace_id, kind, {one for row in found for one in (row.left_id, row.right_id)})
    return {ordered(standing[row.left_id], standing[row.right_id]): row for row in found}


def ordered(one: str, other: str) -> tuple[str, str]:
    """Return two ids with the older first: ids grow with time."""
    return (one, other) if one <= other else (other, one)


def add(connection: sa.Connection, workspace_id: str, kind: str, pairs: Sequence[Mapping[str, Any]], at: datetime) -> None:
    """Add pairs: ``left_id``, ``right_id``, ``score``, ``reasons`` and ``status`` of each."""
    made = [{"id": new_id(), **pair} for pair in pairs]
    insert_many(connection, duplicate_pair, made, workspace_id=workspace_id, kind=kind, created_at=at, updated_at=at)


def rescore(
    connection: sa.Connection, workspace_id: str, pair_id: str, score: float, reasons: list[dict[str, Any]], at: datetime
) -> None:
    """Give a pair that waits, or waited once, the score it has now."""
    mine = sa.update(duplicate_pair).where(duplicate_pair.c.workspace_id == workspace_id, duplicate_pair.c.id == pair_id)
    connection.execute(
        mine.where(duplicate_pair.c.status.in_(("open", "gone"))).values(
            score=score, reasons=reasons, status="open", updated_at=at
        )
    )


def withdraw(connection: sa.Connection, workspace_id: str, pair_ids: Collection[str], at: datetime) -> int:
    """Take open pairs off the queue; return how many there were."""
    count = 0
    for part in chunks(pair_ids, _BATCH):
        mine = sa.update(duplicate_pair).where(duplicate_pair.c.workspace_id == workspace_id, duplicate_pair.c.id.in_(part))
        count += connection.execute(mine.where(duplicate_pair.c.status == "open").values(status="gone", updated_at=at)).rowcount
    return count


def decide(connection: sa.Connection, workspace_id: str, pair_id: str, status: str, by: str, at: datetime) -> None:
    """Write down what a person made of a pair."""
    mine = sa.update(duplicate_pair).where(duplicate_pair.c.workspace_id == workspace_id, duplicate_pair.c.id == pair_id)
    connection.execute(mine.values(status=status, decided_by=by, decided_at=at, updated_at=at))


def get(connection: sa.Connection, workspace_id: str, pair_id: str) -> sa.RowMapping | None:
    """Return one pair."""
    query = sa.select(duplicate_pair).where(duplicate_pair.c.workspace_id == workspace_id, duplicate_pair.c.id == pair_id)
    return connection.execute(query).mappings().one_or_none()


def between(connection: sa.Connection, workspace_id: str, kind: str, one: str, other: str) -> sa.RowMapping | None:
    """Return the pair of two rows, if there is one."""
    left, right = ordered(one, other)
    query = sa.select(duplicate_pair).where(
        duplicate_pair.c.workspace_id == workspace_id,
        duplicate_pair.c.kind == kind,
        duplicate_pair.c.left_id == left,
        duplicate_pair.c.right_id == right,
    )
    return connection.execute(query).mappings().one_or_none()


def touching(connection: sa.Connection, workspace_id: str, kind: str, entity_id: str, status: str) -> list[sa.RowMapping]:
    """Return the pairs of one row that have a status."""
    either = sa.or_(duplicate_pair.c.left_id == entity_id, duplicate_pair.c.right_id == entity_id)
    query = sa.select(duplicate_pair).where(
        duplicate_pair.c.workspace_id == workspace_id, duplicate_pair.c.kind == kind, duplicate_pair.c.status == status, either
    )
    return list(connection.execute(query).mappings())


def page(connection: sa.Connection, workspace_id: str, kind: str, *, status: str, limit: int, offset: int) -> list[sa.RowMapping]:
    """Return one page of pairs, the likeliest first."""
    query = sa.select(duplicate_pair).where(
        duplicate_pair.c.workspace_id == workspace_id, duplicate_pair.c.kind == kind, duplicate_pair.c.status == status
    )
    query = query.order_by(duplicate_pair.c.score.desc(), duplicate_pair.c.id)
    return list(connection.execute(query.limit(limit).offset(offset)).mappings())


def count(record: Record, kind: str | None = None, *, status: str = "open") -> int:
    """Count the pairs of a status, of one kind or both."""
    query = sa.select(sa.func.count()).select_from(duplicate_pair)
    query = query.where(duplicate_pair.c.workspace_id == record.workspace_id, duplicate_pair.c.status == status)
    query = query.where(duplicate_pair.c.kind == kind) if kind else query
    with record.read() as connection:
        return int(connection.execute(query).scalar_one())


def entities(connection: sa.Connection, workspace_id: str, kind: str, ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """Return rows whole, by id."""
    table = TABLES[kind]
    found: dict[str, dict[str, Any]] = {}
    for part in chunks(ids, _BATCH):
        query = sa.select(table).where(table.c.workspace_id == workspace_id, table.c.id.in_(part))
        found |= {row["id"]: dict(row) for row in connection.execute(query).mappings()}
    return found


class Decided(NamedTuple):
    """What was decided of one pair among many: a merge, or a pair kept apart."""

    merge_id: str | None
    pair_id: str | None


def open_from(connection: sa.Connection, workspace_id: str, kind: str, score: float) -> list[str]:
    """Return the ids of the pairs that wait with at least ``score``, the likeliest first."""
    query = sa.select(duplicate_pair.c.id).where(
        duplicate_pair.c.workspace_id == workspace_id,
        duplicate_pair.c.kind == kind,
        duplicate_pair.c.status == "open",
        duplicate_pair.c.score >= score,
    )
    return list(connection.execute(query.order_by(duplicate_pair.c.score.desc(), duplicate_pair.c.id)).scalars())


def act(connection: sa.Connection, workspace_id: str, act_id: str) -> dict[str, Any] | None:
    """Return kind and decision of one decision about many pairs."""
    query = sa.select(audit_event.c.subject_type, audit_event.c.detail).where(
        audit_event.c.workspace_id == workspace_id, audit_event.c.id == act_id, audit_event.c.action == BULK
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else {"kind": row.subject_type, "decision": row.detail["decision"]}


def decided_in(connection: sa.Connection, workspace_id: str, act_id: str) -> list[Decided]:
    """Return what one decision about many pairs decided, in the order it was done."""
    query = sa.select(audit_event.c.detail).where(
        audit_event.c.workspace_id == workspace_id, audit_event.c.action == DECIDED, audit_event.c.id > act_id
    )
    details = connection.execute(query.order_by(audit_event.c.id)).scalars()
    return [Decided(told.get("merge"), told.get("pair")) for told in details if told["act"] == act_id]
