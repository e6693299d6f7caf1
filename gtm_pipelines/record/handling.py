"""Answers that nobody has dealt with yet: whoever wrote one gets nothing until then but the answer to it.

So nobody who asked to be left alone, in words that no rule and no model understood, is written to again unread.
A person deals with an answer by saying what it is, by approving what is said to it, or by closing the conversation. What a
machine provably wrote, and who surely asked out and is suppressed, needs no person and counts as dealt with on arrival.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from gtm_pipelines.record import merges
from gtm_pipelines.record.compare import unindexed
from gtm_pipelines.record.tables import conversation, inbound_message
from gtm_pipelines.record.upsert import LOOKUP_SIZE, among, chunks


class Writer(NamedTuple):
    """Somebody who might be written to: the contact, and where the mail would go."""

    contact_id: str
    address: str | None


def waits(workspace_id: str | sa.ColumnElement[str], *which: sa.ColumnElement[bool]) -> sa.Exists:
    """Tell whether an answer waits for a person, among those that ``which`` picks."""
    mine = inbound_message.c.workspace_id == workspace_id, inbound_message.c.handled_at.is_(None)
    return sa.exists().where(*mine, *which)


def waiting(connection: sa.Connection, workspace_id: str, writers: Sequence[Writer]) -> list[bool]:
    """Tell of each person whether an answer of theirs waits, under any row they were merged with and any address of theirs."""
    unread = unindexed(inbound_message.c.workspace_id) == workspace_id, inbound_message.c.handled_at.is_(None)
    if connection.execute(sa.select(inbound_message.c.id).where(*unread).limit(1)).first() is None:
        return [False] * len(writers)
    people = merges.relatives(connection, workspace_id, "contact", {one.contact_id for one in writers})
    addresses = {one.address.strip().casefold() for one in writers if one.address}
    others = merges.other_addresses(connection, workspace_id, addresses)
    names: list[set[str]] = []
    for one in writers:
        address = (one.address or "").strip().casefold()
        names.append({one.contact_id, *people.get(one.contact_id, ()), address, *others.get(address, ())})
    wrote = _wrote(connection, workspace_id, {name for one in names for name in one if name})
    return [bool(one & wrote) for one in names]


def _wrote(connection: sa.Connection, workspace_id: str, names: set[str]) -> set[str]:
    """Return those among ids of contacts and addresses from which an answer waits."""
    found: set[str] = set()
    workspace = inbound_message.c.workspace_id
    looked_up = (inbound_message.c.contact_id, unindexed(workspace)), (inbound_message.c.from_address, workspace)
    for part in chunks(names, LOOKUP_SIZE):
        for column, of in looked_up:
            query = sa.select(column).where(
                of == workspace_id, inbound_message.c.handled_at.is_(None), among(connection, column, part)
            )
            found |= set(connection.execute(query.distinct()).scalars())
    return found


def of_conversation() -> sa.ColumnElement[bool]:
    """Tell of each conversation of a query whether an answer in it waits."""
    return waits(conversation.c.workspace_id, inbound_message.c.conversation_id == conversation.c.id)


def close(connection: sa.Connection, workspace_id: str, conversation_id: str, *, at: datetime) -> None:
    """Note that a person has dealt with everything somebody wrote in a conversation."""
    _handle(connection, workspace_id, at, inbound_message.c.conversation_id == conversation_id)


def answer(connection: sa.Connection, workspace_id: str, inbound_ids: Sequence[str], *, at: datetime) -> None:
    """Note that a person has approved answers to these mails: what came before each in its conversation is dealt with too."""
    for part in chunks(inbound_ids, LOOKUP_SIZE):
        answered, earlier = inbound_message.alias("answered"), inbound_message.alias("earlier")
        together = sa.or_(
            earlier.c.id == answered.c.id,
            sa.and_(earlier.c.conversation_id == answered.c.conversation_id, earlier.c.received_at <= answered.c.received_at),
        )
        query = sa.select(earlier.c.id).join(answered, together)
        query = query.where(answered.c.workspace_id == workspace_id, among(connection, answered.c.id, part))
        found = set(connection.execute(query).scalars())
        _handle(connection, workspace_id, at, among(connection, inbound_message.c.id, found))


def _handle(connection: sa.Connection, workspace_id: str, at: datetime, which: Any) -> None:
    mine = inbound_message.c.workspace_id == workspace_id, inbound_message.c.handled_at.is_(None)
    connection.execute(sa.update(inbound_message).where(*mine, which).values(handled_at=at, updated_at=at))
