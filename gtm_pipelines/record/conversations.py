"""Conversations: one a contact and campaign, with where it stands."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from gtm_pipelines.ids import new_id
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import conversation
from gtm_pipelines.record.upsert import upsert


def touch(
    connection: sa.Connection,
    record: Record,
    *,
    contact_id: str,
    campaign_id: str,
    state: str,
    last_class: str,
    last_at: datetime,
    now: datetime,
) -> tuple[str, bool]:
    """Note an answer; return the conversation's id and whether this answer is its latest.

    An answer older than the latest one changes nothing, so mail may come in any order.
    """
    mine = conversation.c.workspace_id == record.workspace_id
    key = mine & (conversation.c.campaign_id == campaign_id) & (conversation.c.contact_id == contact_id)
    fresh = upsert(record, conversation).values(
        id=new_id(),
        workspace_id=record.workspace_id,
        contact_id=contact_id,
        campaign_id=campaign_id,
        state=state,
        last_class=last_class,
        last_at=last_at,
        created_at=now,
        updated_at=now,
    )
    once = fresh.on_conflict_do_nothing(index_elements=["campaign_id", "contact_id"]).returning(conversation.c.id)
    made = connection.execute(once).first() is not None
    row = connection.execute(
        sa.select(conversation.c.id, conversation.c.last_at).where(key).with_for_update(key_share=True)
    ).one()
    if made or row.last_at > last_at:
        return row.id, made
    changes = {"state": state, "last_class": last_class, "last_at": last_at, "updated_at": now}
    connection.execute(sa.update(conversation).where(mine, conversation.c.id == row.id).values(**changes))
    return row.id, True
