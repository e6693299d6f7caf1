"""Conditions about what is known beside a row: tags, facts, imports, and mail sent and received."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.record import history
from gtm_pipelines.record.tables import campaign, contact, fact, import_batch, inbound_message, message, message_event, tag
from gtm_pipelines.segments.columns import COMPARISONS, text
from gtm_pipelines.segments.fields import FilterField

Clause = sa.ColumnElement[bool]
Ids = sa.Select[Any]

FLAGS: Mapping[str, Callable[[str], Clause]] = {
    "bounced": lambda workspace: history.known(
        contact, workspace, history.events(workspace).where(message_event.c.kind.in_(("bounced_hard", "bounced_soft")))
    ),
    "unsubscribed": history.unsubscribed,
    "suppressed": history.suppressed,
}
_ANY = ("is_not_empty", "within_days", "after")
"""Operators that the last moment meets where any does: nothing need be grouped to find it."""
_FACT_PARTS: Mapping[str, sa.ColumnElement[Any]] = {
    "value": fact.c.value,
    "confidence": fact.c.confidence,
    "retrieved_at": fact.c.retrieved_at,
    "source": fact.c.source,
}


def ids(field: FilterField, op: str, value: Any, now: datetime, workspace_id: str) -> Ids:
    """Return the query of those who meet a positive condition."""
    kind = "company" if field.table == "company" else "contact"
    if field.source == "fact":
        query = history.newest_facts(workspace_id, kind, field.key)
        return query.where(COMPARISONS[field.type](_FACT_PARTS[field.part], op, value, now))
    if field.type == "moment":
        query, column = _moments(field, workspace_id, kind)
        if op in _ANY:
            return query.where(COMPARISONS["moment"](column, op, value, now))
        subject = next(iter(query.selected_columns))
        last = sa.func.max(column, type_=column.type)
        return query.group_by(subject).having(COMPARISONS["moment"](last, op, value, now))
    query, columns = _words(field, workspace_id, kind)
    return query.where(sa.or_(*(text(column, op, value, now) for column in columns)))


def shown(field: FilterField, workspace_id: str, subject: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """Return what is known of one row, as a value to show: its words, the last moment, or the newest fact."""
    kind = "company" if field.table == "company" else "contact"
    if field.type == "flag":
        return FLAGS[field.key](workspace_id)
    if field.source == "fact":
        query, column = history.newest_facts(workspace_id, kind, field.key), _FACT_PARTS[field.part]
    elif field.type == "moment":
        query, column = _moments(field, workspace_id, kind)
        column = sa.func.max(column, type_=column.type)
    else:
        query, columns = _words(field, workspace_id, kind)
        column = columns[0]
    whose = next(iter(query.selected_columns))
    query = query.where(whose == subject).with_only_columns(column)
    if field.type != "words":
        return query.scalar_subquery()
    listed = query.distinct().subquery()
    return sa.select(sa.func.aggregate_strings(next(iter(listed.c)), ", ")).scalar_subquery()


def _moments(field: FilterField, workspace_id: str, kind: str) -> tuple[Ids, sa.ColumnElement[Any]]:
    if field.source == "import":
        return history.imported(workspace_id, kind), import_batch.c.started_at
    if field.key == "sent_at":
        return history.sent(workspace_id), message.c.sent_at
    return history.replied(workspace_id), inbound_message.c.received_at


def _words(field: FilterField, workspace_id: str, kind: str) -> tuple[Ids, tuple[sa.ColumnElement[Any], ...]]:
    """Return the subjects and the columns of which one is compared; the first is shown."""
    if field.source == "tags":
        return history.tagged(workspace_id, kind), (tag.c.name,)
    if field.source == "import":
        columns = (import_batch.c.file_name,) if field.key == "file" else (import_batch.c.session_key, import_batch.c.id)
        return history.imported(workspace_id, kind), columns
    if field.key == "reply":
        return history.replied(workspace_id), (inbound_message.c["class"],)
    if field.key == "event":
        return history.events(workspace_id), (message_event.c.kind,)
    if field.key == "sent_campaign":
        return history.sent_campaigns(workspace_id), (campaign.c.name,)
    return history.targeted(workspace_id, active=field.key == "active_campaign"), (campaign.c.name,)


def top_known(field: FilterField, workspace_id: str) -> sa.Select[Any]:
    """Return the query of the words known under a field, most frequent first, each with how many have it."""
    kind = "company" if field.table == "company" else "contact"
    if field.source == "fact":
        query, column = history.newest_facts(workspace_id, kind, field.key), _FACT_PARTS[field.part]
    else:
        query, columns = _words(field, workspace_id, kind)
        column = columns[0]
    people = sa.func.count(next(iter(query.selected_columns)).distinct())
    return query.with_only_columns(column, people).where(column.is_not(None)).group_by(column).order_by(people.desc(), column)
