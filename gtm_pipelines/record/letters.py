"""Queries over what went back and forth with somebody in one campaign: what further mails are written from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.record.tables import inbound_message, message, target
from gtm_pipelines.record.threads import LEFT
from gtm_pipelines.record.upsert import among

NO_WORDS = ("bounce_hard", "bounce_soft", "complaint")
"""Classes of mail that servers write about a message: nobody's words."""


def of_targets(connection: sa.Connection, workspace_id: str, target_ids: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """Return, by target, the mails that left and those that came back, oldest first.

    Each has id, own (whether the sender wrote it), step (of own ones), class (of others), subject, text and at.
    """
    ids = list(target_ids)
    found: dict[str, list[dict[str, Any]]] = {}
    for row in (*_left(connection, workspace_id, ids), *_came(connection, workspace_id, ids)):
        found.setdefault(row["target_id"], []).append(dict(row))
    for letters in found.values():
        letters.sort(key=lambda one: (one["at"], not one["own"], one["id"]))
    return found


def _left(connection: sa.Connection, workspace_id: str, ids: list[str]) -> list[sa.RowMapping]:
    at = sa.func.coalesce(message.c.sent_at, message.c.handed_at, message.c.due_at, type_=message.c.due_at.type)
    query = sa.select(
        message.c.target_id, message.c.id, sa.true().label("own"), message.c.step, sa.null().label("class"),
        message.c.subject, message.c.body.label("text"), at.label("at"),
    )  # fmt: skip
    mine = message.c.workspace_id == workspace_id, message.c.state.in_(LEFT), among(connection, message.c.target_id, ids)
    return list(connection.execute(query.where(*mine)).mappings())


def _came(connection: sa.Connection, workspace_id: str, ids: list[str]) -> list[sa.RowMapping]:
    theirs = sa.and_(inbound_message.c.campaign_id == target.c.campaign_id, inbound_message.c.contact_id == target.c.contact_id)
    query = sa.select(
        target.c.id.label("target_id"), inbound_message.c.id, sa.false().label("own"), sa.null().label("step"),
        inbound_message.c["class"], inbound_message.c.subject, inbound_message.c.text,
        inbound_message.c.received_at.label("at"),
    ).join(target, theirs)  # fmt: skip
    mine = inbound_message.c.workspace_id == workspace_id, target.c.workspace_id == workspace_id
    kept = inbound_message.c["class"].not_in(NO_WORDS), inbound_message.c.attribution != "own_copy"
    return list(connection.execute(query.where(*mine, *kept, among(connection, target.c.id, ids))).mappings())
