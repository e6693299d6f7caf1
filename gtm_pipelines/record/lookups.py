"""Queries over look-ups: what was asked of which source, what came of it, and what it cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.ids import new_id
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import lookup, research_spend
from gtm_pipelines.record.upsert import upsert

ASKING, FOUND, EMPTY, FAILED, UNKNOWN = "asking", "found", "empty", "failed", "unknown"
STATUSES = (ASKING, FOUND, EMPTY, FAILED, UNKNOWN)
_CENT_FRACTION = 1e-9
"""Sums of prices are binary fractions: a ceiling is not missed for the last bit."""


def month_scope(moment: datetime) -> str:
    """Name the calendar month, in UTC, that a look-up is paid in."""
    return f"month:{moment.astimezone(UTC):%Y-%m}"


def run_scope(run_id: str) -> str:
    """Name a run, as what it has spent is kept under."""
    return f"run:{run_id}"


def record_scope(subject_id: str) -> str:
    """Name a company or contact, as what was spent on it is kept under."""
    return f"record:{subject_id}"


def begin(record: Record, connection: sa.Connection, values: Mapping[str, Any]) -> str:
    """Note that a source is about to be asked, or asked again in the same run; return the look-up's id."""
    fresh = upsert(record, lookup).values(
        id=new_id(),
        workspace_id=record.workspace_id,
        status=ASKING,
        facts=0,
        answer={},
        updated_at=values["started_at"],
        **values,
    )
    again = {name: fresh.excluded[name] for name in ("status", "cost_usd", "started_at", "updated_at", "fields")}
    blank: dict[str, Any] = {
        "error_code": None,
        "error_text": None,
        "finished_at": None,
        "expires_at": None,
        "facts": 0,
        "answer": {},
    }
    unique = ["run_id", "subject_id", "source", "request_key"]
    statement = fresh.on_conflict_do_update(index_elements=unique, set_=again | blank).returning(lookup.c.id)
    return str(connection.execute(statement).scalar_one())


def finish(connection: sa.Connection, workspace_id: str, lookup_id: str, values: Mapping[str, Any]) -> None:
    """Note what came of a look-up."""
    mine = sa.update(lookup).where(lookup.c.workspace_id == workspace_id, lookup.c.id == lookup_id)
    connection.execute(mine.values(**values))


def standing(
    connection: sa.Connection, workspace_id: str, questions: Iterable[tuple[str, str]], now: datetime
) -> dict[tuple[str, str], sa.Row[Any]]:
    """Return ``(source, request key) → look-up`` of questions that are not to be asked now.

    Those are answered ones within their lifetime, ones that are being asked, and ones of which nobody knows what
    came of them. An answer outweighs an ``unknown``, and the newest answer an older one.
    """
    wanted = list(questions)
    found: dict[tuple[str, str], sa.Row[Any]] = {}
    open_or_living = sa.or_(lookup.c.status.in_((ASKING, UNKNOWN)), lookup.c.expires_at > now)
    for source in {one for one, _ in wanted}:
        keys = [key for one, key in wanted if one == source]
        query = sa.select(lookup).where(
            lookup.c.workspace_id == workspace_id, lookup.c.source == source, lookup.c.request_key.in_(keys), open_or_living
        )
        for row in connection.execute(query.order_by(lookup.c.id)):
            held = found.get((source, row.request_key))
            if held is None or held.status in (ASKING, UNKNOWN) or row.status not in (ASKING, UNKNOWN):
                found[source, row.request_key] = row
    return found


def abandon(connection: sa.Connection, workspace_id: str, now: datetime, *, run_id: str | None = None, before: datetime) -> int:
    """Give up look-ups that nobody waits for any more: those of one run, or begun before a moment. Return how many.

    Their cost stays what was set aside for them: the source may have answered and been paid.
    """
    left = lookup.c.run_id == run_id if run_id else lookup.c.started_at < before
    mine = sa.update(lookup).where(lookup.c.workspace_id == workspace_id, lookup.c.status == ASKING, left)
    text = "The process ended while the source was being asked; it may have answered and been paid."
    values = {"status": UNKNOWN, "error_code": "lookup.lost", "error_text": text, "finished_at": now, "updated_at": now}
    return connection.execute(mine.values(**values)).rowcount


def reserve(record: Record, connection: sa.Connection, caps: Mapping[str, float | None], most: float, at: datetime) -> str | None:
    """Add what one look-up can cost to every scope; return the first scope whose ceiling does not leave that much.

    On a refusal the caller has to let the transaction go: other scopes may have been added to.

    Args:
        record: the record.
        connection: an open transaction that writes.
        caps: scope → its ceiling in US dollars, ``None`` for none.
        most: US dollars.
        at: the moment.
    """
    for scope, cap in sorted(caps.items()):
        if cap is not None and most > cap + _CENT_FRACTION:
            return scope
        fresh = upsert(record, research_spend).values(
            id=new_id(), workspace_id=record.workspace_id, scope=scope, cost_usd=most, lookups=1, fruitless=0, updated_at=at
        )
        grown = {
            "cost_usd": research_spend.c.cost_usd + fresh.excluded.cost_usd,
            "lookups": research_spend.c.lookups + 1,
            "updated_at": at,
        }
        room = None if cap is None else research_spend.c.cost_usd + most <= cap + _CENT_FRACTION
        statement = fresh.on_conflict_do_update(index_elements=["workspace_id", "scope"], set_=grown, where=room)
        if connection.execute(statement.returning(research_spend.c.id)).first() is None:
            return scope
    return None


def correct(
    connection: sa.Connection, workspace_id: str, scopes: Iterable[str], *, change: float, fruitless: int, at: datetime
) -> None:
    """Replace what was set aside for a look-up by what it cost, in every scope, and count it where it gave nothing."""
    spend = research_spend
    mine = sa.update(spend).where(spend.c.workspace_id == workspace_id, spend.c.scope.in_(sorted(scopes)))
    connection.execute(mine.values(cost_usd=spend.c.cost_usd + change, fruitless=spend.c.fruitless + fruitless, updated_at=at))


def spent(connection: sa.Connection, workspace_id: str, scopes: Iterable[str]) -> dict[str, float]:
    """Return scope → US dollars; a scope of which nothing is known has spent nothing."""
    listed = list(scopes)
    spend = research_spend
    query = sa.select(spend.c.scope, spend.c.cost_usd).where(spend.c.workspace_id == workspace_id, spend.c.scope.in_(listed))
    return dict.fromkeys(listed, 0.0) | {row.scope: row.cost_usd for row in connection.execute(query)}


def months(record: Record) -> Sequence[sa.Row[Any]]:
    """Return what each month has spent, newest first."""
    spend = research_spend
    query = sa.select(spend).where(spend.c.workspace_id == record.workspace_id, spend.c.scope.like("month:%"))
    with record.read() as connection:
        return connection.execute(query.order_by(spend.c.scope.desc())).all()


def summary(record: Record, by: str, *, since: datetime | None = None, run_id: str | None = None) -> Sequence[sa.Row[Any]]:
    """Return look-ups, answers, facts, cost, and what was spent on those that gave nothing; dearest first.

    Args:
        record: where the look-ups are.
        by: the column that rows are grouped by: ``source``, ``run_id``, ``status`` or ``error_code``.
        since: only look-ups begun then or later.
        run_id: only look-ups of one run.
    """
    fruitless = sa.and_(lookup.c.facts == 0, lookup.c.status != ASKING)
    query = sa.select(
        lookup.c[by].label("name"),
        sa.func.count().label("lookups"),
        *(sa.func.sum(sa.case((lookup.c.status == status, 1), else_=0)).label(status) for status in STATUSES),
        sa.func.coalesce(sa.func.sum(lookup.c.facts), 0).label("facts"),
        sa.func.coalesce(sa.func.sum(lookup.c.cost_usd), 0.0).label("cost_usd"),
        sa.func.coalesce(sa.func.sum(sa.case((fruitless, lookup.c.cost_usd), else_=0.0)), 0.0).label("lost_usd"),
    ).where(lookup.c.workspace_id == record.workspace_id)
    query = query.where(lookup.c.started_at >= since) if since else query
    query = query.where(lookup.c.run_id == run_id) if run_id else query
    with record.read() as connection:
        return connection.execute(query.group_by(lookup.c[by]).order_by(sa.desc("cost_usd"), sa.desc("lookups"))).all()


def page(
    record: Record, *, run_id: str | None = None, subject_id: str | None = None, status: str | None = None, limit: int = 50
) -> Sequence[sa.Row[Any]]:
    """Return look-ups, newest first."""
    query = sa.select(lookup).where(lookup.c.workspace_id == record.workspace_id)
    for column, value in ((lookup.c.run_id, run_id), (lookup.c.subject_id, subject_id), (lookup.c.status, status)):
        query = query.where(column == value) if value else query
    with record.read() as connection:
        return connection.execute(query.order_by(lookup.c.id.desc()).limit(limit)).all()
