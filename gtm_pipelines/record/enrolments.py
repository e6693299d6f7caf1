"""Queries over enrolments: where people stand in the sequences of campaigns, and the only passages between these states.

An enrolment is made once, when its target is frozen, and never again. ``active`` and ``paused`` may pass into each
other; ``stopped`` and ``finished`` are for good, save that a person takes back what a person stopped. Whoever settles
a message as sent, or reads an answer that ends or interrupts a sequence, calls the passage in the transaction that
writes the fact down.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.ids import new_ids
from gtm_pipelines.record import merges, standing
from gtm_pipelines.record.tables import campaign, campaign_step, enrolment, pack_version
from gtm_pipelines.record.upsert import LOOKUP_SIZE, among, chunks
from gtm_pipelines.record.workdays import add_working_days, place_of

OPEN = ("active", "paused")
"""States in which a further mail may still come."""
STOPS = ("replied", "bounced", "unsubscribed", "complained", "meeting", "company", "person")
"""Why an enrolment is stopped."""
OUT_OF_OFFICE = "out_of_office"
FIRST_ANSWER = 1001
"""Mails from this step on answer what somebody wrote; no sequence counts them."""
_INSERT = 2_000
_FINISHED: dict[str, Any] = {"status": "finished", "reason": None, "next_at": None, "paused_until": None}


def enrol(connection: sa.Connection, workspace_id: str, targets: Sequence[Mapping[str, Any]], at: datetime) -> None:
    """Enrol freshly frozen targets; of excluded ones nothing is made."""
    active = [one for one in targets if one["status"] == "active"]
    shared = {"workspace_id": workspace_id, "status": "active", "step": 1, "created_at": at, "updated_at": at}
    rows = [
        {"id": key, "campaign_id": one["campaign_id"], "target_id": one["id"], "contact_id": one["contact_id"],
         "company_id": one["company_id"]} | shared
        for key, one in zip(new_ids(len(active)), active, strict=True)
    ]  # fmt: skip
    for start in range(0, len(rows), _INSERT):
        connection.execute(sa.insert(enrolment), rows[start : start + _INSERT])


def add_steps(connection: sa.Connection, workspace_id: str, campaign_id: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Freeze the later mails of a campaign; each row has step, pack_version_id, variants, wait_days and created_at."""
    held = list(rows)
    values = [
        {"id": key, "workspace_id": workspace_id, "campaign_id": campaign_id, **row}
        for key, row in zip(new_ids(len(held)), held, strict=True)
    ]
    if values:
        connection.execute(sa.insert(campaign_step), values)


def steps(connection: sa.Connection, workspace_id: str, campaign_id: str) -> list[sa.RowMapping]:
    """Return a campaign's later mails in order, each with ``pack`` and ``pack_version`` (its number)."""
    query = (
        sa.select(campaign_step, pack_version.c.pack, pack_version.c.version.label("pack_version"))
        .join(pack_version, pack_version.c.id == campaign_step.c.pack_version_id)
        .where(campaign_step.c.workspace_id == workspace_id, campaign_step.c.campaign_id == campaign_id)
    )
    return list(connection.execute(query.order_by(campaign_step.c.step)).mappings())


def of_target(connection: sa.Connection, workspace_id: str, target_id: str) -> sa.RowMapping | None:
    """Return the enrolment of one target, if it has one."""
    query = sa.select(enrolment).where(enrolment.c.workspace_id == workspace_id, enrolment.c.target_id == target_id)
    return connection.execute(query).mappings().one_or_none()


def of_campaign(
    connection: sa.Connection,
    workspace_id: str,
    campaign_id: str,
    *,
    status: str | None = None,
    only: Collection[str] | None = None,
) -> list[sa.RowMapping]:
    """Return every enrolment of a campaign, in order of arrival; ``only`` of these targets."""
    mine = enrolment.c.workspace_id.concat("") == workspace_id  # SQLite would rather read a whole workspace
    query = sa.select(enrolment).where(mine, enrolment.c.campaign_id == campaign_id)
    if only is not None:
        of = enrolment.c.campaign_id.concat("") == campaign_id, among(connection, enrolment.c.target_id, only)
        query = sa.select(enrolment).where(mine, *of)
    query = query.where(enrolment.c.status == status) if status else query
    return list(connection.execute(query.order_by(enrolment.c.id)).mappings())


def due(
    connection: sa.Connection, workspace_id: str, campaign_id: str, *, by: datetime | None = None, step: int | None = None
) -> list[sa.RowMapping]:
    """Return the enrolments that go on and whose next mail is a later one, soonest first.

    Args:
        connection: an open transaction.
        workspace_id: whose enrolments.
        campaign_id: of which campaign.
        by: only those whose mail may leave at this moment or before, people who are back by then among them;
            all that are active now if absent.
        step: only those that stand at this mail.
    """
    query = sa.select(enrolment).where(
        enrolment.c.workspace_id == workspace_id, enrolment.c.campaign_id == campaign_id,
        going(by), enrolment.c.step > 1, enrolment.c.next_at.is_not(None),
    )  # fmt: skip
    query = query.where(enrolment.c.next_at <= by) if by is not None else query
    query = query.where(enrolment.c.step == step) if step is not None else query
    return list(connection.execute(query.order_by(enrolment.c.next_at, enrolment.c.id)).mappings())


def going(at: datetime | None) -> sa.ColumnElement[bool]:
    """A sequence goes on: it is active, or its pause has ended by a moment, if one is named."""
    active = enrolment.c.status == "active"
    return active if at is None else sa.or_(active, sa.and_(enrolment.c.status == "paused", enrolment.c.paused_until <= at))


def waiting(connection: sa.Connection, workspace_id: str, campaign_id: str, *, at: datetime) -> bool:
    """Tell whether a later mail of somebody in a campaign waits for its time, or for somebody to be back."""
    later = sa.or_(
        sa.and_(enrolment.c.status == "active", enrolment.c.step > 1, enrolment.c.next_at > at), enrolment.c.status == "paused"
    )
    query = sa.select(enrolment.c.id).where(
        enrolment.c.workspace_id == workspace_id, enrolment.c.campaign_id == campaign_id, later
    )
    return connection.execute(query.limit(1)).first() is not None


def counts(connection: sa.Connection, workspace_id: str, campaign_id: str) -> dict[tuple[int, str, str | None], int]:
    """Count a campaign's enrolments by the mail they stand at, their status and its reason."""
    keys = (enrolment.c.step, enrolment.c.status, enrolment.c.reason)
    mine = enrolment.c.workspace_id.concat("") == workspace_id, enrolment.c.campaign_id == campaign_id
    query = sa.select(*keys, sa.func.count()).where(*mine)
    rows = connection.execute(query.group_by(*keys))
    return {(int(row[0]), str(row[1]), row[2]): int(row[3]) for row in rows}


def stop(
    connection: sa.Connection,
    workspace_id: str,
    *,
    contact_id: str,
    campaign_id: str | None,
    reason: str,
    cause_id: str | None,
    at: datetime,
) -> int:
    """Stop somebody's sequences for good and return how many; one that is stopped or finished stays as it is.

    Args:
        connection: the transaction that writes down why.
        workspace_id: whose enrolments.
        contact_id: who; the rows merged with theirs are the same person.
        campaign_id: in this campaign only; in all if absent.
        reason: one of ``STOPS``.
        cause_id: the inbound message that stops it, if one does.
        at: the moment.
    """
    query = _open(workspace_id, campaign_id).where(_whose(connection, workspace_id, contact_id))
    return connection.execute(
        query.values(status="stopped", reason=reason, cause_id=cause_id, paused_until=None, updated_at=at)
    ).rowcount


def stop_targets(connection: sa.Connection, workspace_id: str, target_ids: Iterable[str], *, at: datetime) -> None:
    """Stop the sequences of targets that a person took out, or whose person is forgotten."""
    for part in chunks(target_ids, LOOKUP_SIZE):
        mine = _open(workspace_id, None).where(among(connection, enrolment.c.target_id, part))
        connection.execute(mine.values(status="stopped", reason="person", paused_until=None, updated_at=at))


def stop_these(connection: sa.Connection, workspace_id: str, ids: Iterable[str], *, reason: str, at: datetime) -> int:
    """Stop enrolments by their own ids and return how many were open."""
    stopped = 0
    for part in chunks(ids, LOOKUP_SIZE):
        mine = _open(workspace_id, None).where(among(connection, enrolment.c.id, part))
        values = {"status": "stopped", "reason": reason, "cause_id": None, "paused_until": None, "updated_at": at}
        stopped += connection.execute(mine.values(**values)).rowcount
    return stopped


def take_up(connection: sa.Connection, workspace_id: str, enrolment_id: str, *, at: datetime) -> None:
    """Let a sequence go on that a person had stopped."""
    mine = enrolment.c.workspace_id == workspace_id, enrolment.c.id == enrolment_id, enrolment.c.status == "stopped"
    connection.execute(sa.update(enrolment).where(*mine).values(status="active", reason=None, updated_at=at))


def stop_company(connection: sa.Connection, workspace_id: str, *, contact_id: str, cause_id: str | None, at: datetime) -> int:
    """Stop the sequences of everybody else at somebody's company, in campaigns that were set so; return how many."""
    colleagues = (
        sa.select(enrolment.c.id, campaign.c.settings)
        .join(campaign, campaign.c.id == enrolment.c.campaign_id)
        .where(
            enrolment.c.workspace_id == workspace_id, enrolment.c.status.in_(OPEN),
            among(connection, enrolment.c.company_id, _companies(connection, workspace_id, contact_id)),
            sa.not_(_whose(connection, workspace_id, contact_id)),
        )
    )  # fmt: skip
    ids = [row.id for row in connection.execute(colleagues) if row.settings.get("stop_company")]
    for part in chunks(ids, LOOKUP_SIZE):
        mine = _open(workspace_id, None).where(among(connection, enrolment.c.id, part))
        connection.execute(mine.values(status="stopped", reason="company", cause_id=cause_id, paused_until=None, updated_at=at))
    return len(ids)


def pause(
    connection: sa.Connection,
    workspace_id: str,
    *,
    contact_id: str,
    campaign_id: str | None,
    cause_id: str | None,
    until: datetime,
    at: datetime,
    reason: str = OUT_OF_OFFICE,
) -> int:
    """Let somebody's sequences rest until a moment and return how many; of two pauses the later end counts.

    Args:
        connection: the transaction that writes down why.
        workspace_id: whose enrolments.
        contact_id: who; the rows merged with theirs are the same person.
        campaign_id: in this campaign only; in all if absent.
        cause_id: the inbound message that says so, if one does.
        until: when the sequence goes on, such as the return date.
        at: the moment.
        reason: why.
    """
    longer = sa.or_(enrolment.c.paused_until.is_(None), enrolment.c.paused_until < until)
    query = _open(workspace_id, campaign_id).where(_whose(connection, workspace_id, contact_id), longer)
    return connection.execute(
        query.values(status="paused", reason=reason, cause_id=cause_id, paused_until=until, updated_at=at)
    ).rowcount


def resume_due(connection: sa.Connection, workspace_id: str, *, at: datetime) -> int:
    """Let the sequences go on whose pause has ended, no mail of theirs before its end; return how many."""
    over = sa.and_(enrolment.c.status == "paused", enrolment.c.paused_until <= at)
    later = sa.case((enrolment.c.next_at < enrolment.c.paused_until, enrolment.c.paused_until), else_=enrolment.c.next_at)
    mine = sa.update(enrolment).where(enrolment.c.workspace_id == workspace_id, over)
    values = {"status": "active", "reason": None, "cause_id": None, "next_at": later, "paused_until": None, "updated_at": at}
    return connection.execute(mine.values(**values)).rowcount


def stopping(connection: sa.Connection, workspace_id: str, message: Mapping[Any, Any]) -> tuple[str, str] | None:
    """Return the rule that keeps a claimed message back, and its reason; ``None`` where its sequence goes on."""
    query = sa.select(enrolment.c.status, enrolment.c.reason).where(
        enrolment.c.workspace_id == workspace_id, enrolment.c.target_id == message["target_id"], enrolment.c.status == "stopped"
    )
    if message["step"] >= FIRST_ANSWER:
        return None
    row = connection.execute(query).one_or_none()
    return None if row is None else ("sequence.stopped", f"The sequence was stopped: {row.reason}.")


def advance(connection: sa.Connection, workspace_id: str, message: Mapping[Any, Any], *, sent_at: datetime, at: datetime) -> None:
    """Move somebody on after a mail of theirs left: to the next one, due after its wait, or to the end.

    Asked again about the same mail it changes nothing; a sequence that was stopped meanwhile stays stopped.

    Args:
        connection: the transaction that settles the message as sent or reconciled.
        workspace_id: whose enrolment.
        message: its row: ``campaign_id``, ``contact_id`` and ``step``; one of ``claims.next_due`` spares a question.
        sent_at: when it left.
        at: the moment of settling.
    """
    if message["step"] >= FIRST_ANSWER:
        return
    row = message if "next_wait_days" in message else standing.after(connection, workspace_id, message)
    if row is None:
        return
    moved: dict[str, Any] = {"step": message["step"] + 1, "updated_at": at}
    if row["next_wait_days"] is not None:
        moved["next_at"] = add_working_days(sent_at, row["next_wait_days"], place_of(row["snapshot"]))
        standing.move(connection, workspace_id, message, (*OPEN, "stopped"), moved)
    elif not standing.move(connection, workspace_id, message, OPEN, _FINISHED | {"updated_at": at}):
        standing.move(connection, workspace_id, message, ("stopped",), moved)


def _open(workspace_id: str, campaign_id: str | None) -> sa.Update:
    query = sa.update(enrolment).where(enrolment.c.workspace_id == workspace_id, enrolment.c.status.in_(OPEN))
    return query.where(enrolment.c.campaign_id == campaign_id) if campaign_id else query


def _whose(connection: sa.Connection, workspace_id: str, contact_id: str) -> sa.ColumnElement[bool]:
    kin = merges.family(connection, workspace_id, "contact", contact_id)
    return among(connection, enrolment.c.contact_id, kin)


def _companies(connection: sa.Connection, workspace_id: str, contact_id: str) -> Iterator[str]:
    """Yield every company somebody was enrolled at, and those merged with it."""
    query = sa.select(enrolment.c.company_id).distinct().where(
        enrolment.c.workspace_id == workspace_id, enrolment.c.company_id.is_not(None),
        _whose(connection, workspace_id, contact_id),
    )  # fmt: skip
    for company_id in connection.execute(query).scalars().all():
        yield from merges.family(connection, workspace_id, "company", str(company_id))
