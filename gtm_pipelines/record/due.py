"""Which campaigns have mail to hand over, so that a schedule starts a run only where there is work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.enrolments import FIRST_ANSWER, going
from gtm_pipelines.record.messages import handed_since
from gtm_pipelines.record.tables import campaign, draft, draft_failure, enrolment, message

WAITING = ("queued", "deferred")
IN_HAND = ("claimed", "handing")
FORGOTTEN_AFTER = timedelta(minutes=15)
"""A claim older than this belongs to a worker that died; the next run settles it."""


def campaigns_due(record: Record, now: datetime) -> Sequence[sa.Row[Any, Any]]:
    """Return ``(id, name)`` of released campaigns with messages due, left behind by a dead worker, or yet to be made.

    Of a completed campaign only answers to what people wrote are.
    """
    work = sa.or_(
        sa.and_(_released(record), _due(now)),
        sa.and_(_released(record, "sending", "completed"), _ready(now)),
        sa.and_(_released(record, "completed"), _due(now, message.c.step >= FIRST_ANSWER)),
    )
    query = sa.select(campaign.c.id, campaign.c.name).where(work).order_by(campaign.c.released_at)
    with record.read() as connection:
        return connection.execute(query).all()


def campaigns_released(record: Record, since: datetime | None, now: datetime) -> Sequence[sa.Row[Any, Any, Any, Any]]:
    """Return ``(id, name, released_at, has_work)`` of campaigns a person released after ``since``, oldest first.

    ``has_work``: an approved draft has no message yet, or something is due now.
    """
    its_own = sa.exists().where(message.c.target_id == draft.c.target_id, message.c.step == draft.c.step)
    approved = sa.and_(draft.c.campaign_id == campaign.c.id, draft.c.status == "approved")
    unqueued = sa.exists().where(approved, sa.not_(its_own))
    columns = (campaign.c.id, campaign.c.name, campaign.c.released_at, (unqueued | _due(now)).label("has_work"))
    query = sa.select(*columns).where(_released(record))
    if since is not None:
        query = query.where(campaign.c.released_at > since)
    with record.read() as connection:
        return connection.execute(query.order_by(campaign.c.released_at)).all()


def campaigns_to_draft(record: Record, by: datetime) -> Sequence[sa.Row[Any, Any]]:
    """Return ``(id, name)`` of released campaigns with a later mail that may leave by then and that nobody has tried to write."""
    failed = sa.exists().where(draft_failure.c.target_id == enrolment.c.target_id, draft_failure.c.step == enrolment.c.step)
    wanted = sa.exists().where(enrolment.c.campaign_id == campaign.c.id, _unwritten(by), sa.not_(failed))
    query = sa.select(campaign.c.id, campaign.c.name).where(_released(record), wanted).order_by(campaign.c.released_at)
    with record.read() as connection:
        return connection.execute(query).all()


def count_to_draft(connection: sa.Connection, workspace_id: str, campaign_id: str, by: datetime) -> int:
    """Count the people of a campaign whose later mail may leave by then and is not written."""
    mine = enrolment.c.workspace_id == workspace_id, enrolment.c.campaign_id == campaign_id
    query = sa.select(sa.func.count()).select_from(enrolment).where(*mine, _unwritten(by))
    return int(connection.execute(query).scalar_one())


def _unwritten(by: datetime) -> sa.ColumnElement[bool]:
    written = sa.exists().where(draft.c.target_id == enrolment.c.target_id, draft.c.step == enrolment.c.step)
    return sa.and_(going(by), enrolment.c.step > 1, enrolment.c.next_at <= by, sa.not_(written))


def _ready(now: datetime) -> sa.ColumnElement[bool]:
    """A later mail is approved whose time has come in the sequence, or an answer, and no message was made of it."""
    held = sa.exists().where(message.c.target_id == draft.c.target_id, message.c.step == draft.c.step)
    stands = sa.exists().where(enrolment.c.target_id == draft.c.target_id, going(now), enrolment.c.step == draft.c.step)
    later = sa.and_(draft.c.step > 1, campaign.c.status == "sending", stands)
    approved = sa.and_(draft.c.campaign_id == campaign.c.id, draft.c.status == "approved")
    return sa.exists().where(approved, sa.or_(draft.c.step >= FIRST_ANSWER, later), sa.not_(held))


def _released(record: Record, *statuses: str) -> sa.ColumnElement[bool]:
    states = statuses or ("sending",)
    return sa.and_(
        campaign.c.workspace_id == record.workspace_id, campaign.c.status.in_(states), campaign.c.released_at.is_not(None),
        campaign.c.paused_at.is_(None),
    )  # fmt: skip


def _due(now: datetime, *which: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    due = sa.and_(message.c.state.in_(WAITING), message.c.due_at <= now)
    forgotten = sa.and_(message.c.state.in_(IN_HAND), message.c.claimed_at <= now - FORGOTTEN_AFTER)
    return sa.exists().where(message.c.campaign_id == campaign.c.id, due | forgotten, *which)


def has_sent(record: Record, since: datetime) -> bool:
    """Whether anything was handed over since then, so that answers may have come."""
    with record.read() as connection:
        query = sa.select(message.c.id).where(handed_since(connection, record.workspace_id, since))
        return connection.execute(query.limit(1)).first() is not None


def count_unknown(record: Record) -> int:
    """Count messages of which nobody knows whether they left."""
    query = sa.select(sa.func.count()).select_from(message)
    with record.read() as connection:
        return connection.execute(
            query.where(message.c.workspace_id == record.workspace_id, message.c.state == "unknown")
        ).scalar_one()
