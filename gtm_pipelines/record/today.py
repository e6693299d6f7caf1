"""Queries for the first page of the day: what waits for a person, and what happened since. All bounded, all by an index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.record.answers import GLAD, WRITTEN
from gtm_pipelines.record.campaigns import failure_counts
from gtm_pipelines.record.compare import unindexed
from gtm_pipelines.record.due import WAITING
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.enrolments import FIRST_ANSWER
from gtm_pipelines.record.reviews import undecided_ids
from gtm_pipelines.record.tables import (
    campaign,
    conversation,
    draft,
    import_batch,
    inbound_message,
    message,
    message_event,
    target,
)

MOST = 1000
"""Nothing is counted further: a page says "more than a thousand" as usefully as the number, and a hundred times as fast."""
_TALKING = ("qualifying", "objection_handling", "scheduling")
"""States of a conversation in which it is our turn, unless a mail of ours left after the last answer."""
_BOUNCED = ("bounced_hard", "bounced_soft")
_CAMPAIGNS = 20
_BEGINNING = ("drafting", "ready")


@dataclass(frozen=True)
class Beginning:
    """A campaign that does not send yet: people without a draft, why drafts failed, and drafts that are approved."""

    id: str
    name: str
    undrafted: int
    failures: Mapping[str, int]
    approved: int


@dataclass(frozen=True)
class Waiting:
    """What waits for a person; each number counted up to ``MOST`` and one more.

    Attributes:
        drafts: of campaigns under way, newest first: id, name and drafts without a decision, where there are any.
        beginnings: campaigns that do not send yet, newest first.
        under_way: whether any campaign is.
        answers: people who wrote and were not answered yet.
        unplaced: mails that came in and answer none that we know of.
        unknown: messages of which nobody knows whether they left.
        failed: messages that were given up.
        overdue: messages due so long ago that they ask before they leave.
    """

    drafts: tuple[tuple[str, str, int], ...]
    beginnings: tuple[Beginning, ...]
    under_way: bool
    answers: int
    unplaced: int
    unknown: int
    failed: int
    overdue: int


@dataclass(frozen=True)
class Happened:
    """What happened in a stretch of time: messages sent and come back, answers of people, rows imported."""

    sent: int
    bounced: int
    replied: int
    positive: int
    imported: int


def waiting(record: Record, *, stale_before: datetime) -> Waiting:
    """Count what waits for a person.

    Args:
        record: the record.
        stale_before: a message due before this asks before it leaves.
    """
    workspace_id = record.workspace_id
    held = message.c.workspace_id == workspace_id
    with record.read() as connection:
        live = _live(connection, workspace_id)
        return Waiting(
            drafts=_drafts(connection, workspace_id, live),
            beginnings=tuple(_beginning(connection, workspace_id, one) for one in live if one.status in _BEGINNING),
            under_way=bool(live),
            answers=_count(connection, _unanswered(workspace_id)),
            unplaced=_count(
                connection,
                sa.select(inbound_message.c.id).where(
                    inbound_message.c.workspace_id == workspace_id, inbound_message.c.attribution == "none"
                ),
            ),
            unknown=_count(connection, sa.select(message.c.id).where(held, message.c.state == "unknown")),
            failed=_count(connection, sa.select(message.c.id).where(held, message.c.state == "failed")),
            overdue=_count(connection, _overdue(workspace_id, stale_before)),
        )


def happened(record: Record, since: datetime, until: datetime) -> Happened:
    """Count what happened from ``since`` to before ``until``."""
    with record.read() as connection:
        events = _events(connection, record.workspace_id, since, until)
        answers = _answers(connection, record.workspace_id, since, until)
        began = import_batch.c.started_at >= since, import_batch.c.started_at < until
        rows = sa.select(sa.func.coalesce(sa.func.sum(import_batch.c.imported), 0)).where(
            import_batch.c.workspace_id == record.workspace_id, *began
        )
        imported = int(connection.execute(rows).scalar_one())
    return Happened(
        sent=events.get("sent", 0),
        bounced=sum(events.get(kind, 0) for kind in _BOUNCED),
        replied=sum(answers.get(one, 0) for one in WRITTEN),
        positive=sum(answers.get(one, 0) for one in GLAD),
        imported=imported,
    )


def _live(connection: sa.Connection, workspace_id: str) -> Sequence[sa.Row[Any, Any, Any]]:
    live = campaign.c.workspace_id == workspace_id, campaign.c.status.in_((*_BEGINNING, "sending"))
    query = sa.select(campaign.c.id, campaign.c.name, campaign.c.status).where(*live)
    return connection.execute(query.order_by(campaign.c.id.desc()).limit(_CAMPAIGNS)).all()


def _drafts(
    connection: sa.Connection, workspace_id: str, live: Sequence[sa.Row[Any, Any, Any]]
) -> tuple[tuple[str, str, int], ...]:
    counted = [(one.id, one.name, _count(connection, undecided_ids(workspace_id, one.id))) for one in live]
    return tuple(one for one in counted if one[2])


def _beginning(connection: sa.Connection, workspace_id: str, held: sa.Row[Any, Any, Any]) -> Beginning:
    mine = target.c.workspace_id == workspace_id, target.c.campaign_id == held.id, target.c.status == "active"
    without = sa.select(target.c.id).where(*mine, ~sa.exists().where(draft.c.target_id == target.c.id))
    undrafted = _count(connection, without)
    approved = sa.select(draft.c.id).where(draft.c.campaign_id == held.id, draft.c.status == "approved")
    return Beginning(
        id=held.id,
        name=held.name,
        undrafted=undrafted,
        failures=failure_counts(connection, workspace_id, held.id) if undrafted else {},
        approved=_count(connection, approved.where(draft.c.workspace_id == workspace_id)),
    )


def _unanswered(workspace_id: str) -> sa.Select[Any]:
    ours = sa.exists().where(
        message.c.contact_id == conversation.c.contact_id,
        unindexed(message.c.campaign_id) == conversation.c.campaign_id,  # of one person there are few, of a campaign many
        message.c.step >= FIRST_ANSWER,  # the moment in a mail is in whole seconds: it may lie before the mail it answers
        message.c.handed_at > conversation.c.last_at,
    )
    return sa.select(conversation.c.id).where(
        conversation.c.workspace_id == workspace_id, conversation.c.state.in_(_TALKING), ~ours
    )


def _overdue(workspace_id: str, stale_before: datetime) -> sa.Select[Any]:
    return sa.select(message.c.id).where(
        message.c.workspace_id == workspace_id, message.c.state.in_(WAITING), message.c.due_at < stale_before
    )


def _events(connection: sa.Connection, workspace_id: str, since: datetime, until: datetime) -> Mapping[str, int]:
    when = message_event.c.recorded_at >= since, message_event.c.recorded_at < until
    query = sa.select(message_event.c.kind, sa.func.count()).where(message_event.c.workspace_id == workspace_id, *when)
    return {kind: int(number) for kind, number in connection.execute(query.group_by(message_event.c.kind))}


def _answers(connection: sa.Connection, workspace_id: str, since: datetime, until: datetime) -> Mapping[str, int]:
    when = inbound_message.c.received_at >= since, inbound_message.c.received_at < until
    mine = inbound_message.c.workspace_id == workspace_id, inbound_message.c.message_id.is_not(None), *when
    query = sa.select(inbound_message.c["class"], sa.func.count()).where(*mine).group_by(inbound_message.c["class"])
    return {name: int(number) for name, number in connection.execute(query)}


def _count(connection: sa.Connection, query: sa.Select[Any]) -> int:
    some = query.limit(MOST + 1).subquery()
    return int(connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one())
