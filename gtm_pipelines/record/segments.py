"""Queries over saved segments and their versions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.ids import new_id
from gtm_pipelines.record.tables import campaign, segment, segment_version


def versions(
    connection: sa.Connection, workspace_id: str, *, segment_key: str | None = None, current_only: bool = False
) -> list[sa.RowMapping]:
    """Return saved versions, newest first within each name; ``segment_key`` is a name or an id of either kind."""
    query = (
        sa.select(
            segment_version.c.id,
            segment_version.c.segment_id,
            segment.c.name,
            segment_version.c.version,
            segment_version.c.filter,
            segment_version.c.filter_hash,
            segment.c.description,
            segment.c.current_version,
            segment_version.c.created_by,
            segment_version.c.created_at,
        )
        .join(segment, segment.c.id == segment_version.c.segment_id)
        .where(segment.c.workspace_id == workspace_id)
        .order_by(segment.c.name, segment_version.c.version.desc())
    )
    if segment_key is not None:
        query = query.where(sa.or_(segment.c.name == segment_key, segment.c.id == segment_key))
    if current_only:
        query = query.where(segment_version.c.version == segment.c.current_version)
    return list(connection.execute(query).mappings())


def lock_by_name(connection: sa.Connection, workspace_id: str, name: str) -> sa.RowMapping | None:
    """Return the segment called ``name``, held until the transaction ends."""
    query = sa.select(segment).where(segment.c.workspace_id == workspace_id, segment.c.name == name).with_for_update()
    return connection.execute(query).mappings().one_or_none()


def add_segment(connection: sa.Connection, workspace_id: str, name: str, description: str | None, at: datetime) -> str:
    """Add a segment that has no version yet and return its id."""
    values = {"id": new_id(), "workspace_id": workspace_id, "name": name, "description": description}
    connection.execute(sa.insert(segment).values(**values, current_version=0, created_at=at, updated_at=at))
    return str(values["id"])


def add_version(
    connection: sa.Connection,
    workspace_id: str,
    segment_id: str,
    *,
    version: int,
    filter_json: dict[str, Any],
    filter_hash: str,
    by: str,
    at: datetime,
) -> str:
    """Add a version, make it the current one, and return its id."""
    version_id = new_id()
    connection.execute(
        sa.insert(segment_version).values(
            id=version_id,
            workspace_id=workspace_id,
            segment_id=segment_id,
            version=version,
            filter=filter_json,
            filter_hash=filter_hash,
            created_by=by,
            created_at=at,
        )
    )
    mine = sa.update(segment).where(segment.c.workspace_id == workspace_id, segment.c.id == segment_id)
    connection.execute(mine.values(current_version=version, updated_at=at))
    return version_id


def describe_segment(connection: sa.Connection, workspace_id: str, segment_id: str, description: str) -> None:
    """Change what a segment says about itself."""
    mine = sa.update(segment).where(segment.c.workspace_id == workspace_id, segment.c.id == segment_id)
    connection.execute(mine.values(description=description))


def campaigns_of(connection: sa.Connection, workspace_id: str, segment_id: str) -> list[str]:
    """Return the names of the campaigns made from any version of a segment."""
    query = (
        sa.select(campaign.c.name)
        .join(segment_version, segment_version.c.id == campaign.c.segment_version_id)
        .where(campaign.c.workspace_id == workspace_id, segment_version.c.segment_id == segment_id)
    )
    return list(connection.execute(query.order_by(campaign.c.name)).scalars())


def delete_segment(connection: sa.Connection, workspace_id: str, segment_id: str) -> None:
    """Remove a segment that no campaign was made from, with its versions."""
    for table, column in ((segment_version, segment_version.c.segment_id), (segment, segment.c.id)):
        connection.execute(sa.delete(table).where(table.c.workspace_id == workspace_id, column == segment_id))
