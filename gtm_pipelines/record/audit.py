"""Audit events: who did what to which thing, written with the change itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.acting import signed
from gtm_pipelines.ids import new_id
from gtm_pipelines.record.tables import audit_event


def add_audit(
    connection: sa.Connection,
    workspace_id: str,
    *,
    actor: str,
    action: str,
    subject_type: str,
    subject_id: str | None,
    at: datetime,
    detail: Mapping[str, Any] | None = None,
) -> str:
    """Record one act in the caller's transaction and return the event's id.

    Args:
        actor: ``person:NAME``, ``drafter:NAME`` or ``system``.
        action: what was done, as ``subject.verb``, such as ``campaign.release``.
    """
    row = audit_row(
        workspace_id, actor=actor, action=action, subject_type=subject_type, subject_id=subject_id, at=at, detail=detail
    )
    connection.execute(sa.insert(audit_event).values(row))
    return str(row["id"])


def audit_row(
    workspace_id: str,
    *,
    actor: str,
    action: str,
    subject_type: str,
    subject_id: str | None,
    at: datetime,
    detail: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return one act as a row, for ``add_audit_rows``."""
    return {
        "id": new_id(),
        "workspace_id": workspace_id,
        "actor": signed(actor),
        "action": action,
        "subject_type": subject_type,
        "subject_id": subject_id,
        "detail": dict(detail or {}),
        "created_at": at,
    }


def add_audit_rows(connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Record many acts in the caller's transaction."""
    if rows:
        connection.execute(sa.insert(audit_event), list(rows))
