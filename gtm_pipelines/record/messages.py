"""Queries over messages: the ledger of everything that left, may leave or may have left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from gtm_pipelines.record import merges
from gtm_pipelines.record.enrolments import FIRST_ANSWER
from gtm_pipelines.record.tables import campaign, contact, decision, draft, enrolment, message, target
from gtm_pipelines.record.upsert import among, chunks

WAITING = ("queued", "deferred")
IN_FLIGHT = ("claimed", "handing")
_BATCH = 500
_OF_MAILBOX = (message.c.workspace_id == sa.bindparam("workspace"), message.c.mailbox == sa.bindparam("mailbox"))
_LATEST = (
    sa.select(sa.func.max(decision.c.id)).where(decision.c.draft_id == message.c.draft_id).correlate(message).scalar_subquery()
)


class Count(NamedTuple):
    """What a mailbox has let go: in the last hour, today, and last."""

    hour: int
    day: int
    last: datetime | None
    hour_frees_from: datetime | None


def judged(workspace_id: str | sa.BindParameter[str]) -> sa.Select[Any]:
    """Select messages with everything the last check looks at; messages as they are, the rest labelled."""
    return (
        sa.select(
            message,
            campaign.c.status.label("campaign_status"),
            target.c.status.label("target_status"),
            target.c.status_reason.label("target_reason"),
            target.c.company_id,
            target.c.snapshot,
            enrolment.c.status.label("enrolment_status"),
            enrolment.c.reason.label("enrolment_reason"),
            enrolment.c.step.label("enrolment_step"),
            enrolment.c.next_at,
            enrolment.c.paused_until,
            contact.c.full_name.label("contact_name"),
            contact.c.do_not_contact,
            contact.c.merged_into,
            draft.c.status.label("draft_status"),
            draft.c.content_hash.label("draft_hash"),
            decision.c.kind.label("decision_kind"),
            decision.c.content_hash.label("decision_hash"),
        )
        .join(campaign, campaign.c.id == message.c.campaign_id)
        .join(target, target.c.id == message.c.target_id)
        .outerjoin(enrolment, enrolment.c.target_id == message.c.target_id)
        .join(contact, contact.c.id == message.c.contact_id)
        .join(draft, draft.c.id == message.c.draft_id)
        .outerjoin(decision, decision.c.id == _LATEST)
        .where(message.c.workspace_id == workspace_id)
    )


def next_due(
    connection: sa.Connection,
    workspace_id: str,
    *,
    mailboxes: Sequence[str],
    now: datetime,
    not_before: datetime | None,
    campaign_id: str | None,
) -> sa.RowMapping | None:
    """Return the message that is due the longest in one of ``mailboxes``, holding its draft until the commit."""
    values = {"workspace": workspace_id, "now": now, "mailboxes": list(mailboxes)}
    values |= {"not_before": not_before} if not_before else {}
    values |= {"campaign": campaign_id} if campaign_id else {}
    query = _next_due(not_before is not None, campaign_id is not None)
    return connection.execute(query, values).mappings().one_or_none()


@cache
def _next_due(bounded: bool, of_one: bool) -> sa.Select[Any]:
    """Build the question once: workers ask it for every message."""
    query = judged(sa.bindparam("workspace")).where(
        message.c.state.in_(WAITING),
        message.c.due_at <= sa.bindparam("now"),
        message.c.mailbox.in_(sa.bindparam("mailboxes", expanding=True)),
        sa.or_(campaign.c.status == "sending", sa.and_(campaign.c.status == "completed", message.c.step >= FIRST_ANSWER)),
        campaign.c.paused_at.is_(None),
    )
    query = query.where(message.c.due_at >= sa.bindparam("not_before")) if bounded else query
    query = query.where(message.c.campaign_id == sa.bindparam("campaign")) if of_one else query
    return query.order_by(message.c.due_at, message.c.id).limit(1).with_for_update(of=[message, draft])


def of_campaign(connection: sa.Connection, workspace_id: str, campaign_id: str) -> list[sa.RowMapping]:
    """Return every message of a campaign with what the last check looks at, in order of dueness."""
    query = judged(workspace_id).where(message.c.campaign_id == campaign_id).order_by(message.c.due_at, message.c.id)
    return list(connection.execute(query).mappings())


def count_of_mailbox(
    connection: sa.Connection,
    workspace_id: str,
    mailbox: str,
    *,
    hour_ago: datetime,
    day_start: datetime,
    now: datetime,
    cap: int,
) -> Count:
    """Count what a mailbox has let go; what is claimed and not yet handed over counts as leaving now."""
    values = {"workspace": workspace_id, "mailbox": mailbox, "hour_ago": hour_ago, "day_start": day_start}
    values["since"] = min(hour_ago, day_start)
    hour, day, last = connection.execute(_counts(), values).one()
    claimed = connection.execute(_claimed(), {"workspace": workspace_id, "mailbox": mailbox}).scalar_one()
    frees_from = None
    if hour and 0 < cap <= hour:
        handed = message.c.handed_at
        oldest = sa.select(handed).where(*_OF_MAILBOX, handed > hour_ago).order_by(handed.desc()).offset(cap - 1).limit(1)
        frees_from = connection.execute(oldest, {"workspace": workspace_id, "mailbox": mailbox}).scalar_one_or_none()
    return Count(hour + claimed, day + claimed, now if claimed else last, frees_from)


@cache
def _counts() -> sa.Select[int, int, Any]:
    """Count departures in the last hour and today, and find the last one."""
    handed = message.c.handed_at
    hour, day = handed > sa.bindparam("hour_ago"), handed >= sa.bindparam("day_start")
    counts = sa.select(sa.func.count().filter(hour), sa.func.count().filter(day), sa.func.max(handed))
    return counts.where(*_OF_MAILBOX, handed >= sa.bindparam("since"))


@cache
def _claimed() -> sa.Select[Any]:
    return sa.select(sa.func.count()).select_from(message).where(*_OF_MAILBOX, message.c.state == "claimed")


def left(connection: sa.Connection, workspace_id: str, mailbox: str, *, since: datetime, now: datetime) -> list[datetime]:
    """Return when mail left a mailbox since then; what is claimed leaves now."""
    mine = message.c.workspace_id == workspace_id, message.c.mailbox == mailbox
    handed = connection.scalars(sa.select(message.c.handed_at).where(*mine, message.c.handed_at >= since))
    claimed = connection.execute(sa.select(sa.func.count()).where(*mine, message.c.state == "claimed")).scalar_one()
    return [moment for moment in handed if moment] + [now] * claimed


def first_left(connection: sa.Connection, workspace_id: str, mailbox: str) -> datetime | None:
    """Return when the first message ever left a mailbox; ``None`` before there was one."""
    mine = message.c.workspace_id == workspace_id, message.c.mailbox == mailbox, message.c.handed_at.is_not(None)
    query = sa.select(message.c.handed_at).where(*mine).order_by(message.c.handed_at).limit(1)
    return connection.execute(query).scalar_one_or_none()


def wanted(connection: sa.Connection, workspace_id: str, ids: Sequence[str]) -> list[sa.RowMapping]:
    """Return messages by id as ``judged`` does, in order of dueness."""
    found: list[sa.RowMapping] = []
    for part in chunks(ids):
        found += connection.execute(judged(workspace_id).where(among(connection, message.c.id, part))).mappings()
    return sorted(found, key=lambda row: (row["due_at"], row["id"]))


def thread(connection: sa.Connection, workspace_id: str, campaign_id: str) -> dict[str, list[str]]:
    """Return, by contact, the Message-IDs of a campaign's mails that left, in the order of its steps."""
    query = sa.select(message.c.contact_id, message.c.rfc_message_id).where(
        message.c.workspace_id == workspace_id, message.c.campaign_id == campaign_id,
        message.c.step < FIRST_ANSWER, message.c.handed_at.is_not(None),
    )  # fmt: skip
    found: dict[str, list[str]] = {}
    for contact_id, rfc_message_id in connection.execute(query.order_by(message.c.step)):
        found.setdefault(contact_id, []).append(rfc_message_id)
    return found


def due(connection: sa.Connection, workspace_id: str, mailbox: str) -> list[datetime]:
    """Return the moments at which a mailbox's waiting messages are due."""
    mine = message.c.workspace_id == workspace_id, message.c.mailbox == mailbox, message.c.state.in_(WAITING)
    return list(connection.scalars(sa.select(message.c.due_at).where(*mine)))


def contact_moments(
    connection: sa.Connection, workspace_id: str, contact_ids: Sequence[str], *, since: datetime, waiting: bool = False
) -> dict[str, list[datetime]]:
    """Return, by contact, when mail to them left since then, over all campaigns; claimed mail counts as left.

    Mail to a row that was merged with a contact went to the same person, and counts.

    Args:
        waiting: count mail that is queued too, at the moment it is due.
    """
    found: dict[str, list[datetime]] = {}
    counts = sa.or_(message.c.handed_at >= since, message.c.state == "claimed")
    if waiting:
        counts = sa.or_(counts, message.c.state.in_(WAITING))
    moment = sa.func.coalesce(message.c.handed_at, message.c.claimed_at, message.c.due_at, type_=message.c.due_at.type)
    kin = merges.relatives(connection, workspace_id, "contact", contact_ids)
    owners: dict[str, list[str]] = {one: [one] for one in contact_ids}
    for one, others in kin.items():
        for other in others:
            owners.setdefault(other, []).append(one)
    everybody = sorted(owners)
    for start in range(0, len(everybody), _BATCH):
        chunk = everybody[start : start + _BATCH]
        query = sa.select(message.c.contact_id, moment).where(
            message.c.workspace_id == workspace_id, message.c.contact_id.in_(chunk), counts
        )
        for contact_id, at in connection.execute(query.order_by(moment)):
            for owner in owners[contact_id]:
                found.setdefault(owner, []).append(at)
    return {owner: sorted(moments) for owner, moments in found.items()}


def insert(connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Queue messages."""
    if rows:
        connection.execute(sa.insert(message), list(rows))


def change(
    connection: sa.Connection,
    workspace_id: str,
    message_id: str,
    *,
    states: Iterable[str],
    values: Mapping[str, Any],
    claimed_by: str | None = None,
) -> bool:
    """Change a message only if it still is in one of ``states``, and held by ``claimed_by`` if named; tell whether it was."""
    mine = message.c.workspace_id == workspace_id, message.c.id == message_id, message.c.state.in_(list(states))
    query = sa.update(message).where(*mine).values(**values)
    query = query.where(message.c.claimed_by == claimed_by) if claimed_by else query
    return connection.execute(query).rowcount == 1


def reschedule(connection: sa.Connection, workspace_id: str, moments: Sequence[tuple[str, datetime]], *, at: datetime) -> None:
    """Give waiting messages new moments."""
    if moments:
        mine = message.c.workspace_id == workspace_id, message.c.id == sa.bindparam("key")
        still = sa.or_(*(message.c.state == state for state in WAITING))
        values = {"due_at": sa.bindparam("due", type_=message.c.due_at.type), "updated_at": at}
        connection.execute(
            sa.update(message).where(*mine, still).values(**values), [{"key": key, "due": moment} for key, moment in moments]
        )


def in_flight(connection: sa.Connection, workspace_id: str) -> list[sa.Row[Any]]:
    """Return id, campaign, contact, state and worker of every claim."""
    columns = message.c.id, message.c.campaign_id, message.c.contact_id, message.c.state, message.c.claimed_by
    return list(
        connection.execute(sa.select(*columns).where(message.c.workspace_id == workspace_id, message.c.state.in_(IN_FLIGHT)))
    )


def in_state(connection: sa.Connection, workspace_id: str, state: str, campaign_id: str | None = None) -> list[sa.RowMapping]:
    """Return the messages in a state, oldest first."""
    query = sa.select(message).where(message.c.workspace_id == workspace_id, message.c.state == state)
    query = query.where(message.c.campaign_id == campaign_id) if campaign_id else query
    return list(connection.execute(query.order_by(message.c.updated_at, message.c.id)).mappings())


def get(connection: sa.Connection, workspace_id: str, message_id: str) -> sa.RowMapping | None:
    """Return one message."""
    query = sa.select(message).where(message.c.workspace_id == workspace_id, message.c.id == message_id)
    return connection.execute(query.with_for_update()).mappings().one_or_none()


def waiting(connection: sa.Connection, workspace_id: str, campaign_id: str | None) -> list[sa.Row[Any]]:
    """Return id, mailbox, dueness, and state and pause of the campaign of every waiting message, in order of dueness."""
    columns = (
        message.c.id,
        message.c.step,
        message.c.mailbox,
        message.c.due_at,
        campaign.c.status.label("campaign_status"),
        campaign.c.paused_at,
    )
    query = (
        sa.select(*columns)
        .join(campaign, campaign.c.id == message.c.campaign_id)
        .where(message.c.workspace_id == workspace_id, message.c.state.in_(WAITING))
    )
    query = query.where(message.c.campaign_id == campaign_id) if campaign_id else query
    return list(connection.execute(query.order_by(message.c.due_at, message.c.id)))


def mark_contacted(connection: sa.Connection, workspace_id: str, contact_id: str, at: datetime) -> None:
    """Note on the contact that mail went out; what an answer said of it stays."""
    standing = merges.roots(connection, workspace_id, "contact", [contact_id])[contact_id]
    mine = contact.c.workspace_id == workspace_id, contact.c.id.in_({contact_id, standing})
    status = sa.func.coalesce(contact.c.campaign_status, "contacted")
    connection.execute(sa.update(contact).where(*mine).values(last_outreach_at=at, campaign_status=status, updated_at=at))
