"""Which data folder may send for a workspace. A copy or a restored backup must be adopted first."""

from __future__ import annotations

from datetime import datetime
from functools import cache

import sqlalchemy as sa

from gtm_pipelines.ids import new_id
from gtm_pipelines.record.tables import audit_event, installation, message

RESTORED = "restored"


def owner(connection: sa.Connection, workspace_id: str) -> str | None:
    """Return the fingerprint of the folder that may send, or ``None`` before the first use."""
    return connection.execute(_owner(), {"workspace": workspace_id}).scalar_one_or_none()


@cache
def _owner() -> sa.Select[str]:
    """Build the question once: it is asked for every message."""
    return sa.select(installation.c.fingerprint).where(installation.c.workspace_id == sa.bindparam("workspace"))


def has_messages(connection: sa.Connection, workspace_id: str) -> bool:
    """Tell whether any message was ever queued."""
    query = sa.select(message.c.id).where(message.c.workspace_id == workspace_id).limit(1)
    return connection.execute(query).first() is not None


def doubt_before(connection: sa.Connection, workspace_id: str) -> datetime | None:
    """Return before when another folder may have sent what is yet to leave from here; ``None`` where none can have."""
    query = sa.select(installation.c.doubt_before).where(installation.c.workspace_id == workspace_id)
    return connection.execute(query).scalar_one_or_none()


def adopt(connection: sa.Connection, workspace_id: str, *, fingerprint: str, at: datetime, by: str, doubt: bool = False) -> None:
    """Make the folder with ``fingerprint`` the one that may send, and write it down.

    Args:
        connection: the transaction.
        workspace_id: for whom.
        fingerprint: of the folder.
        at: now.
        by: who decides it.
        doubt: another folder may have sent until now; an earlier doubt stays either way.
    """
    before = owner(connection, workspace_id)
    _write(connection, workspace_id, fingerprint, at, **({"doubt_before": at} if doubt else {}))
    connection.execute(
        audit_event.insert().values(
            id=new_id(), workspace_id=workspace_id, actor=by, action="installation.adopted", subject_type="installation",
            subject_id=None, detail={"fingerprint": fingerprint, "before": before}, created_at=at,
        )
    )  # fmt: skip


def disown(connection: sa.Connection, workspace_id: str, *, at: datetime) -> None:
    """Take the right to send away from every folder; a restore calls this on what it restored."""
    _write(connection, workspace_id, RESTORED, at)


def _write(connection: sa.Connection, workspace_id: str, fingerprint: str, at: datetime, **more: datetime) -> None:
    mine = installation.c.workspace_id == workspace_id
    values = {"fingerprint": fingerprint, "adopted_at": at, **more}
    if connection.execute(installation.update().where(mine).values(**values)).rowcount == 0:
        connection.execute(installation.insert().values(id=new_id(), workspace_id=workspace_id, **values))
