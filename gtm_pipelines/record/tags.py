"""Queries over tags, and the acts that put them on and took them off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.ids import new_ids
from gtm_pipelines.record.tables import audit_event, tag
from gtm_pipelines.record.upsert import among, chunks, insert_many

ACTIONS = ("tag.added", "tag.removed")
_PART = 10_000
"""Most ids one audit event names."""


def counts(connection: sa.Connection, workspace_id: str, kind: str) -> list[tuple[str, int]]:
    """Return every tag with how many bear it, most frequent first."""
    number = sa.func.count().label("number")
    query = sa.select(tag.c.name, number).where(tag.c.workspace_id == workspace_id, tag.c.subject_type == kind)
    found = connection.execute(query.group_by(tag.c.name).order_by(number.desc(), tag.c.name))
    return [(row.name, row.number) for row in found]


def of_subject(connection: sa.Connection, workspace_id: str, kind: str, subject_id: str) -> list[str]:
    """Return the tags of one company or contact, by name."""
    mine = (tag.c.workspace_id == workspace_id, tag.c.subject_type == kind, tag.c.subject_id == subject_id)
    return list(connection.execute(sa.select(tag.c.name).where(*mine).order_by(tag.c.name)).scalars())


def bearers(connection: sa.Connection, workspace_id: str, kind: str, name: str, subjects: Sequence[str]) -> set[str]:
    """Return those among ``subjects`` that bear a tag."""
    found: set[str] = set()
    for part in chunks(subjects):
        query = sa.select(tag.c.subject_id).where(*_named(workspace_id, kind, name), among(connection, tag.c.subject_id, part))
        found.update(connection.execute(query).scalars())
    return found


def add(
    connection: sa.Connection, workspace_id: str, kind: str, name: str, subjects: Sequence[str], *, by: str, at: datetime
) -> None:
    """Put a tag on companies or contacts that do not bear it."""
    for part in chunks(subjects):
        rows = [{"id": key, "subject_id": subject} for key, subject in zip(new_ids(len(part)), part, strict=True)]
        shared = {"workspace_id": workspace_id, "subject_type": kind, "name": name, "created_by": by, "created_at": at}
        insert_many(connection, tag, rows, **shared)


def remove(connection: sa.Connection, workspace_id: str, kind: str, name: str, subjects: Sequence[str]) -> None:
    """Take a tag off."""
    for part in chunks(subjects):
        mine = _named(workspace_id, kind, name)
        connection.execute(sa.delete(tag).where(*mine, among(connection, tag.c.subject_id, part)))


def of_act(connection: sa.Connection, workspace_id: str, act: str) -> list[sa.Row[Any]]:
    """Return the audit events of one act, in order."""
    mine = (audit_event.c.workspace_id == workspace_id, audit_event.c.subject_type == "tag", audit_event.c.subject_id == act)
    query = sa.select(audit_event).where(*mine, audit_event.c.action.in_(ACTIONS))
    return list(connection.execute(query.order_by(audit_event.c.id)).all())


def parts(subjects: Sequence[str]) -> list[list[str]]:
    """Split ids so that each part fits an audit event."""
    return list(chunks(subjects, _PART))


def _named(workspace_id: str, kind: str, name: str) -> tuple[sa.ColumnElement[bool], ...]:
    return tag.c.workspace_id == workspace_id, tag.c.subject_type == kind, tag.c.name == name
