"""What a sending worker asks and writes for every message: each statement is built once and finds its rows by an index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from gtm_pipelines.record.enrolments import FIRST_ANSWER
from gtm_pipelines.record.handling import waits
from gtm_pipelines.record.mailboxes import PAUSED
from gtm_pipelines.record.messages import WAITING, judged
from gtm_pipelines.record.tables import (
    campaign,
    campaign_step,
    company,
    contact,
    draft,
    enrolment,
    fact,
    inbound_message,
    installation,
    mailbox_state,
    message,
    suppression_salt,
    target,
)
from gtm_pipelines.record.upsert import filled, slots

_WORKSPACE: sa.BindParameter[str] = sa.bindparam("workspace")
_OF_MAILBOX = (message.c.workspace_id == _WORKSPACE, message.c.mailbox == sa.bindparam("mailbox"))


class Count(NamedTuple):
    """What a mailbox has let go: in the last hour, today, and last."""

    hour: int
    day: int
    last: datetime | None
    hour_frees_from: datetime | None


def next_due(
    connection: sa.Connection,
    workspace_id: str,
    *,
    mailboxes: Sequence[str],
    now: datetime,
    since: datetime,
    not_before: datetime | None,
    campaign_id: str | None,
) -> sa.RowMapping | None:
    """Return the message that is due the longest in one of ``mailboxes``, holding it and its draft until the commit.

    Beside the columns of ``messages.judged`` the row tells what spares further questions, as it stands in this transaction:
    ``mailbox_status`` and ``mailbox_failures``; ``owner``: the folder that may send; ``salt``: ``None`` before anything was
    suppressed; ``company_kin`` and ``folded``: others are the same company or person; ``email_key`` of the contact and
    ``told_otherwise``: a list gave them another address; ``written``: another mail of theirs is claimed, or left at
    ``since`` or later; ``wrote``: an answer of theirs waits for a person; ``next_wait_days``: after this mail, ``None`` where
    it is the last.
    """
    values = {"workspace": workspace_id, "now": now, "since": since}
    boxes = filled("mailbox", mailboxes)
    values |= {"not_before": not_before} if not_before else {}
    values |= {"campaign": campaign_id} if campaign_id else {}
    query = _next_due(len(boxes), not_before is not None, campaign_id is not None)
    return connection.execute(query, values | boxes).mappings().one_or_none()


@cache
def _next_due(boxes: int, bounded: bool, of_one: bool) -> sa.Select[Any]:
    """Look at the soonest of each state, then read the sooner one whole: no index holds both states in one order.

    The mailboxes are so many parameters: a list would be written into the statement anew for every message.
    """
    soonest = sa.union_all(*(sa.select(_soonest(state, boxes, bounded, of_one)) for state in WAITING)).subquery()
    chosen = sa.select(soonest.c.id).order_by(soonest.c.due_at, soonest.c.id).limit(1).scalar_subquery()
    box = sa.and_(mailbox_state.c.workspace_id == _WORKSPACE, mailbox_state.c.mailbox == message.c.mailbox)
    query = (
        judged(_WORKSPACE)
        .outerjoin(mailbox_state, box)
        .add_columns(
            mailbox_state.c.status.label("mailbox_status"), mailbox_state.c.failures.label("mailbox_failures"), *_spared()
        )
    )
    return query.where(message.c.id == chosen).with_for_update(of=[message, draft])


def _soonest(state: str, boxes: int, bounded: bool, of_one: bool) -> sa.Subquery:
    query = (
        sa.select(message.c.id, message.c.due_at)
        .join(campaign, campaign.c.id == message.c.campaign_id)
        .where(
            message.c.workspace_id == _WORKSPACE,
            message.c.state == state,
            message.c.due_at <= sa.bindparam("now"),
            message.c.mailbox.in_(slots("mailbox", boxes)),
            sa.or_(campaign.c.status == "sending", sa.and_(campaign.c.status == "completed", message.c.step >= FIRST_ANSWER)),
            campaign.c.paused_at.is_(None),
        )
    )
    query = query.where(message.c.due_at >= sa.bindparam("not_before")) if bounded else query
    query = query.where(message.c.campaign_id == sa.bindparam("campaign")) if of_one else query
    return query.order_by(message.c.due_at).limit(1).subquery()


def _spared() -> list[sa.Label[Any]]:
    """Columns whose answer is mostly no, and then saves the questions behind it."""
    other, twin, sister = message.alias("other"), contact.alias("twin"), company.alias("sister")
    told = fact.c.workspace_id == _WORKSPACE, fact.c.subject_type == "contact", fact.c.subject_id == message.c.contact_id
    left = sa.or_(other.c.handed_at >= sa.bindparam("since"), other.c.state == "claimed")
    same_firm = sister.c.workspace_id == _WORKSPACE, sister.c.merged_into == target.c.company_id
    merged_firm = sister.c.id == target.c.company_id, sister.c.workspace_id == _WORKSPACE, sister.c.merged_into.is_not(None)
    following = campaign_step.c.campaign_id == message.c.campaign_id, campaign_step.c.step == message.c.step + 1
    theirs = other.c.workspace_id == _WORKSPACE, other.c.contact_id == message.c.contact_id, other.c.id != message.c.id
    of_contact = (inbound_message.c.contact_id == message.c.contact_id,)
    from_address = (inbound_message.c.from_address == sa.func.lower(message.c.recipient),)
    return [
        contact.c.email_key.label("email_key"),
        _one(installation.c.fingerprint, installation.c.workspace_id == _WORKSPACE).label("owner"),
        _one(suppression_salt.c.salt, suppression_salt.c.workspace_id == _WORKSPACE).label("salt"),
        _one(campaign_step.c.wait_days, *following).label("next_wait_days"),
        sa.exists().where(twin.c.workspace_id == _WORKSPACE, twin.c.merged_into == message.c.contact_id).label("folded"),
        sa.or_(sa.exists().where(*same_firm), sa.exists().where(*merged_firm)).label("company_kin"),
        sa.exists().where(*told, fact.c.field == "email", fact.c.source == "import").label("told_otherwise"),
        sa.exists().where(*theirs, left).label("written"),
        sa.or_(waits(_WORKSPACE, *of_contact), waits(_WORKSPACE, *from_address)).label("wrote"),
    ]


def _one(column: sa.ColumnElement[Any], *found: sa.ColumnElement[bool]) -> sa.ScalarSelect[Any]:
    return sa.select(column).where(*found).scalar_subquery()


def count_of_mailbox(
    connection: sa.Connection,
    workspace_id: str,
    mailbox: str,
    *,
    hour_ago: datetime,
    day_start: datetime,
    cap: int,
    now: datetime,
) -> Count:
    """Count what a mailbox has let go; what is claimed and not yet handed over counts as leaving now."""
    values = {"workspace": workspace_id, "mailbox": mailbox, "hour_ago": hour_ago, "day_start": day_start}
    later, earlier, last, claimed = connection.execute(_counts(hour_ago >= day_start), values).one()
    hour, day = (later, later + earlier) if hour_ago >= day_start else (later + earlier, later)
    frees_from = None
    if hour and 0 < cap <= hour:
        handed = message.c.handed_at
        oldest = sa.select(handed).where(*_OF_MAILBOX, handed > hour_ago).order_by(handed.desc()).offset(cap - 1).limit(1)
        frees_from = connection.execute(oldest, {"workspace": workspace_id, "mailbox": mailbox}).scalar_one_or_none()
    return Count(hour + claimed, day + claimed, now if claimed else last, frees_from)


@cache
def _counts(hour_is_later: bool) -> sa.Select[int, int, Any, int]:
    """Count departures since the later of both bounds and between them, and what is claimed; find the last departure.

    Each is a range of one index and is counted as it is: to judge every row by both bounds takes six times as long.
    """
    handed = message.c.handed_at
    in_hour, in_day = handed > sa.bindparam("hour_ago"), handed >= sa.bindparam("day_start")
    later, earlier = (in_hour, in_day) if hour_is_later else (in_day, in_hour)
    number = sa.func.count()
    return sa.select(
        _one(number, *_OF_MAILBOX, later),
        _one(number, *_OF_MAILBOX, earlier, sa.not_(later)),
        _one(sa.func.max(handed), *_OF_MAILBOX, earlier),
        _one(number, *_OF_MAILBOX, message.c.state == "claimed"),
    )


def hand_over(connection: sa.Connection, workspace_id: str, row: Mapping[Any, Any], token: str, now: datetime) -> bool:
    """Pass a claimed message to ``handing`` if it is still held by ``token`` and nothing keeps it back; tell whether it was."""
    values = {"workspace": workspace_id, "key": row["id"], "token": token, "now": now}
    return connection.execute(_hand_over(), values).rowcount == 1


@cache
def _hand_over() -> sa.Update:
    """A paused campaign, a paused mailbox and a stopped sequence keep a message back, though it was claimed before."""
    box = mailbox_state.c.workspace_id == _WORKSPACE, mailbox_state.c.mailbox == message.c.mailbox
    halted = campaign.c.workspace_id == _WORKSPACE, campaign.c.id == message.c.campaign_id, campaign.c.paused_at.is_not(None)
    ended = enrolment.c.workspace_id == _WORKSPACE, enrolment.c.target_id == message.c.target_id, enrolment.c.status == "stopped"
    now = sa.bindparam("now", type_=message.c.handed_at.type)
    return (
        sa.update(message)
        .where(
            message.c.workspace_id == _WORKSPACE,
            message.c.id == sa.bindparam("key"),
            message.c.state == "claimed",
            message.c.claimed_by == sa.bindparam("token"),
            ~sa.exists().where(*box, mailbox_state.c.status == PAUSED),
            ~sa.exists().where(*halted),
            sa.or_(message.c.step >= FIRST_ANSWER, ~sa.exists().where(*ended)),
        )
        .values(state="handing", handed_at=now, updated_at=now)
    )
