"""Inbound mail in the record: cursors, what was stored, and the messages it may answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.ids import new_id
from gtm_pipelines.record import answers
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import campaign, inbound_message, mailbox_cursor, message
from gtm_pipelines.record.upsert import among, upsert

HANDED_OVER = ("handing", "sent", "unknown", "reconciled")
"""States in which a message has left, or may have."""

_SHOWN = [column for column in inbound_message.c if column.name != "raw"]
_MESSAGE: tuple[sa.Column[Any], ...] = (
    message.c.id,
    message.c.campaign_id,
    message.c.contact_id,
    message.c.target_id,
    message.c.step,
    message.c.recipient,
    message.c.state,
    message.c.outcome,
    message.c.rfc_message_id,
    message.c.mailbox,
    message.c.handed_at,
)


def cursors(record: Record, mailbox: str) -> dict[str, tuple[int, int]]:
    """Return ``(uidvalidity, last_uid)`` of every folder read so far."""
    query = sa.select(mailbox_cursor.c.folder, mailbox_cursor.c.uidvalidity, mailbox_cursor.c.last_uid).where(
        mailbox_cursor.c.workspace_id == record.workspace_id, mailbox_cursor.c.mailbox == mailbox
    )
    with record.read() as connection:
        return {folder: (validity, uid) for folder, validity, uid in connection.execute(query)}


def move_cursor(
    connection: sa.Connection, record: Record, *, mailbox: str, folder: str, uidvalidity: int, uid: int, now: datetime
) -> None:
    """Note that every mail of ``folder`` up to ``uid`` is in the record; never moves back within a uidvalidity."""
    statement = upsert(record, mailbox_cursor).values(
        id=new_id(),
        workspace_id=record.workspace_id,
        mailbox=mailbox,
        folder=folder,
        uidvalidity=uidvalidity,
        last_uid=uid,
        updated_at=now,
    )
    new = statement.excluded
    ahead = (mailbox_cursor.c.uidvalidity != new.uidvalidity) | (mailbox_cursor.c.last_uid < new.last_uid)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["workspace_id", "mailbox", "folder"],
            set_={"uidvalidity": new.uidvalidity, "last_uid": new.last_uid, "updated_at": new.updated_at},
            where=ahead,
        )
    )


def known_keys(record: Record, mailbox: str, content_keys: Sequence[str]) -> set[str]:
    """Return which of these mails are in the record."""
    query = sa.select(inbound_message.c.content_key).where(
        inbound_message.c.workspace_id == record.workspace_id,
        inbound_message.c.mailbox == mailbox,
        inbound_message.c.content_key.in_(content_keys),
    )
    with record.read() as connection:
        return set(connection.execute(query).scalars())


def add_all(connection: sa.Connection, record: Record, rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Store mails; return the ids of those that were not there, by content key."""
    if not rows:
        return {}
    statement = upsert(record, inbound_message).on_conflict_do_nothing(index_elements=["workspace_id", "mailbox", "content_key"])
    named = [{**row, "id": new_id(), "workspace_id": record.workspace_id} for row in rows]
    stored = connection.execute(statement.returning(inbound_message.c.content_key, inbound_message.c.id), named)
    return {row.content_key: row.id for row in stored}


def add(connection: sa.Connection, record: Record, values: Mapping[str, Any]) -> str | None:
    """Store one mail; return its id, or ``None`` if it was there or another process was faster."""
    statement = upsert(record, inbound_message).values(id=new_id(), workspace_id=record.workspace_id, **values)
    conflict = statement.on_conflict_do_nothing(index_elements=["workspace_id", "mailbox", "content_key"])
    stored: str | None = connection.execute(conflict.returning(inbound_message.c.id)).scalar_one_or_none()
    return stored


def update(connection: sa.Connection, record: Record, inbound_id: str, **values: Any) -> None:
    """Change the reading of a mail: its class, attribution or conversation."""
    mine = (inbound_message.c.workspace_id == record.workspace_id) & (inbound_message.c.id == inbound_id)
    connection.execute(sa.update(inbound_message).where(mine).values(values))


def message_by_id(connection: sa.Connection, record: Record, message_id: str) -> sa.Row[Any] | None:
    """Return one message and hold its row until the commit.

    ``FOR NO KEY UPDATE``, because every inbound mail that refers to the message already
    shares its key: two of them would wait for each other under a stronger lock.
    """
    query = sa.select(*_MESSAGE).where(message.c.workspace_id == record.workspace_id, message.c.id == message_id)
    return connection.execute(query.with_for_update(key_share=True)).one_or_none()


def message_by_reference(
    connection: sa.Connection, record: Record, mailboxes: Sequence[str], reference: str
) -> sa.Row[Any] | None:
    """Return the message that a vendor knows by this name, held until the commit; ``None`` if not exactly one."""
    query = sa.select(*_MESSAGE).where(
        message.c.workspace_id == record.workspace_id,
        message.c.mailbox.in_(list(mailboxes)),
        message.c.provider_reference == reference,
    )
    rows = connection.execute(query.limit(2).with_for_update(key_share=True)).all()
    return rows[0] if len(rows) == 1 else None


def messages_by_rfc_id(connection: sa.Connection, record: Record, rfc_ids: Sequence[str]) -> dict[str, sa.Row[Any]]:
    """Return the messages that carry any of these Message-IDs, by Message-ID."""
    if not rfc_ids:
        return {}
    wanted = among(connection, message.c.rfc_message_id, rfc_ids)
    query = sa.select(*_MESSAGE).where(message.c.workspace_id == record.workspace_id, wanted)
    return {row.rfc_message_id: row for row in connection.execute(query)}


def named(connection: sa.Connection, workspace_id: str, inbound_ids: Sequence[str]) -> dict[str, list[str]]:
    """Return the threads of what came in, by id: the Message-IDs it refers to, then its own; of mails that bear none nothing."""
    query = sa.select(inbound_message.c.id, inbound_message.c.rfc_message_id, inbound_message.c.reference_ids).where(
        inbound_message.c.workspace_id == workspace_id,
        inbound_message.c.id.in_(inbound_ids),
        inbound_message.c.rfc_message_id.is_not(None),
    )
    return {row.id: [*row.reference_ids, str(row.rfc_message_id)] for row in connection.execute(query)}


def messages_to(connection: sa.Connection, record: Record, mailbox: str, recipients: Sequence[str]) -> list[sa.Row[Any]]:
    """Return what left, or may have left, from ``mailbox`` to any of ``recipients``; at most two rows."""
    if not recipients:
        return []
    query = (
        sa.select(*_MESSAGE)
        .where(message.c.workspace_id == record.workspace_id, message.c.mailbox == mailbox)
        .where(message.c.state.in_(HANDED_OVER), sa.func.lower(message.c.recipient).in_([r.lower() for r in recipients]))
        .limit(2)
    )
    return list(connection.execute(query))


def readings_of(connection: sa.Connection, record: Record, message_id: str) -> list[tuple[str, datetime]]:
    """Return ``(class, received_at)`` of every mail that answers a message."""
    query = sa.select(inbound_message.c["class"], inbound_message.c.received_at).where(
        inbound_message.c.workspace_id == record.workspace_id, inbound_message.c.message_id == message_id
    )
    return [(cls, at) for cls, at in connection.execute(query)]


def proven_unknown(connection: sa.Connection, record: Record) -> list[sa.Row[Any]]:
    """Return unknown messages that some mail proves to have been handed over."""
    answered = (inbound_message.c.workspace_id == record.workspace_id) & (
        (inbound_message.c.message_id == message.c.id) | (inbound_message.c.rfc_message_id == message.c.rfc_message_id)
    )
    query = sa.select(*_MESSAGE).where(
        message.c.workspace_id == record.workspace_id, message.c.state == "unknown", sa.exists().where(answered)
    )
    return list(connection.execute(query))


def unknown_of(record: Record, mailbox: str) -> list[sa.Row[Any]]:
    """Return the unknown messages of one mailbox."""
    query = sa.select(*_MESSAGE).where(
        message.c.workspace_id == record.workspace_id, message.c.state == "unknown", message.c.mailbox == mailbox
    )
    with record.read() as connection:
        return list(connection.execute(query))


def page(
    record: Record,
    *,
    campaign_id: str | None = None,
    classes: Iterable[str] | None = None,
    attributions: Iterable[str] | None = None,
    below: float | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[sa.Row[Any]]:
    """Return inbound mail without its raw bytes, newest first, with the campaign's name."""
    query = _listing(record)
    if campaign_id:
        query = query.where(inbound_message.c.campaign_id == campaign_id)
    if classes is not None:
        query = query.where(inbound_message.c["class"].in_(list(classes)))
    if attributions is not None:
        query = query.where(inbound_message.c.attribution.in_(list(attributions)))
    if below is not None:
        unread = inbound_message.c.handled_at.is_(None), inbound_message.c.contact_id.is_not(None)
        unsure = sa.and_(inbound_message.c.confidence < below, inbound_message.c["class"].in_(answers.WRITTEN))
        query = query.where(sa.or_(unsure, sa.and_(*unread, inbound_message.c.conversation_id.is_(None))))
    query = query.order_by(inbound_message.c.received_at.desc(), inbound_message.c.id.desc()).limit(limit).offset(offset)
    with record.read() as connection:
        return list(connection.execute(query))


def get(connection: sa.Connection, record: Record, inbound_id: str) -> sa.Row[Any] | None:
    """Return one inbound mail by its id or the unambiguous beginning of it."""
    query = _listing(record).where(inbound_message.c.id.startswith(inbound_id, autoescape=True)).limit(2)
    rows = list(connection.execute(query))
    return rows[0] if len(rows) == 1 else None


def raw(record: Record, inbound_id: str) -> bytes | None:
    """Return the bytes of one mail as they came."""
    query = sa.select(inbound_message.c.raw).where(
        inbound_message.c.workspace_id == record.workspace_id, inbound_message.c.id == inbound_id
    )
    with record.read() as connection:
        return connection.execute(query).scalar_one_or_none()


def campaign_id(record: Record, name_or_id: str) -> str | None:
    """Return the id of a campaign given by name or id."""
    query = sa.select(campaign.c.id).where(
        campaign.c.workspace_id == record.workspace_id, (campaign.c.name == name_or_id) | (campaign.c.id == name_or_id)
    )
    with record.read() as connection:
        return connection.execute(query).scalars().first()


def _listing(record: Record) -> sa.Select[Any]:
    return (
        sa.select(*_SHOWN, campaign.c.name.label("campaign_name"))
        .select_from(inbound_message.outerjoin(campaign, campaign.c.id == inbound_message.c.campaign_id))
        .where(inbound_message.c.workspace_id == record.workspace_id)
    )
