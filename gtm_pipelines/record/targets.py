"""Queries over targets: contacts as frozen into a campaign."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.record import enrolments
from gtm_pipelines.record.compare import unindexed
from gtm_pipelines.record.tables import company, contact, enrolment, target
from gtm_pipelines.record.upsert import among

_HIDDEN = frozenset({"workspace_id", "version", "email_key", "name_key"})
SNAPSHOT_COLUMNS: tuple[sa.Label[Any], ...] = tuple(
    column.label(f"{table.name}__{column.name}")
    for table in (contact, company)
    for column in table.c
    if column.name not in _HIDDEN
)
"""Every column a snapshot keeps, labelled ``contact__NAME`` and ``company__NAME``."""

CONTACT_ID = contact.c.id
INSERT_BATCH = 2_000


def frozen(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Turn a row of ``SNAPSHOT_COLUMNS`` into the snapshot kept: known values only, moments as ISO texts."""
    snapshot: dict[str, dict[str, Any]] = {"contact": {}, "company": {}}
    for label, value in row.items():
        owner, _, name = label.partition("__")
        if value is not None:
            snapshot[owner][name] = value.isoformat() if isinstance(value, datetime) else value
    return snapshot


def insert_all(connection: sa.Connection, rows: Iterable[Mapping[str, Any]]) -> Iterator[int]:
    """Insert targets in batches inside the caller's transaction, yielding each batch's size."""
    waiting = iter(rows)
    while batch := list(islice(waiting, INSERT_BATCH)):
        connection.execute(sa.insert(target), batch)
        yield len(batch)


def page(
    connection: sa.Connection, workspace_id: str, campaign_id: str, *, status: str | None, limit: int, offset: int
) -> list[sa.RowMapping]:
    """Return one page of a campaign's targets, in order of arrival."""
    query = sa.select(target).where(target.c.workspace_id == workspace_id, target.c.campaign_id == campaign_id)
    query = query.where(target.c.status == status) if status else query
    return list(connection.execute(query.order_by(target.c.id).limit(limit).offset(offset)).mappings())


def in_order(
    connection: sa.Connection, workspace_id: str, campaign_id: str, *, only: Collection[str] | None = None
) -> list[sa.RowMapping]:
    """Return a campaign's targets, or ``only`` these of them, in the order of their contacts: that in which a plan counts."""
    mine = unindexed(target.c.workspace_id) == workspace_id, target.c.campaign_id == campaign_id
    if only is not None:  # by their ids then, not by all of the campaign
        mine = unindexed(target.c.workspace_id) == workspace_id, unindexed(target.c.campaign_id) == campaign_id
    query = sa.select(target).where(*mine, among(connection, target.c.id, only) if only is not None else sa.true())
    return list(connection.execute(query.order_by(target.c.contact_id)).mappings())


def active_after(
    connection: sa.Connection, workspace_id: str, campaign_id: str, *, after: str, limit: int
) -> list[sa.RowMapping]:
    """Return the next active targets whose ids are greater than ``after``."""
    query = sa.select(target).where(
        target.c.workspace_id == workspace_id,
        target.c.campaign_id == campaign_id,
        target.c.status == "active",
        target.c.id > after,
    )
    return list(connection.execute(query.order_by(target.c.id).limit(limit)).mappings())


def active(connection: sa.Connection, workspace_id: str, target_ids: Sequence[str]) -> list[sa.RowMapping]:
    """Return those of some targets that are still to be written to, in the order of their ids."""
    mine = target.c.workspace_id == workspace_id, target.c.id.in_(target_ids), target.c.status == "active"
    return list(connection.execute(sa.select(target).where(*mine).order_by(target.c.id)).mappings())


def standing(connection: sa.Connection, workspace_id: str, target_ids: Iterable[str], *, step: int) -> set[str]:
    """Return those of some targets whose sequence has not ended and stands at a mail."""
    mine = enrolment.c.workspace_id == workspace_id, among(connection, enrolment.c.target_id, list(target_ids))
    query = sa.select(enrolment.c.target_id).where(*mine, enrolment.c.status.in_(enrolments.OPEN), enrolment.c.step == step)
    return set(connection.execute(query).scalars())


def lock(connection: sa.Connection, workspace_id: str, target_ids: Sequence[str]) -> list[sa.RowMapping]:
    """Return targets by id, held in the order of their ids until the transaction ends."""
    query = sa.select(target).where(target.c.workspace_id == workspace_id, target.c.id.in_(target_ids))
    return list(connection.execute(query.order_by(target.c.id).with_for_update()).mappings())


def exclude(connection: sa.Connection, workspace_id: str, target_ids: Sequence[str], *, reason: str, at: datetime) -> None:
    """Take targets out of their campaign, with the reason; their sequences end."""
    enrolments.stop_targets(connection, workspace_id, target_ids, at=at)
    mine = sa.update(target).where(target.c.workspace_id == workspace_id, target.c.id.in_(target_ids))
    connection.execute(mine.values(status="excluded", status_reason=reason, updated_at=at))


def count_active(connection: sa.Connection, workspace_id: str, campaign_id: str) -> int:
    """Count the targets that are still to be written to."""
    query = sa.select(sa.func.count()).where(
        target.c.workspace_id == workspace_id, target.c.campaign_id == campaign_id, target.c.status == "active"
    )
    return int(connection.execute(query).scalar_one())


def arms(connection: sa.Connection, workspace_id: str, campaign_id: str) -> list[sa.RowMapping]:
    """Return who was dealt which variant within which stratum, in order of arrival."""
    names = ("contact_id", "variant", "stratum", "snapshot", "status_reason", "created_at", "updated_at")
    query = sa.select(*(target.c[name] for name in names))
    query = query.where(target.c.workspace_id == workspace_id, target.c.campaign_id == campaign_id)
    return list(connection.execute(query.order_by(target.c.id)).mappings())
