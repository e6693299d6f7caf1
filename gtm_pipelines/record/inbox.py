"""Queries over conversations as people look through them: a list, one thread, corrections of classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.record.answers import WRITTEN
from gtm_pipelines.record.compare import unindexed
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.handling import of_conversation
from gtm_pipelines.record.tables import audit_event, campaign, company, contact, conversation, inbound_message, message

CORRECTED = "reply.reclassify"
"""The audit's name for a class that a person put right."""
MOST_CORRECTIONS = 200


def conversations(
    record: Record,
    *,
    campaign_id: str | None = None,
    state: str | None = None,
    owner: str | None = None,
    waiting: bool = False,
    limit: int = 50,
    offset: int = 0,
) -> Sequence[sa.Row[Any]]:
    """Return conversations with names, latest answer first; closed ones only when asked for, or where an answer waits."""
    query = _listing(record)
    if waiting:
        query = query.where(of_conversation())
    if state or not waiting:
        query = query.where(conversation.c.state == state if state else conversation.c.state != "closed")
    query = query.where(conversation.c.owner == owner) if owner else query
    query = query.where(conversation.c.campaign_id == campaign_id) if campaign_id else query
    query = query.order_by(conversation.c.last_at.desc(), conversation.c.id.desc()).limit(limit).offset(offset)
    with record.read() as connection:
        return connection.execute(query).all()


def named(record: Record, conversation_id: str) -> sa.Row[Any] | None:
    """Return one conversation with names by its id or the beginning of it; ``None`` if not exactly one."""
    query = _listing(record).where(conversation.c.id.startswith(conversation_id, autoescape=True)).limit(2)
    with record.read() as connection:
        rows = connection.execute(query).all()
    return rows[0] if len(rows) == 1 else None


def written(record: Record, campaign_id: str, contact_id: str) -> Sequence[sa.Row[Any]]:
    """Return what we sent somebody in a campaign, oldest first."""
    names = ("id", "subject", "body", "handed_at", "mailbox", "recipient")
    query: sa.Select[Any] = sa.select(*(message.c[name] for name in names)).where(
        unindexed(message.c.workspace_id) == record.workspace_id, message.c.contact_id == contact_id,
        unindexed(message.c.campaign_id) == campaign_id,
        unindexed(message.c.state).in_(("handing", "sent", "unknown", "reconciled")),
    )  # fmt: skip
    with record.read() as connection:
        return connection.execute(query.order_by(message.c.step, message.c.id)).all()


def received(record: Record, campaign_id: str, contact_id: str) -> Sequence[sa.Row[Any]]:
    """Return what somebody wrote in a campaign, oldest first, without raw bytes."""
    columns = [column for column in inbound_message.c if column.name != "raw"]
    query = sa.select(*columns).where(
        unindexed(inbound_message.c.workspace_id) == record.workspace_id,
        unindexed(inbound_message.c.campaign_id) == campaign_id, inbound_message.c.contact_id == contact_id,
        inbound_message.c["class"].in_([*WRITTEN, "complaint", "auto_reply"]),
    )  # fmt: skip
    with record.read() as connection:
        return connection.execute(query.order_by(inbound_message.c.received_at, inbound_message.c.id)).all()


def corrections(record: Record) -> Sequence[sa.Row[Any]]:
    """Return what people put right, newest first: the words, the class now, what it was, who said so and when."""
    query: sa.Select[Any] = (
        sa.select(
            inbound_message.c.id, inbound_message.c.text, inbound_message.c["class"], inbound_message.c.language,
            audit_event.c.detail, audit_event.c.actor, audit_event.c.created_at,
        )
        .join(audit_event, audit_event.c.subject_id == inbound_message.c.id)
        .where(
            inbound_message.c.workspace_id == record.workspace_id, audit_event.c.workspace_id == record.workspace_id,
            audit_event.c.action == CORRECTED, inbound_message.c["class"].in_(WRITTEN), inbound_message.c.text.is_not(None),
        )
    )  # fmt: skip
    with record.read() as connection:
        return connection.execute(
            query.order_by(audit_event.c.created_at.desc(), audit_event.c.id.desc()).limit(MOST_CORRECTIONS)
        ).all()


def _listing(record: Record) -> sa.Select[Any]:
    return (
        sa.select(
            conversation, campaign.c.name.label("campaign_name"), contact.c.full_name.label("contact_name"),
            contact.c.email.label("email"), company.c.name.label("company_name"), of_conversation().label("waiting"),
        )
        .join(campaign, campaign.c.id == conversation.c.campaign_id)
        .join(contact, contact.c.id == conversation.c.contact_id)
        .outerjoin(company, company.c.id == contact.c.company_id)
        .where(conversation.c.workspace_id == record.workspace_id)
    )  # fmt: skip
