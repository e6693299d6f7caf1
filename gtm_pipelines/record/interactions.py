"""Queries over calls to language models: rows, what was spent, answers that are given again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.ids import new_id, new_ids
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import interaction, llm_answer, llm_spend
from gtm_pipelines.record.upsert import upsert_for

MAYBE_BILLED = ("timeout", "malformed", "cancelled")
"""Ends of an attempt after which nobody knows what it cost."""
KEYS_OF_ANSWERS = ("id", "workspace_id", "key")


def month_scope(moment: datetime) -> str:
    """Name the calendar month, in UTC, that a call is paid in."""
    return f"month:{moment.astimezone(UTC):%Y-%m}"


def run_scope(run_id: str) -> str:
    """Name a run as what is spent on it is kept under."""
    return f"run:{run_id}"


def add(record: Record, connection: sa.Connection, values: Mapping[str, Any]) -> str:
    """Insert one interaction and add its cost to its month and its run, in the same transaction; return its id."""
    return add_many(record, connection, [values])[0]


def add_many(record: Record, connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Insert interactions, all with the same keys, and add their costs as ``add`` does; return their ids in order."""
    keys = list(new_ids(len(rows)))
    shared = {"workspace_id": record.workspace_id}
    connection.execute(interaction.insert(), [{"id": key, **shared, **values} for key, values in zip(keys, rows, strict=True)])
    billed = [values for values in rows if not values["cached"] and _may_be_billed(values)]
    if billed:
        connection.execute(_grown(record.is_sqlite), [shared | {"id": new_id()} | sums for sums in _sums(billed)])
    return keys


def _may_be_billed(values: Mapping[str, Any]) -> bool:
    """Tell whether a provider may ask money for an attempt: it wrote something, or we left while it was at it."""
    return values["cost_usd"] is not None or "text" in values["outputs"] or values["error_code"] in MAYBE_BILLED


def _sums(billed: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what calls add to each month and run, in an order that all writers share."""
    found: dict[str, dict[str, Any]] = {}
    for values in billed:
        cost, at = values["cost_usd"], values["created_at"]
        for scope in (month_scope(at), run_scope(values["run_id"])):
            sums = found.setdefault(scope, {"scope": scope, "cost_usd": 0.0, "calls": 0, "unpriced_calls": 0})
            sums["cost_usd"] += cost or 0.0
            sums["calls"] += 1
            sums["unpriced_calls"] += cost is None
            sums["updated_at"] = at
    return [found[scope] for scope in sorted(found)]


@cache
def _grown(is_sqlite: bool) -> Any:
    """Return the statement that adds to what is spent; made once, for making it costs more than running it."""
    fresh = upsert_for(llm_spend, is_sqlite=is_sqlite)
    grown = {name: llm_spend.c[name] + fresh.excluded[name] for name in ("cost_usd", "calls", "unpriced_calls")}
    changed = grown | {"updated_at": fresh.excluded.updated_at}
    return fresh.on_conflict_do_update(index_elements=["workspace_id", "scope"], set_=changed)


def spent(record: Record, scopes: Collection[str]) -> dict[str, float]:
    """Return scope → US dollars of the calls whose price is known; a scope without calls has spent nothing."""
    with record.read() as connection:
        mine = (llm_spend.c.workspace_id == record.workspace_id, llm_spend.c.scope.in_(list(scopes)))
        rows = connection.execute(sa.select(llm_spend.c.scope, llm_spend.c.cost_usd).where(*mine)).all()
    return dict.fromkeys(scopes, 0.0) | {row.scope: row.cost_usd for row in rows}


def run_calls(record: Record, run_id: str) -> int:
    """Return how many calls of a run a provider may have billed."""
    with record.read() as connection:
        mine = (llm_spend.c.workspace_id == record.workspace_id, llm_spend.c.scope == run_scope(run_id))
        return int(connection.execute(sa.select(llm_spend.c.calls).where(*mine)).scalar_one_or_none() or 0)


def summary(record: Record, since: datetime, until: datetime, by: str) -> Sequence[sa.Row[Any]]:
    """Return calls, failures, tokens, known cost and unpriced calls between two moments, dearest first.

    Args:
        record: where the calls are.
        since: first moment.
        until: first moment that no longer counts.
        by: the column that rows are grouped by, such as ``provider`` or ``purpose``.
    """
    group, failed = interaction.c[by], sa.case((interaction.c.error_code.is_not(None), 1), else_=0)
    wrote = interaction.c.outputs["text"].as_string().is_not(None)
    billed = sa.or_(wrote, interaction.c.error_code.in_(MAYBE_BILLED))
    unpriced = sa.case((interaction.c.cost_usd.is_(None) & billed, 1), else_=0)
    cost = sa.func.coalesce(sa.func.sum(interaction.c.cost_usd), 0.0).label("cost_usd")
    query = sa.select(
        group.label("name"),
        sa.func.count().label("attempts"),
        sa.func.sum(failed).label("failed"),
        sa.func.sum(sa.case((interaction.c.cached, 1), else_=0)).label("cached"),
        sa.func.coalesce(sa.func.sum(interaction.c.input_tokens), 0).label("input_tokens"),
        sa.func.coalesce(sa.func.sum(interaction.c.output_tokens), 0).label("output_tokens"),
        cost,
        sa.func.sum(unpriced).label("unpriced"),
    ).where(
        interaction.c.workspace_id == record.workspace_id, interaction.c.created_at >= since, interaction.c.created_at < until
    )
    with record.read() as connection:
        return connection.execute(query.group_by(group).order_by(cost.desc(), sa.func.count().desc())).all()


def of_trace(record: Record, trace_id: str) -> Sequence[sa.Row[Any]]:
    """Return every attempt of one trace, oldest first."""
    with record.read() as connection:
        mine = (interaction.c.workspace_id == record.workspace_id, interaction.c.trace_id == trace_id)
        return connection.execute(sa.select(interaction).where(*mine).order_by(interaction.c.id)).all()


def find_answer(record: Record, key: str, at: datetime) -> sa.Row[Any] | None:
    """Return the kept answer to a question, unless it has expired."""
    with record.read() as connection:
        return connection.execute(_kept(), {"of": record.workspace_id, "under": key, "moment": at}).first()


@cache
def _kept() -> sa.Select[Any]:
    names = (llm_answer.c.workspace_id == sa.bindparam("of"), llm_answer.c.key == sa.bindparam("under"))
    return sa.select(llm_answer).where(*names, llm_answer.c.expires_at > sa.bindparam("moment"))


def keep_answers(record: Record, connection: sa.Connection, rows: Sequence[Mapping[str, Any]], at: datetime) -> None:
    """Keep answers, each in the place of an older one to the same question; answers that have expired make room."""
    mine = (llm_answer.c.workspace_id == record.workspace_id, llm_answer.c.expires_at <= at)
    connection.execute(sa.delete(llm_answer).where(*mine))
    shared = {"workspace_id": record.workspace_id}
    ordered = sorted(rows, key=lambda values: str(values["key"]))
    connection.execute(_replaced(record.is_sqlite), [{"id": new_id(), **shared, **values} for values in ordered])


@cache
def _replaced(is_sqlite: bool) -> Any:
    fresh = upsert_for(llm_answer, is_sqlite=is_sqlite)
    changed = {column.name: fresh.excluded[column.name] for column in llm_answer.c if column.name not in KEYS_OF_ANSWERS}
    return fresh.on_conflict_do_update(index_elements=["workspace_id", "key"], set_=changed)
