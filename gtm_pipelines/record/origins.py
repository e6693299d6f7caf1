"""The mails behind suppressions: whose answer asked for it, or which message of ours was refused."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa

from gtm_pipelines.record.suppressions import Entry
from gtm_pipelines.record.tables import inbound_message, message, suppression
from gtm_pipelines.record.upsert import among


class Origin(NamedTuple):
    """A mail: ``reply`` is theirs, ``message`` ours; ``id`` is what lineage is asked for."""

    kind: Literal["reply", "message"]
    id: str
    subject: str
    at: datetime


def of_sources(connection: sa.Connection, workspace_id: str, sources: Iterable[str]) -> dict[str, Origin]:
    """Return, by source such as ``reply:ID``, the mail it names; sources that name none, or an erased one, are absent."""
    wanted: dict[str, list[str]] = {"reply": [], "message": []}
    for source in sources:
        kind, _, key = source.partition(":")
        if kind in wanted and key:
            wanted[kind].append(key)
    found: dict[str, Origin] = {}
    for row in _replies(connection, workspace_id, wanted["reply"]):
        found[f"reply:{row.id}"] = Origin("reply", row.id, row.subject or "", row.received_at)
    for row in _messages(connection, workspace_id, wanted["message"]):
        found[f"message:{row.id}"] = Origin("message", row.id, row.subject, row.updated_at)
    return found


def caused(connection: sa.Connection, workspace_id: str, source: str) -> list[Entry]:
    """Return the suppressions that a mail, named as ``reply:ID`` or ``message:ID``, has caused, the oldest first."""
    mine = suppression.c.workspace_id == workspace_id, suppression.c.source == source
    query = sa.select(suppression).where(*mine).order_by(suppression.c.created_at, suppression.c.id)
    return [
        Entry(r.id, r.kind, r.value_key, r.reason, r.source, r.created_at, r.value_key == r.value_hash)
        for r in connection.execute(query)
    ]


def _replies(connection: sa.Connection, workspace_id: str, ids: list[str]) -> Iterable[sa.Row[Any]]:
    query = sa.select(inbound_message.c.id, inbound_message.c.subject, inbound_message.c.received_at)
    mine = inbound_message.c.workspace_id == workspace_id, among(connection, inbound_message.c.id, ids)
    return connection.execute(query.where(*mine)) if ids else ()


def _messages(connection: sa.Connection, workspace_id: str, ids: list[str]) -> Iterable[sa.Row[Any]]:
    query = sa.select(message.c.id, message.c.subject, message.c.updated_at)
    mine = message.c.workspace_id == workspace_id, among(connection, message.c.id, ids)
    return connection.execute(query.where(*mine)) if ids else ()
