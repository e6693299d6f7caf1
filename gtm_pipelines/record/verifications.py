"""Queries over addresses: whose they are, who of a campaign is still to be written to, and what came back of whose mail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.record.campaigns import of_campaign
from gtm_pipelines.record.imports import counts
from gtm_pipelines.record.messages import WAITING, mailboxes
from gtm_pipelines.record.tables import contact, fact, message, target
from gtm_pipelines.record.upsert import among, chunks

Rows = Sequence[Any]
_COLUMNS = (contact.c.id, contact.c.email, contact.c.batch_id, contact.c.session_key)


def addresses_after(connection: sa.Connection, workspace_id: str, after: str, limit: int) -> Rows:
    """Return the next contacts by id that have an address and stand for themselves."""
    query = sa.select(*_COLUMNS).where(
        contact.c.workspace_id == workspace_id, contact.c.merged_into.is_(None), contact.c.email.is_not(None),
        contact.c.id > after,
    )  # fmt: skip
    return connection.execute(query.order_by(contact.c.id).limit(limit)).all()


def addresses(connection: sa.Connection, workspace_id: str, ids: Iterable[str]) -> Rows:
    """Return those of the contacts that have an address and stand for themselves, by id."""
    found: list[Any] = []
    for part in chunks(sorted(set(ids))):
        query = sa.select(*_COLUMNS).where(
            contact.c.workspace_id == workspace_id, contact.c.merged_into.is_(None), contact.c.email.is_not(None),
            among(connection, contact.c.id, part),
        )  # fmt: skip
        found += connection.execute(query.order_by(contact.c.id)).all()
    return found


def count(connection: sa.Connection, workspace_id: str) -> int:
    """Count contacts that have an address and stand for themselves."""
    query = sa.select(sa.func.count()).where(
        contact.c.workspace_id == workspace_id, contact.c.merged_into.is_(None), contact.c.email.is_not(None)
    )
    return int(connection.execute(query).scalar_one())


def recipients(connection: sa.Connection, workspace_id: str, campaign_id: str) -> list[tuple[str, str]]:
    """Return ``(contact id, address)`` of everybody in a campaign whom nothing was handed over to yet, approved or not."""
    left = *of_campaign(message, workspace_id, campaign_id), message.c.state.not_in(WAITING)
    active = *of_campaign(target, workspace_id, campaign_id), target.c.status == "active", target.c.recipient.is_not(None)
    query = sa.select(target.c.contact_id, target.c.recipient)
    query = query.where(*active, target.c.id.not_in(sa.select(message.c.target_id).where(*left)))
    return [(row.contact_id, row.recipient) for row in connection.execute(query.order_by(target.c.id))]


def outcomes(connection: sa.Connection, workspace_id: str, since: datetime, limit: int, but: Iterable[str] = ()) -> Rows:
    """Return mails handed over since, newest first: ``contact_id``, ``recipient``, ``handed_at`` and ``bounced``.

    Args:
        connection: an open transaction.
        workspace_id: whose mails.
        since: the first moment.
        limit: so many at most.
        but: mailboxes whose mails are left out.
    """
    bounced = sa.case((message.c.outcome == "bounced_hard", 1), else_=0).label("bounced")
    query = sa.select(message.c.contact_id, message.c.recipient, message.c.handed_at, bounced).where(
        message.c.workspace_id == workspace_id, message.c.handed_at >= since,
        sa.or_(message.c.sent_at.is_not(None), message.c.outcome == "bounced_hard"),
    )  # fmt: skip
    newest = query.order_by(message.c.handed_at.desc()).limit(limit)  # of each mailbox as an index has them: nothing is sorted
    names = set(mailboxes(connection, workspace_id)).difference(but)
    found = [row for name in sorted(names) for row in connection.execute(newest.where(message.c.mailbox == name)).all()]
    return sorted(found, key=lambda row: row.handed_at, reverse=True)[:limit]


def facts_of(connection: sa.Connection, workspace_id: str, contact_ids: Iterable[str], fields: Iterable[str]) -> Rows:
    """Return facts of these very contacts and fields, oldest first; merges aside, as they stood when mail left."""
    found: list[Any] = []
    for part in chunks(sorted(set(contact_ids))):
        query = sa.select(fact).where(
            fact.c.workspace_id == workspace_id, fact.c.subject_type == "contact", fact.c.field.in_(list(fields)),
            among(connection, fact.c.subject_id, part), counts(fact.c.batch_id),
        )  # fmt: skip
        found += connection.execute(query.order_by(fact.c.id)).all()
    return found
