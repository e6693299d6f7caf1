"""Queries over how drafts were judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.ids import new_id
from gtm_pipelines.record import answers
from gtm_pipelines.record.compare import unindexed
from gtm_pipelines.record.tables import campaign, decision, draft, inbound_message, judgement, message, pack_version, revision
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
    mine = unindexed(draft.c.workspace_id) == workspace_id, among(connection, draft.c.id, list(draft_ids))
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


COUNTED = "rules-"
"""How the names of judges begin that count what rules found."""


def riskier(least: float, standing: Mapping[str, float]) -> sa.ColumnElement[bool]:
    """Match drafts whose present revision a judge gave at least this risk; for a query that has ``draft``.

    Args:
        least: from 0 to 1.
        standing: by draft, what is left of a counted risk where people let findings pass.
    """
    told = sa.exists().where(_OF_NOW, judgement.c.risk >= least)
    if not standing:
        return told
    counted = judgement.c.judge.startswith(COUNTED)
    read = sa.exists().where(_OF_NOW, judgement.c.risk >= least, sa.or_(~counted, draft.c.id.not_in(list(standing))))
    left = [name for name, risk in standing.items() if risk >= least]
    return sa.or_(read, sa.and_(draft.c.id.in_(left), sa.exists().where(_OF_NOW, counted)))


def judged(connection: sa.Connection, workspace_id: str, *, after: str, limit: int) -> list[sa.RowMapping]:
    """Return the next judgements with the language and campaign of their drafts and the pack they were first written from."""
    first = revision.alias("first")
    columns = (
        *(judgement.c[name] for name in ("id", "draft_id", "revision_number", "judge", "quality", "risk")),
        draft.c.language, draft.c.variant, draft.c.campaign_id, pack_version.c.pack, pack_version.c.version,
    )  # fmt: skip
    joined = (
        judgement.join(draft, draft.c.id == judgement.c.draft_id)
        .join(first, (first.c.draft_id == draft.c.id) & (first.c.number == 1))
        .join(campaign, campaign.c.id == draft.c.campaign_id)
        .join(pack_version, pack_version.c.id == sa.func.coalesce(first.c.pack_version_id, campaign.c.pack_version_id))
    )
    query = sa.select(*columns).select_from(joined).where(judgement.c.workspace_id == workspace_id, judgement.c.id > after)
    return list(connection.execute(query.order_by(judgement.c.id).limit(limit)).mappings())


def decided(connection: sa.Connection, workspace_id: str, draft_ids: Iterable[str]) -> list[sa.RowMapping]:
    """Return people's decisions on drafts, oldest first: draft, revision and kind."""
    query = sa.select(decision.c.draft_id, decision.c.revision_number, decision.c.kind).where(
        decision.c.workspace_id == workspace_id, among(connection, decision.c.draft_id, list(draft_ids)),
        decision.c.decided_by.startswith("person:"),
    )  # fmt: skip
    return list(connection.execute(query.order_by(decision.c.id)).mappings())


def edited(connection: sa.Connection, workspace_id: str, draft_ids: Iterable[str]) -> list[sa.RowMapping]:
    """Return the revisions that people wrote of drafts: draft and number."""
    query = sa.select(revision.c.draft_id, revision.c.number).where(
        revision.c.workspace_id == workspace_id, among(connection, revision.c.draft_id, list(draft_ids)),
        revision.c.author.startswith("person:"),
    )  # fmt: skip
    return list(connection.execute(query).mappings())


def answered(connection: sa.Connection, workspace_id: str, draft_ids: Iterable[str], but: Iterable[str]) -> list[sa.RowMapping]:
    """Return, for drafts that went out, their revision and whether a positive answer is attributed to them.

    Args:
        connection: an open transaction.
        workspace_id: whose mails.
        draft_ids: the drafts.
        but: mailboxes whose mail says nothing of readers.
    """
    good = sa.func.max(sa.case((inbound_message.c["class"].in_(answers.GLAD), 1), else_=0)).label("positive")
    joined = message.outerjoin(
        inbound_message, (inbound_message.c.message_id == message.c.id) & (inbound_message.c.attribution != "own_copy")
    )
    query = sa.select(message.c.draft_id, message.c.revision_number, good).select_from(joined).where(
        message.c.workspace_id == workspace_id, among(connection, message.c.draft_id, list(draft_ids)),
        message.c.sent_at.is_not(None), message.c.mailbox.not_in(list(but)),
    )  # fmt: skip
    return list(connection.execute(query.group_by(message.c.draft_id, message.c.revision_number)).mappings())
