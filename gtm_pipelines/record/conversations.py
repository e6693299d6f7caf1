"""Conversations: one a contact and campaign, with where it stands and every passage that led there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.ids import new_id
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import conversation, conversation_event
from gtm_pipelines.record.upsert import upsert

STATES = ("initial_outreach", "awaiting_response", "qualifying", "objection_handling", "scheduling", "nurture", "closed")


def begin(
    connection: sa.Connection,
    record: Record,
    *,
    contact_id: str,
    campaign_id: str,
    written_at: datetime,
    last_at: datetime,
    now: datetime,
) -> tuple[sa.Row[Any], bool]:
    """Return the conversation, held until the commit, and whether it is new: then it awaits its first answer.

    Args:
        connection: the transaction that stores the answer.
        record: the record.
        contact_id: with whom.
        campaign_id: about which campaign.
        written_at: when our first mail of it left.
        last_at: when the answer came that begins it.
        now: the moment.
    """
    mine = (conversation.c.campaign_id == campaign_id) & (conversation.c.contact_id == contact_id)
    fresh = upsert(record, conversation).values(
        id=new_id(), workspace_id=record.workspace_id, contact_id=contact_id, campaign_id=campaign_id,
        state="awaiting_response", last_class=None, last_at=last_at, created_at=now, updated_at=now,
    )  # fmt: skip
    once = fresh.on_conflict_do_nothing(index_elements=["campaign_id", "contact_id"]).returning(conversation.c.id)
    made = connection.execute(once).first() is not None
    query = sa.select(conversation).where(conversation.c.workspace_id == record.workspace_id, mine)
    row = connection.execute(query.with_for_update(key_share=True)).one()
    if made:
        reason = "The first mail left"
        _event(connection, record, row.id, "initial_outreach", "awaiting_response", "system", reason, None, written_at)
    return row, made


def move(
    connection: sa.Connection, record: Record, row: Any, to_state: str, *, actor: str, reason: str, at: datetime,
    inbound_id: str | None = None, **values: Any,
) -> None:  # fmt: skip
    """Pass a conversation into a state, noting the passage where it is one; ``values`` change with it."""
    mine = (conversation.c.workspace_id == record.workspace_id) & (conversation.c.id == row.id)
    connection.execute(sa.update(conversation).where(mine).values(state=to_state, updated_at=at, **values))
    if row.state != to_state:
        _event(connection, record, row.id, row.state, to_state, actor, reason, inbound_id, at)


def note(connection: sa.Connection, record: Record, row: Any, *, actor: str, reason: str, at: datetime) -> None:
    """Note something that happened to a conversation without a passage, such as a new owner."""
    _event(connection, record, row.id, row.state, row.state, actor, reason, None, at)


def get(connection: sa.Connection, record: Record, conversation_id: str) -> sa.Row[Any] | None:
    """Return one conversation by its id or the beginning of it, held until the commit; ``None`` if not exactly one."""
    query = sa.select(conversation).where(
        conversation.c.workspace_id == record.workspace_id, conversation.c.id.startswith(conversation_id, autoescape=True)
    )
    rows = connection.execute(query.limit(2).with_for_update(key_share=True)).all()
    return rows[0] if len(rows) == 1 else None


def events(record: Record, conversation_id: str) -> Sequence[sa.Row[Any]]:
    """Return every passage of a conversation, oldest first."""
    query = sa.select(conversation_event).where(
        conversation_event.c.workspace_id == record.workspace_id, conversation_event.c.conversation_id == conversation_id
    )
    with record.read() as connection:
        return connection.execute(query.order_by(conversation_event.c.created_at, conversation_event.c.id)).all()


def _event(
    connection: sa.Connection, record: Record, conversation_id: str, from_state: str, to_state: str, actor: str, reason: str,
    inbound_id: str | None, at: datetime,
) -> None:  # fmt: skip
    connection.execute(
        sa.insert(conversation_event).values(
            id=new_id(), workspace_id=record.workspace_id, conversation_id=conversation_id, inbound_message_id=inbound_id,
            from_state=from_state, to_state=to_state, actor=actor, reason=reason[:500], created_at=at,
        )
    )  # fmt: skip
