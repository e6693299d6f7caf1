"""Queries over mapping profiles: how people had the columns of files read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.ids import new_id
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import mapping_profile


def all_profiles(record: Record, kind: str | None = None) -> Sequence[sa.Row[Any]]:
    """Return every profile, those of one kind if it is named, by name."""
    query = _own(record).order_by(mapping_profile.c.name, mapping_profile.c.kind)
    with record.read() as connection:
        return connection.execute(query if kind is None else query.where(mapping_profile.c.kind == kind)).all()


def by_name(record: Record, name: str, kind: str | None = None) -> Sequence[sa.Row[Any]]:
    """Return the profiles of this name: one of each kind at most."""
    return [row for row in all_profiles(record, kind) if row.name == name]


def by_header(record: Record, kind: str, header_hash: str) -> sa.Row[Any] | None:
    """Return the profile last saved for files with this header, or ``None``."""
    query = _own(record).where(mapping_profile.c.kind == kind, mapping_profile.c.header_hash == header_hash)
    with record.read() as connection:
        return connection.execute(
            query.order_by(mapping_profile.c.updated_at.desc(), mapping_profile.c.id.desc()).limit(1)
        ).first()


def save(
    connection: sa.Connection,
    workspace_id: str,
    *,
    name: str,
    kind: str,
    header_hash: str,
    columns: Mapping[str, str],
    by: str,
    at: datetime,
) -> str:
    """Write a profile, over the one of the same name and kind if there is one, and return its id."""
    same = sa.and_(mapping_profile.c.workspace_id == workspace_id, mapping_profile.c.kind == kind, mapping_profile.c.name == name)
    held = connection.execute(sa.select(mapping_profile.c.id).where(same).with_for_update()).scalar()
    values = {"header_hash": header_hash, "columns": dict(columns), "updated_at": at}
    if held is not None:
        connection.execute(sa.update(mapping_profile).where(same).values(values))
        return str(held)
    made = new_id()
    row = {"id": made, "workspace_id": workspace_id, "name": name, "kind": kind, "created_by": by, "created_at": at, **values}
    connection.execute(sa.insert(mapping_profile).values(row))
    return made


def mark_used(connection: sa.Connection, workspace_id: str, profile_id: str, at: datetime) -> None:
    """Note that a file was read by a profile."""
    same = sa.and_(mapping_profile.c.workspace_id == workspace_id, mapping_profile.c.id == profile_id)
    connection.execute(sa.update(mapping_profile).where(same).values(used_at=at))


def delete(connection: sa.Connection, workspace_id: str, profile_id: str) -> None:
    """Forget a profile; what was imported by it stays."""
    same = sa.and_(mapping_profile.c.workspace_id == workspace_id, mapping_profile.c.id == profile_id)
    connection.execute(sa.delete(mapping_profile).where(same))


def _own(record: Record) -> sa.Select[Any]:
    return sa.select(mapping_profile).where(mapping_profile.c.workspace_id == record.workspace_id)
