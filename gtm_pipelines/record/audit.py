"""Audit events: who did what to which thing, written with the change itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

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
    event_id = new_id()
    connection.execute(
        sa.insert(audit_event).values(
            id=event_id,
            workspace_id=workspace_id,
            actor=actor,
            action=action,
            subject_type=subject_type,
            subject_id=subject_id,
            detail=dict(detail or {}),
            created_at=at,
        )
    )
    return event_id
