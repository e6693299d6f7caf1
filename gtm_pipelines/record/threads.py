"""Queries over what went back and forth: a message that left, and everything that answered it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.record import merges
from gtm_pipelines.record.compare import unindexed
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import campaign, contact, inbound_message, message
from gtm_pipelines.record.text import LIKE_ESCAPE, fold, like_pattern
from gtm_pipelines.record.upsert import among

LEFT = ("handing", "sent", "unknown", "reconciled")
"""States of a message that left or may have left."""
_LITTLE = 2_000
"""Mails of one campaign that are put in order faster than they are found among those of all others."""


def sent_message(record: Record, message_id: str) -> sa.Row[Any] | None:
    """Return one message as it was written, with its campaign's and contact's names."""
    with record.read() as connection:
        return connection.execute(_messages(record).where(message.c.id == message_id)).first()


def answers(record: Record, message_id: str) -> Sequence[sa.Row[Any]]:
    """Return everything that came back for a message, oldest first, without raw bytes."""
    names = ("id", "from_name", "from_address", "subject", "text", "class", "received_at")
    query = (
        sa.select(*(inbound_message.c[name] for name in names))
        .where(inbound_message.c.workspace_id == record.workspace_id, inbound_message.c.message_id == message_id)
        .order_by(inbound_message.c.received_at, inbound_message.c.id)
    )
    with record.read() as connection:
        return connection.execute(query).all()


def find_sent(record: Record, search: str, *, limit: int = 20, campaign_id: str | None = None) -> Sequence[sa.Row[Any]]:
    """Return messages that left, newest first, whose recipient, contact or subject has ``search`` in it; of a campaign or all."""
    newest = message.c.updated_at.desc(), message.c.id.desc()
    text = search.strip()
    with record.read() as connection:
        left = _of(connection, record.workspace_id, campaign_id)
        query = _messages(record).where(*left, message.c.state.in_(LEFT))
        if text:
            columns = (message.c.recipient, message.c.subject, contact.c.full_name)
            query = query.where(sa.or_(*(fold(column).like(like_pattern(text), escape=LIKE_ESCAPE) for column in columns)))
        else:
            newest_ids = _newest(left, limit).subquery()
            query = query.join(newest_ids, newest_ids.c.id == message.c.id)
        return connection.execute(query.order_by(*newest).limit(limit)).all()


def _of(connection: sa.Connection, workspace_id: str, campaign_id: str | None) -> list[sa.ColumnElement[bool]]:
    """Pick a campaign's messages, or all: by the campaign where it has sent little, else by the order in which mail left.

    In that order those of a small campaign may lie behind a million of another; those of a large one would all be sorted.
    """
    if campaign_id is None:
        return [message.c.workspace_id == workspace_id]
    mine = unindexed(message.c.workspace_id) == workspace_id, message.c.campaign_id == campaign_id
    some = sa.select(message.c.campaign_id).where(*mine, message.c.state.in_(LEFT)).limit(_LITTLE).subquery()
    little = connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one() < _LITTLE
    return list(mine) if little else [message.c.workspace_id == workspace_id, unindexed(message.c.campaign_id) == campaign_id]


def _newest(mine: Sequence[sa.ColumnElement[bool]], limit: int) -> sa.CompoundSelect[Any]:
    """Choose the newest of each state, which an index has in this order: no more is read, and nothing sorted."""
    newest = message.c.updated_at.desc(), message.c.id.desc()
    each = [sa.select(message.c.id).where(*mine, message.c.state == one).order_by(*newest).limit(limit) for one in LEFT]
    return sa.union_all(*(sa.select(one.subquery().c.id) for one in each))


def of_contact(record: Record, contact_id: str) -> Sequence[sa.Row[Any]]:
    """Return the messages to one contact and those merged with them, whatever became of them, newest first."""
    with record.read() as connection:
        kin = merges.family(connection, record.workspace_id, "contact", contact_id)
        query = _messages(record).where(among(connection, message.c.contact_id, kin))
        return connection.execute(query.order_by(message.c.updated_at.desc(), message.c.id.desc())).all()


def _messages(record: Record) -> sa.Select[Any]:
    names = ("id", "mailbox", "recipient", "subject", "body", "state", "sent_at", "handed_at", "outcome")
    return (
        sa.select(
            *(message.c[name] for name in names),
            campaign.c.name.label("campaign_name"),
            contact.c.full_name.label("contact_name"),
        )
        .join(campaign, campaign.c.id == message.c.campaign_id)
        .join(contact, contact.c.id == message.c.contact_id)
        .where(message.c.workspace_id == record.workspace_id)
    )
