"""What happened to messages, one append-only row an event."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from gtm_pipelines.ids import new_id
from gtm_pipelines.record.tables import message, message_event


def add_event(
    connection: sa.Connection,
    workspace_id: str,
    *,
    message_id: str,
    campaign_id: str,
    contact_id: str,
    kind: str,
    source_key: str,
    occurred_at: datetime,
    recorded_at: datetime,
    detail: str | None = None,
) -> bool:
    """Record one event; return whether it was new.

    Args:
        connection: the transaction that also changes the message.
        workspace_id: whose message it is.
        message_id: the message.
        campaign_id: its campaign.
        contact_id: its contact.
        kind: a message state, or bounced_hard, bounced_soft, replied, auto_replied,
            unsubscribed, complained, opened.
        source_key: names the occurrence; the same key is recorded once, whoever brings it.
        occurred_at: when it happened.
        recorded_at: when we learned of it.
        detail: what a person should read about it.
    """
    values = {
        "id": new_id(), "workspace_id": workspace_id, "message_id": message_id, "campaign_id": campaign_id,
        "contact_id": contact_id, "kind": kind, "source_key": source_key, "detail": detail, "occurred_at": occurred_at,
        "recorded_at": recorded_at,
    }  # fmt: skip
    return connection.execute(_once(connection.dialect.name), values).first() is not None


@cache
def _once(dialect: str) -> Any:
    """Build the insert once: every step of every message writes one."""
    insert = (postgresql if dialect == "postgresql" else sqlite).insert(message_event)
    statement = insert.values({column.name: sa.bindparam(column.name, type_=column.type) for column in message_event.c})
    conflict = [message_event.c.workspace_id, message_event.c.source_key]
    return statement.on_conflict_do_nothing(index_elements=conflict).returning(message_event.c.id)


def of_message(connection: sa.Connection, workspace_id: str, message_id: str) -> list[sa.Row[tuple[str, str | None, datetime]]]:
    """Return ``(kind, detail, occurred_at)`` of a message's events, oldest first."""
    query = (
        sa.select(message_event.c.kind, message_event.c.detail, message_event.c.occurred_at)
        .where(message_event.c.workspace_id == workspace_id, message_event.c.message_id == message_id)
        .order_by(message_event.c.occurred_at, message_event.c.id)
    )
    return list(connection.execute(query))


def message_named(connection: sa.Connection, workspace_id: str, message_id: str) -> Any:
    """Return campaign, contact and recipient of one message as a row, or ``None`` if it is not there."""
    query = sa.select(message.c.campaign_id, message.c.contact_id, message.c.recipient)
    return connection.execute(query.where(message.c.workspace_id == workspace_id, message.c.id == message_id)).first()
