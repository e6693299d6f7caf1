"""Queries over calls to language models: rows, what was spent, answers that are given again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.ids import new_id
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import interaction, llm_answer, llm_spend
from gtm_pipelines.record.upsert import upsert

MAYBE_BILLED = ("timeout", "malformed", "cancelled")
"""Ends of an attempt after which nobody knows what it cost."""


def month_scope(moment: datetime) -> str:
    """Name the calendar month, in UTC, that a call is paid in."""
    return f"month:{moment.astimezone(UTC):%Y-%m}"


def run_scope(run_id: str) -> str:
    """Name a run as what is spent on it is kept under."""
    return f"run:{run_id}"


def add(record: Record, connection: sa.Connection, values: Mapping[str, Any]) -> str:
    """Insert one interaction and add its cost to its month and its run, in the same transaction; return its id."""
    key = new_id()
    shared = {"id": key, "workspace_id": record.workspace_id}
    connection.execute(interaction.insert().values(**shared, **values))
    if values["cached"] or not _may_be_billed(values):
        return key
    _spend(record, connection, (month_scope(values["created_at"]), run_scope(values["run_id"])), values)
    return key


def _may_be_billed(values: Mapping[str, Any]) -> bool:
    """Tell whether a provider may ask money for an attempt: it wrote something, or we left while it was at it."""
    return values["cost_usd"] is not None or "text" in values["outputs"] or values["error_code"] in MAYBE_BILLED


def _spend(record: Record, connection: sa.Connection, scopes: Iterable[str], values: Mapping[str, Any]) -> None:
    cost, at = values["cost_usd"], values["created_at"]
    unpriced = int(cost is None)
    shared = {"workspace_id": record.workspace_id, "cost_usd": cost or 0.0, "calls": 1, "unpriced_calls": unpriced}
    rows = [{"id": new_id(), "scope": scope, "updated_at": at, **shared} for scope in scopes]
    fresh = upsert(record, llm_spend).values(rows)
    grown = {
        "cost_usd": llm_spend.c.cost_usd + fresh.excluded.cost_usd,
        "calls": llm_spend.c.calls + 1,
        "unpriced_calls": llm_spend.c.unpriced_calls + unpriced,
        "updated_at": at,
    }
    connection.execute(fresh.on_conflict_do_update(index_elements=["workspace_id", "scope"], set_=grown))


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
        mine = (llm_answer.c.workspace_id == record.workspace_id, llm_answer.c.key == key, llm_answer.c.expires_at > at)
        return connection.execute(sa.select(llm_answer).where(*mine)).first()


def keep_answer(record: Record, connection: sa.Connection, values: Mapping[str, Any]) -> None:
    """Keep an answer, in the place of an older one to the same question; answers that have expired make room."""
    mine = (llm_answer.c.workspace_id == record.workspace_id, llm_answer.c.expires_at <= values["created_at"])
    connection.execute(sa.delete(llm_answer).where(*mine))
    fresh = upsert(record, llm_answer).values(id=new_id(), workspace_id=record.workspace_id, **values)
    changed = {name: fresh.excluded[name] for name in values if name != "key"}
    connection.execute(fresh.on_conflict_do_update(index_elements=["workspace_id", "key"], set_=changed))
