"""Queries over packs as they were when they were used, and over which version counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.ids import new_id
from gtm_pipelines.record.tables import pack_release, pack_version


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


def kept(connection: sa.Connection, workspace_id: str, pack: str, version: str, content_hash: str) -> sa.RowMapping | None:
    """Return a kept pack by its exact content; its ``manifest`` holds the files."""
    query = sa.select(pack_version).where(
        pack_version.c.workspace_id == workspace_id,
        pack_version.c.pack == pack,
        pack_version.c.version == version,
        pack_version.c.content_hash == content_hash,
    )
    return connection.execute(query).mappings().one_or_none()


def newest_kept(connection: sa.Connection, workspace_id: str, pack: str, version: str) -> sa.RowMapping | None:
    """Return the pack of this version that was kept last."""
    query = sa.select(pack_version).where(
        pack_version.c.workspace_id == workspace_id, pack_version.c.pack == pack, pack_version.c.version == version
    )
    return connection.execute(query.order_by(pack_version.c.id.desc()).limit(1)).mappings().one_or_none()


def add_release(connection: sa.Connection, workspace_id: str, values: Mapping[str, Any]) -> str:
    """Add that a person made a version the current one, and return the fact's id."""
    row_id = new_id()
    connection.execute(sa.insert(pack_release).values(id=row_id, workspace_id=workspace_id, **values))
    return row_id


def releases(
    connection: sa.Connection, workspace_id: str, pack: str | None = None, *, lock: bool = False
) -> Sequence[sa.RowMapping]:
    """Return what was promoted and rolled back, oldest first; of one pack or of all.

    Args:
        lock: nobody else decides about packs until the transaction ends, also where nothing was promoted yet.
    """
    if lock and connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(f"packs:{workspace_id}"))))
    query = sa.select(pack_release).where(pack_release.c.workspace_id == workspace_id)
    if pack is not None:
        query = query.where(pack_release.c.pack == pack)
    query = query.order_by(pack_release.c.created_at, pack_release.c.id)
    return connection.execute(query).mappings().all()
