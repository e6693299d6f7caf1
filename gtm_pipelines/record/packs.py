"""Queries over packs as they were when they were used."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.ids import new_id
from gtm_pipelines.record.tables import pack_version


def keep(
    connection: sa.Connection,
    workspace_id: str,
    *,
    pack: str,
    version: str,
    content_hash: str,
    manifest: Mapping[str, Any],
    at: datetime,
) -> str:
    """Keep a pack as it is now, once, and return its id.

    Args:
        manifest: the pack's files by path, so that its text outlives the folder.
    """
    query = sa.select(pack_version.c.id).where(
        pack_version.c.workspace_id == workspace_id,
        pack_version.c.pack == pack,
        pack_version.c.version == version,
        pack_version.c.content_hash == content_hash,
    )
    known = connection.execute(query).scalar_one_or_none()
    if known:
        return str(known)
    row_id = new_id()
    values = {"pack": pack, "version": version, "content_hash": content_hash, "manifest": dict(manifest)}
    connection.execute(sa.insert(pack_version).values(id=row_id, workspace_id=workspace_id, created_at=at, **values))
    return row_id


def get(connection: sa.Connection, workspace_id: str, pack_version_id: str) -> sa.RowMapping:
    """Return one kept pack; its ``manifest`` holds the files."""
    query = sa.select(pack_version).where(pack_version.c.workspace_id == workspace_id, pack_version.c.id == pack_version_id)
    return connection.execute(query).mappings().one()
