"""Queries over what the coach keeps: beliefs, talks, analyses, the user's own rates; and what of the lists it speaks of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from gtm_pipelines.ids import new_id
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import (
    analysis,
    belief,
    campaign,
    coach_chat,
    coach_message,
    company,
    contact,
    conversation,
    personal_benchmark,
    suppression,
)

WAITING_STATES = ("qualifying", "objection_handling", "scheduling")
"""States of a conversation in which it is our turn."""


def beliefs(record: Record, subject: str | None = None) -> Sequence[sa.Row[Any]]:
    """Return what the coach believes about the user, by subject, oldest first."""
    query = sa.select(belief).where(belief.c.workspace_id == record.workspace_id)
    query = query.where(belief.c.subject == subject) if subject else query
    with record.read() as connection:
        return connection.execute(query.order_by(belief.c.subject, belief.c.created_at, belief.c.id)).all()


def set_belief(
    connection: sa.Connection, workspace_id: str, *, subject: str, value: str, source: str, origin: str | None, by: str,
    at: datetime, alone: bool,
) -> None:  # fmt: skip
    """Write one belief; ``alone`` removes the others of its subject."""
    mine = belief.c.workspace_id == workspace_id, belief.c.subject == subject
    if alone:
        connection.execute(sa.delete(belief).where(*mine, belief.c.value != value))
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(belief).values(
        id=new_id(), workspace_id=workspace_id, subject=subject, value=value, source=source, origin=origin, created_by=by,
        created_at=at, updated_at=at,
    )  # fmt: skip
    kept = {"source": source, "origin": origin, "updated_at": at}
    same = [belief.c.workspace_id, belief.c.subject, belief.c.value]
    connection.execute(statement.on_conflict_do_update(index_elements=same, set_=kept))


def change_belief(connection: sa.Connection, workspace_id: str, belief_id: str, *, value: str, source: str, at: datetime) -> int:
    """Put a belief right, in place of another of its subject that says the same; return how many there were of that id."""
    mine = belief.c.workspace_id == workspace_id, belief.c.id == belief_id
    subject = sa.select(belief.c.subject).where(*mine).scalar_subquery()
    same = belief.c.workspace_id == workspace_id, belief.c.subject == subject, belief.c.value == value
    connection.execute(sa.delete(belief).where(*same, belief.c.id != belief_id))
    return connection.execute(sa.update(belief).where(*mine).values(value=value, source=source, updated_at=at)).rowcount


def forget_beliefs(connection: sa.Connection, workspace_id: str, ids: Iterable[str]) -> int:
    """Remove beliefs; return how many."""
    mine = belief.c.workspace_id == workspace_id, belief.c.id.in_(list(ids))
    return connection.execute(sa.delete(belief).where(*mine)).rowcount


def chats(record: Record, *, limit: int = 50) -> Sequence[sa.Row[Any]]:
    """Return talks, the newest first."""
    query = sa.select(coach_chat).where(coach_chat.c.workspace_id == record.workspace_id)
    with record.read() as connection:
        return connection.execute(query.order_by(coach_chat.c.updated_at.desc(), coach_chat.c.id.desc()).limit(limit)).all()


def chat(record: Record, chat_id: str) -> sa.Row[Any] | None:
    """Return one talk by id."""
    query = sa.select(coach_chat).where(coach_chat.c.workspace_id == record.workspace_id, coach_chat.c.id == chat_id)
    with record.read() as connection:
        return connection.execute(query).first()


def add_chat(connection: sa.Connection, workspace_id: str, *, title: str, by: str, at: datetime) -> str:
    """Begin a talk and return its id."""
    made = new_id()
    row = {"id": made, "workspace_id": workspace_id, "title": title, "created_by": by, "created_at": at, "updated_at": at}
    connection.execute(sa.insert(coach_chat).values(row))
    return made


def messages(record: Record, chat_id: str, *, last: int | None = None) -> Sequence[sa.Row[Any]]:
    """Return what was said in a talk, in order; only the ``last`` ones if asked."""
    query = sa.select(coach_message).where(
        coach_message.c.workspace_id == record.workspace_id, coach_message.c.chat_id == chat_id
    )
    with record.read() as connection:
        rows = connection.execute(query.order_by(coach_message.c.number.desc()).limit(last)).all()
    return list(reversed(rows))


def add_messages(
    connection: sa.Connection, workspace_id: str, chat_id: str, said: Sequence[Mapping[str, Any]], *, at: datetime
) -> list[str]:
    """Add to a talk, in order, and return the ids; whoever adds at the same moment waits."""
    mine = coach_chat.c.workspace_id == workspace_id, coach_chat.c.id == chat_id
    connection.execute(sa.update(coach_chat).where(*mine).values(updated_at=at))
    held = coach_message.c.workspace_id == workspace_id, coach_message.c.chat_id == chat_id
    last = connection.execute(sa.select(sa.func.coalesce(sa.func.max(coach_message.c.number), 0)).where(*held)).scalar_one()
    rows = [
        {"id": new_id(), "workspace_id": workspace_id, "chat_id": chat_id, "number": last + place, "created_at": at, **one}
        for place, one in enumerate(said, 1)
    ]
    connection.execute(sa.insert(coach_message), rows)
    return [str(row["id"]) for row in rows]


def forget_chat(connection: sa.Connection, workspace_id: str, chat_id: str) -> int:
    """Remove a talk with all that was said in it; return how many there were of that id."""
    said = coach_message.c.workspace_id == workspace_id, coach_message.c.chat_id == chat_id
    connection.execute(sa.delete(coach_message).where(*said))
    mine = coach_chat.c.workspace_id == workspace_id, coach_chat.c.id == chat_id
    return connection.execute(sa.delete(coach_chat).where(*mine)).rowcount


def analyses(record: Record, campaign_id: str | None = None, *, limit: int = 50) -> Sequence[sa.Row[Any]]:
    """Return kept analyses with the campaign's name, newest first."""
    query = sa.select(analysis, campaign.c.name.label("campaign")).join(campaign, campaign.c.id == analysis.c.campaign_id)
    query = query.where(analysis.c.workspace_id == record.workspace_id)
    query = query.where(analysis.c.campaign_id == campaign_id) if campaign_id else query
    with record.read() as connection:
        return connection.execute(query.order_by(analysis.c.created_at.desc(), analysis.c.number.desc()).limit(limit)).all()


def add_analysis(
    connection: sa.Connection, workspace_id: str, campaign_id: str, content: Mapping[str, Any], *, by: str, figures_at: datetime,
    at: datetime,
) -> str:  # fmt: skip
    """Keep an analysis under the campaign's next number and return its id."""
    connection.execute(
        sa.select(campaign.c.id).where(campaign.c.workspace_id == workspace_id, campaign.c.id == campaign_id).with_for_update()
    )
    held = analysis.c.workspace_id == workspace_id, analysis.c.campaign_id == campaign_id
    last = connection.execute(sa.select(sa.func.coalesce(sa.func.max(analysis.c.number), 0)).where(*held)).scalar_one()
    made = new_id()
    row = {"id": made, "workspace_id": workspace_id, "campaign_id": campaign_id, "number": last + 1, "content": dict(content)}
    connection.execute(sa.insert(analysis).values(row | {"created_by": by, "figures_at": figures_at, "created_at": at}))
    return made


def forget_analysis(connection: sa.Connection, workspace_id: str, analysis_id: str) -> int:
    """Remove a kept analysis; return how many there were of that id."""
    mine = analysis.c.workspace_id == workspace_id, analysis.c.id == analysis_id
    return connection.execute(sa.delete(analysis).where(*mine)).rowcount


def own_rates(record: Record, metric: str | None = None) -> Sequence[sa.Row[Any]]:
    """Return the user's own rates as they were measured, oldest first."""
    query = sa.select(personal_benchmark).where(personal_benchmark.c.workspace_id == record.workspace_id)
    query = query.where(personal_benchmark.c.metric == metric) if metric else query
    order = personal_benchmark.c.measured_on, personal_benchmark.c.metric, personal_benchmark.c.slice
    with record.read() as connection:
        return connection.execute(query.order_by(*order)).all()


def set_own_rates(
    connection: sa.Connection, workspace_id: str, rates: Sequence[tuple[str, str, int, int]], *, on: date, at: datetime
) -> None:
    """Write how rates stand on a day, over what the day's earlier look wrote: metric, slice, numerator, denominator."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    for metric, slice_, numerator, denominator in rates:
        statement = dialect.insert(personal_benchmark).values(
            id=new_id(), workspace_id=workspace_id, metric=metric, slice=slice_, numerator=numerator, denominator=denominator,
            measured_on=on, created_at=at, updated_at=at,
        )  # fmt: skip
        table = personal_benchmark.c
        same = [table.workspace_id, table.metric, table.slice, table.measured_on]
        kept = {"numerator": numerator, "denominator": denominator, "updated_at": at}
        connection.execute(statement.on_conflict_do_update(index_elements=same, set_=kept))


def lists(record: Record) -> dict[str, int]:
    """Count people, companies, people who can be written to, entries of the stop list, conversations in which it is our turn."""
    own = record.workspace_id
    standing = contact.c.workspace_id == own, contact.c.merged_into.is_(None)
    usable = contact.c.email_key.is_not(None), contact.c.do_not_contact.is_(False)
    turn = conversation.c.workspace_id == own, conversation.c.state.in_(WAITING_STATES)
    counts = {
        "contacts": sa.select(sa.func.count()).select_from(contact).where(*standing),
        "companies": sa.select(sa.func.count())
        .select_from(company)
        .where(company.c.workspace_id == own, company.c.merged_into.is_(None)),
        "reachable": sa.select(sa.func.count()).select_from(contact).where(*standing, *usable),
        "suppressed": sa.select(sa.func.count()).select_from(suppression).where(suppression.c.workspace_id == own),
        "to_answer": sa.select(sa.func.count()).select_from(conversation).where(*turn),
    }
    with record.read() as connection:
        return {name: int(connection.execute(query).scalar_one()) for name, query in counts.items()}
