"""Queries over what a campaign holds for everybody, without looking at texts: counts, and which mails come on a page.

A mail is a message, or, where there is none, the one at which somebody stands, or an approved answer. The rules here are
those that the record can tell for a hundred thousand people at once; what only the text and the suppressions tell is seen
by whoever reads the page, and again as each message is claimed. Suppressing somebody stops their sequence, so a stop says it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from gtm_pipelines.record.compare import unindexed
from gtm_pipelines.record.enrolments import FIRST_ANSWER
from gtm_pipelines.record.merges import merged_people
from gtm_pipelines.record.messages import IN_FLIGHT, WAITING
from gtm_pipelines.record.tables import contact, decision, draft, enrolment, message, target

_OTHER = message.alias("other")
_NONE = sa.literal(None, sa.Text)


@dataclass(frozen=True)
class Frame:
    """What a plan is made under.

    Attributes:
        workspace_id, campaign_id: of which campaign.
        now: the moment.
        stale_before: waiting messages due before this ask a person first.
        rested: whoever was written to after this is left in peace for now.
        mailboxes: names of those in force.
        paused: names of those from which nothing leaves.
        campaign_paused: nothing of the campaign leaves.
    """

    workspace_id: str
    campaign_id: str
    now: datetime
    stale_before: datetime
    rested: datetime
    mailboxes: Sequence[str]
    paused: Sequence[str]
    campaign_paused: bool


class Counted(NamedTuple):
    """How many mails share a state, a mailbox and the rule that stops them, and when the first and the last are due."""

    state: str
    rule: str | None
    detail: str | None
    mailbox: str
    number: int
    last_step: int
    first_due: datetime | None
    last_due: datetime | None
    due_now: int


class Key(NamedTuple):
    """One mail of a page."""

    target_id: str
    step: int


def counts(connection: sa.Connection, frame: Frame) -> list[Counted]:
    """Count every mail of a campaign: those that left by state, all others by rule."""
    found = [Counted(*row) for row in connection.execute(_left_counts(frame))]
    for mails in (_waiting(frame), _standing(frame), _answers(frame)):
        one = _judged(mails)
        due_now = sa.func.sum(sa.case((one.c.due_at <= frame.now, 1), else_=0))
        of = (one.c.state, one.c.rule, one.c.detail, one.c.mailbox)
        query = sa.select(
            *of, sa.func.count(), sa.func.max(one.c.step), sa.func.min(one.c.due_at), sa.func.max(one.c.due_at), due_now
        )
        found += [Counted(*row) for row in connection.execute(query.group_by(*of))]
    return found


def in_flight(connection: sa.Connection, frame: Frame) -> list[Key]:
    """Return the mails a worker holds, in order of step and person."""
    query = sa.select(message.c.step, message.c.contact_id, message.c.target_id)
    query = query.where(*_mine(message, frame), message.c.state.in_(IN_FLIGHT))  # few: found by their states, and sorted then
    return [Key(row[2], row[0]) for row in sorted(map(tuple, connection.execute(query)))]


def done(connection: sa.Connection, frame: Frame, *, limit: int, offset: int) -> list[Key]:
    """Return one page of the mails that left, may have left or never will, in order of step and person."""
    query = sa.select(message.c.target_id, message.c.step)
    query = query.where(*_mine(message, frame), message.c.state.not_in((*WAITING, *IN_FLIGHT)))
    ordered = query.order_by(message.c.step, message.c.contact_id)  # as the campaign's own index has them: nothing is sorted
    return [Key(*row) for row in connection.execute(ordered.limit(limit).offset(offset))]


def waiting(connection: sa.Connection, frame: Frame, *, limit: int) -> list[Key]:
    """Return the first messages that no rule stops, soonest first."""
    found = []
    for state in WAITING:
        mails = _waiting(frame, (state,)).add_columns(message.c.id)
        free = mails.where(_waiting_rule(frame).is_(None)).order_by(message.c.due_at, message.c.id).limit(limit)
        found += [(row.due_at, row.id, Key(row.target_id, row.step)) for row in connection.execute(free)]
    return [key for *_, key in sorted(found)[:limit]]


def ready(connection: sa.Connection, frame: Frame, *, limit: int) -> list[Key]:
    """Return the first approved mails without a message that no rule stops.

    Mails that may leave at once come first, then those that wait for their person, each in the order of people and steps.
    """
    standing, late = _standing(frame).where(_standing_rule(frame).is_(None)), _late(frame)
    answers = _answers(frame).where(_answer_rule(frame).is_(None))
    keys = _first(connection, (standing.where(sa.not_(late)), answers), limit)
    return keys if len(keys) == limit else keys + _first(connection, [standing.where(late)], limit - len(keys))


def stopped(connection: sa.Connection, frame: Frame, *, states: Set[str], limit: int, offset: int) -> list[Key]:
    """Return one page of the mails that a rule stops, in the order of people and steps.

    Args:
        connection: an open transaction.
        frame: what they are judged under.
        states: of the mails that ``counts`` knows to be stopped; no others are looked for.
        limit: most mails.
        offset: mails before them.
    """
    parts: list[sa.Select[Any]] = []
    if not states.isdisjoint(WAITING):
        parts.append(_waiting(frame).where(_waiting_rule(frame).is_not(None)))
    if "planned" in states:
        parts.append(_standing(frame).where(_standing_rule(frame).is_not(None)))
        parts.append(_answers(frame).where(_answer_rule(frame).is_not(None)))
    return _first(connection, parts, offset + limit)[offset:]


def _first(connection: sa.Connection, parts: Iterable[sa.Select[Any]], limit: int) -> list[Key]:
    """Read each part in its own order only as far as the page reaches; no part is sorted whole."""
    found: set[tuple[str, int, str]] = set()
    for mails in parts:
        person, step = mails.selected_columns["contact_id"], mails.selected_columns["step"]
        rows = connection.execute(mails.order_by(person, step).limit(limit))
        found |= {(row.contact_id, row.step, row.target_id) for row in rows}
    return [Key(target_id, step) for _, step, target_id in sorted(found)[:limit]]


def _judged(mails: sa.Select[Any]) -> sa.Subquery:
    """Judge each mail once: without a bound SQLite writes the rule out wherever it is named, and asks all of it anew."""
    return mails.offset(0).subquery()


def _left_counts(frame: Frame) -> sa.Select[Any]:
    of = (message.c.state, message.c.mailbox)
    empty = sa.literal(None, message.c.due_at.type)
    query = sa.select(message.c.state, _NONE, _NONE, message.c.mailbox, sa.func.count(), sa.func.max(message.c.step))
    query = query.add_columns(empty.label("first_due"), empty.label("last_due"), sa.literal(0))
    return query.where(*_mine(message, frame), message.c.state.not_in(WAITING)).group_by(*of)


def _mine(table: sa.Table, frame: Frame) -> tuple[sa.ColumnElement[bool], ...]:
    """Choose a campaign's rows by the campaign: SQLite would rather read a whole workspace in the order of a state."""
    return unindexed(table.c.workspace_id) == frame.workspace_id, table.c.campaign_id == frame.campaign_id


def _waiting(frame: Frame, states: Sequence[str] = WAITING) -> sa.Select[Any]:
    """Choose the messages that wait, each with the rule that stops it."""
    last = sa.select(sa.func.max(decision.c.id)).where(decision.c.draft_id == message.c.draft_id).correlate(message)
    why = sa.select(target.c.status_reason).where(target.c.id == message.c.target_id).correlate(message).scalar_subquery()
    detail = sa.case((message.c.target_id.in_(_left_out(frame)), why), else_=enrolment.c.reason)
    columns = (
        message.c.target_id, message.c.contact_id, message.c.step, message.c.mailbox, message.c.state,
        _waiting_rule(frame).label("rule"), detail.label("detail"), message.c.due_at,
    )  # fmt: skip
    joined = (
        message.join(contact, contact.c.id == message.c.contact_id)
        .join(draft, draft.c.id == message.c.draft_id)
        .outerjoin(enrolment, enrolment.c.target_id == message.c.target_id)
        .outerjoin(decision, decision.c.id == last.scalar_subquery())
    )
    mine = _mine(message, frame)
    if len(states) == 1:  # these are read in the order in which they are due
        mine = message.c.workspace_id == frame.workspace_id, message.c.campaign_id == frame.campaign_id
    return sa.select(*columns).select_from(joined).where(*mine, message.c.state.in_(states))


def _left_out(frame: Frame) -> sa.Select[Any]:
    """Choose the few whom nothing is sent to any more: asked as a set, nobody's snapshot is read for it."""
    return sa.select(target.c.id).where(*_mine(target, frame), target.c.status != "active")


def _waiting_rule(frame: Frame) -> sa.Case[Any]:
    void = sa.or_(
        decision.c.kind != "approve",
        draft.c.status != "approved",
        decision.c.content_hash != draft.c.content_hash,
        message.c.content_hash != draft.c.content_hash,
    )
    ended = sa.and_(enrolment.c.status == "stopped", message.c.step < FIRST_ANSWER)
    return sa.case(
        (message.c.target_id.in_(_left_out(frame)), "target.excluded"),
        (contact.c.merged_into.is_not(None), "contact.merged"),
        (ended, "sequence.stopped"),
        (message.c.mailbox.not_in(frame.mailboxes), "mailbox.unknown"),
        (contact.c.do_not_contact, "contact.do_not_contact"),
        (message.c.due_at < frame.stale_before, "overdue.confirm"),
        (decision.c.id.is_(None), "approval.missing"),
        (void, "approval.void"),
        *_pauses(frame, message.c.mailbox),
        else_=_NONE,
    )


def _pauses(frame: Frame, mailbox: sa.ColumnElement[str]) -> list[tuple[sa.ColumnElement[bool], str]]:
    whole = sa.true() if frame.campaign_paused else sa.false()
    return [(whole, "campaign.paused"), (mailbox.in_(frame.paused), "mailbox.paused")]


_STEP = sa.func.coalesce(enrolment.c.step, 1)
_UNWRITTEN, _REJECTED, _UNDECIDED = range(3)


def _standing(frame: Frame) -> sa.Select[Any]:
    """Choose the mails at which people stand and of which there is no message, each with the rule that stops it."""
    of = _OTHER.c.campaign_id == target.c.campaign_id, _OTHER.c.contact_id == target.c.contact_id
    made = sa.exists().where(*of, _OTHER.c.step == _STEP).correlate(target, enrolment)
    begun = sa.exists().where(_OTHER.c.contact_id == target.c.contact_id, _OTHER.c.target_id == target.c.id)
    over = sa.and_(sa.func.coalesce(enrolment.c.status, "") == "finished", begun.correlate(target))
    detail = sa.case((target.c.status != "active", target.c.status_reason), else_=enrolment.c.reason)
    columns = (
        target.c.id.label("target_id"), target.c.contact_id, _STEP.label("step"), target.c.mailbox,
        sa.literal("planned").label("state"), _standing_rule(frame).label("rule"), detail.label("detail"),
        sa.literal(None, message.c.due_at.type).label("due_at"),
    )  # fmt: skip
    joined = target.outerjoin(enrolment, enrolment.c.target_id == target.c.id)
    return sa.select(*columns).select_from(joined).where(*_mine(target, frame), sa.not_(made), sa.not_(over))


def _late(frame: Frame) -> sa.ColumnElement[bool]:
    """Tell who is surely left in peace for now: written to of late, or soon, or not before a moment to come."""
    moment = sa.func.coalesce(_OTHER.c.handed_at, _OTHER.c.claimed_at, _OTHER.c.due_at, type_=message.c.due_at.type)
    counts = sa.or_(_OTHER.c.handed_at.is_not(None), _OTHER.c.state == "claimed", _OTHER.c.state.in_(WAITING))
    mine = unindexed(_OTHER.c.workspace_id) == frame.workspace_id, _OTHER.c.contact_id == target.c.contact_id
    lately = sa.exists().where(*mine, counts, moment > frame.rested).correlate(target)
    return sa.or_(lately, sa.func.coalesce(enrolment.c.next_at > frame.now, sa.false()))


def _standing_rule(frame: Frame) -> sa.Case[Any]:
    away = sa.or_(enrolment.c.paused_until.is_(None), enrolment.c.paused_until > frame.now)
    unwritten = sa.case((enrolment.c.next_at > frame.now, "sequence.wait"), else_="draft.missing")
    held = {_UNWRITTEN: unwritten, _REJECTED: sa.literal("draft.rejected"), _UNDECIDED: sa.literal("approval.missing")}
    return sa.case(
        (target.c.status != "active", "target.excluded"),
        (target.c.contact_id.in_(merged_people(frame.workspace_id)), "contact.merged"),
        (enrolment.c.status == "stopped", "sequence.stopped"),
        (sa.and_(enrolment.c.status == "paused", away), "sequence.paused"),
        else_=sa.case(held, value=_furthest(), else_=_ready_rule(frame)),
    )


def _furthest() -> sa.ColumnElement[int]:
    """Tell how far the drafts of a mail have come; beyond ``_UNDECIDED`` one is approved. Asked once for each person."""
    come = sa.case((draft.c.status == "rejected", _REJECTED), (sa.and_(*_approved()), _UNDECIDED + 1), else_=_UNDECIDED)
    query = sa.select(sa.func.coalesce(sa.func.max(come), _UNWRITTEN))
    of = draft.c.campaign_id == target.c.campaign_id, draft.c.target_id == target.c.id, draft.c.step == _STEP
    return query.where(*of).correlate(target, enrolment).scalar_subquery()


def _ready_rule(frame: Frame) -> sa.Case[Any]:
    gone = target.c.mailbox.not_in(frame.mailboxes)
    return sa.case((gone, "mailbox.unknown"), *_pauses(frame, target.c.mailbox), else_=_NONE)


def _answers(frame: Frame) -> sa.Select[Any]:
    """Choose the approved answers of which there is no message, each with the rule that stops it."""
    of = _OTHER.c.campaign_id == draft.c.campaign_id, _OTHER.c.contact_id == draft.c.contact_id
    made = sa.exists().where(*of, _OTHER.c.step == draft.c.step).correlate(draft)
    columns = (
        draft.c.target_id, draft.c.contact_id, draft.c.step, target.c.mailbox, sa.literal("planned").label("state"),
        _answer_rule(frame).label("rule"), _NONE.label("detail"), sa.literal(None, message.c.due_at.type).label("due_at"),
    )  # fmt: skip
    joined = draft.join(target, target.c.id == draft.c.target_id)
    mine = (draft.c.workspace_id == frame.workspace_id, draft.c.campaign_id == frame.campaign_id)
    answers = sa.select(*columns).select_from(joined).where(*mine, draft.c.step >= FIRST_ANSWER, *_approved())
    return answers.where(target.c.status == "active", sa.not_(made)).distinct()


def _answer_rule(frame: Frame) -> sa.Case[Any]:
    return sa.case((target.c.contact_id.in_(merged_people(frame.workspace_id)), "contact.merged"), else_=_ready_rule(frame))


def _approved() -> tuple[sa.ColumnElement[bool], ...]:
    """Tell that the newest decision approves what a draft says."""
    said = decision.alias("said")
    agrees = sa.and_(said.c.kind == "approve", said.c.content_hash == draft.c.content_hash)
    newest = sa.select(agrees).where(said.c.draft_id == draft.c.id).order_by(said.c.id.desc()).limit(1)
    return draft.c.status == "approved", newest.correlate(draft).scalar_subquery()
