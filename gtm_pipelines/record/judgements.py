"""Queries over how drafts were judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.ids import new_id
from gtm_pipelines.record.tables import draft, judgement
from gtm_pipelines.record.upsert import among

_OF_NOW = sa.and_(judgement.c.draft_id == draft.c.id, judgement.c.revision_number == draft.c.current_revision)
"""That a row is about the revision a draft is at."""


def add(connection: sa.Connection, workspace_id: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep judgements; they are facts and never change."""
    if rows:
        connection.execute(sa.insert(judgement), [{"id": new_id(), "workspace_id": workspace_id, **row} for row in rows])


def of_drafts(connection: sa.Connection, workspace_id: str, draft_ids: Iterable[str]) -> dict[str, list[sa.RowMapping]]:
    """Return the judgements on the present revision of drafts, by draft, newest first."""
    query = sa.select(judgement).join(draft, _OF_NOW)
    mine = draft.c.workspace_id == workspace_id, among(connection, draft.c.id, list(draft_ids))
    found: dict[str, list[sa.RowMapping]] = {}
    for row in connection.execute(query.where(*mine).order_by(judgement.c.id.desc())).mappings():
        found.setdefault(row["draft_id"], []).append(row)
    return found


def unjudged(connection: sa.Connection, workspace_id: str, campaign_id: str, judge: str, *, after: str, limit: int) -> list[str]:
    """Return the next drafts of a campaign whose present revision a judge has not scored."""
    query = _unjudged(sa.select(draft.c.id), workspace_id, campaign_id, judge).where(draft.c.id > after)
    return list(connection.execute(query.order_by(draft.c.id).limit(limit)).scalars())


def count_unjudged(connection: sa.Connection, workspace_id: str, campaign_id: str, judge: str) -> int:
    """Count the drafts of a campaign whose present revision a judge has not scored."""
    query = _unjudged(sa.select(sa.func.count()).select_from(draft), workspace_id, campaign_id, judge)
    return int(connection.execute(query).scalar_one())


def _unjudged(query: sa.Select[Any], workspace_id: str, campaign_id: str, judge: str) -> sa.Select[Any]:
    scored = sa.exists().where(_OF_NOW, judgement.c.judge == judge)
    return query.where(draft.c.workspace_id == workspace_id, draft.c.campaign_id == campaign_id, ~scored)


def summary(connection: sa.Connection, workspace_id: str, campaign_id: str) -> list[sa.RowMapping]:
    """Return, by judge, how many present revisions it scored and the means of quality and risk."""
    query = (
        sa.select(
            judgement.c.judge, sa.func.count().label("drafts"), sa.func.avg(judgement.c.quality).label("quality"),
            sa.func.avg(judgement.c.risk).label("risk"),
        )
        .select_from(draft.join(judgement, _OF_NOW))
        .where(draft.c.workspace_id == workspace_id, draft.c.campaign_id == campaign_id)
        .group_by(judgement.c.judge)
        .order_by(judgement.c.judge)
    )  # fmt: skip
    return list(connection.execute(query).mappings())


def riskier(least: float) -> sa.ColumnElement[bool]:
    """Match drafts whose present revision a judge gave at least this risk; for a query that has ``draft``."""
    return sa.exists().where(_OF_NOW, judgement.c.risk >= least)
