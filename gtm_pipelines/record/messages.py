"""Queries over messages: the ledger of everything that left, may leave or may have left."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.record import merges
from gtm_pipelines.record.compare import unindexed
from gtm_pipelines.record.enrolments import FIRST_ANSWER
from gtm_pipelines.record.tables import campaign, contact, decision, draft, enrolment, message, target
from gtm_pipelines.record.upsert import among, chunks

WAITING = ("queued", "deferred")
IN_FLIGHT = ("claimed", "handing")
_BATCH = 500
_LATEST = (
    sa.select(sa.func.max(decision.c.id)).where(decision.c.draft_id == message.c.draft_id).correlate(message).scalar_subquery()
)


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


def of_campaign(
    connection: sa.Connection, workspace_id: str, campaign_id: str, *, only: Collection[str] | None = None
) -> list[sa.RowMapping]:
    """Return every message of a campaign with what the last check looks at, in order of dueness; ``only`` of these contacts."""
    if only is not None:  # found by the people, not by all of the campaign
        mine = unindexed(message.c.campaign_id) == campaign_id, among(connection, message.c.contact_id, only)
        return wanted(connection, workspace_id, connection.execute(sa.select(message.c.id).where(*mine)).scalars().all())
    query = judged(workspace_id).where(message.c.campaign_id == campaign_id).order_by(message.c.due_at, message.c.id)
    return list(connection.execute(query).mappings())


def left(connection: sa.Connection, workspace_id: str, mailbox: str, *, since: datetime, now: datetime) -> list[datetime]:
    """Return when mail left a mailbox since then; what is claimed leaves now."""
    mine = message.c.workspace_id == workspace_id, message.c.mailbox == mailbox
    handed = connection.scalars(sa.select(message.c.handed_at).where(*mine, message.c.handed_at >= since))
    claimed = connection.execute(sa.select(sa.func.count()).where(*mine, message.c.state == "claimed")).scalar_one()
    return [moment for moment in handed if moment] + [now] * claimed


def handed_since(connection: sa.Connection, workspace_id: str, since: datetime) -> sa.ColumnElement[bool]:
    """Choose the messages handed over since then, mailbox by mailbox, as an index has them."""
    named = message.c.mailbox.in_(mailboxes(connection, workspace_id))
    return sa.and_(message.c.workspace_id == workspace_id, named, message.c.handed_at >= since)


def mailboxes(connection: sa.Connection, workspace_id: str) -> list[str]:
    """Return the names of the mailboxes that messages are of: one look at an index for each."""
    mine, names = message.c.workspace_id == workspace_id, [""]
    following = sa.select(sa.func.min(message.c.mailbox)).where(mine)
    while (name := connection.execute(following.where(message.c.mailbox > names[-1])).scalar_one()) is not None:
        names.append(name)
    return names[1:]


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


def due(connection: sa.Connection, workspace_id: str, mailbox: str, *, but_of: str | None = None) -> list[datetime]:
    """Return the moments at which a mailbox's waiting messages are due; those of one campaign left out, if it is named."""
    mine = [message.c.workspace_id == workspace_id, unindexed(message.c.mailbox) == mailbox, message.c.state.in_(WAITING)]
    mine += [message.c.campaign_id != but_of] if but_of else []
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
            unindexed(message.c.workspace_id) == workspace_id, message.c.contact_id.in_(chunk), counts
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
    given = {f"new_{name}": value for name, value in values.items()}
    given |= {"workspace": workspace_id, "key": message_id} | ({"holder": claimed_by} if claimed_by else {})
    return connection.execute(_change(tuple(states), tuple(values), bool(claimed_by)), given).rowcount == 1


@cache
def _change(states: tuple[str, ...], columns: tuple[str, ...], held: bool) -> sa.Update:
    """Build each of the few changes once: workers make them for every message."""
    mine = message.c.workspace_id == sa.bindparam("workspace"), message.c.id == sa.bindparam("key"), message.c.state.in_(states)
    new = {name: sa.bindparam(f"new_{name}", type_=message.c[name].type) for name in columns}
    query = sa.update(message).where(*mine).values(**new)
    return query.where(message.c.claimed_by == sa.bindparam("holder")) if held else query


def stopped_of(connection: sa.Connection, workspace_id: str, target_id: str, rule: str) -> list[str]:
    """Return the messages of a target that a rule stopped before they were handed over."""
    query = sa.select(message.c.id).where(
        message.c.workspace_id == workspace_id, message.c.target_id == target_id, message.c.state == "failed",
        message.c.handed_at.is_(None), message.c.last_error.startswith(f"{rule}:", autoescape=True),
    )  # fmt: skip
    return list(connection.execute(query).scalars())


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
    """Return id, campaign, contact, step, state, worker and hand-over of every claim."""
    named = "id", "campaign_id", "contact_id", "step", "state", "claimed_by", "handed_at"
    columns = [message.c[name] for name in named]
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
    """Note on the contact that mail went out, and on the one who stands for them; what an answer said of it stays."""
    values = {"workspace": workspace_id, "key": contact_id, "at": at}
    if connection.execute(_mark_contacted(), values).scalar_one_or_none() is not None:
        standing = merges.roots(connection, workspace_id, "contact", [contact_id])[contact_id]
        connection.execute(_mark_contacted(), values | {"key": standing})


@cache
def _mark_contacted() -> sa.UpdateBase:
    mine = contact.c.workspace_id == sa.bindparam("workspace"), contact.c.id == sa.bindparam("key")
    at = sa.bindparam("at", type_=contact.c.last_outreach_at.type)
    status = sa.func.coalesce(contact.c.campaign_status, "contacted")
    marked = sa.update(contact).where(*mine).values(last_outreach_at=at, campaign_status=status, updated_at=at)
    return marked.returning(contact.c.merged_into)


def count_due(connection: sa.Connection, workspace_id: str, campaign_id: str | None, now: datetime) -> dict[str, int]:
    """Count, by mailbox, the waiting messages whose moment has come, whatever else may hold them back."""
    due = message.c.workspace_id == workspace_id, message.c.state.in_(WAITING), message.c.due_at <= now
    query = sa.select(message.c.mailbox, sa.func.count()).where(*due).group_by(message.c.mailbox)
    query = query.where(message.c.campaign_id == campaign_id) if campaign_id else query
    return {mailbox: int(number) for mailbox, number in connection.execute(query)}


def due_by(connection: sa.Connection, workspace_id: str, moment: datetime) -> list[sa.RowMapping]:
    """Return what was due to leave by then, and what somebody had in hand."""
    names = "id", "campaign_id", "contact_id", "state", "due_at", "handed_at"
    due = sa.and_(message.c.state.in_(WAITING), message.c.due_at <= moment)
    query = sa.select(*(message.c[name] for name in names)).where(
        message.c.workspace_id == workspace_id, sa.or_(due, message.c.state.in_(IN_FLIGHT))
    )
    return list(connection.execute(query.order_by(message.c.id)).mappings())
