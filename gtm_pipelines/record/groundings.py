"""Queries over what rules found in drafts, and over findings that people let pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.ids import new_id
from gtm_pipelines.record.compare import unindexed
from gtm_pipelines.record.tables import campaign, draft, grounding, overruling, revision, target
from gtm_pipelines.record.upsert import among

_OF_NOW = sa.and_(grounding.c.draft_id == draft.c.id, grounding.c.revision_number == draft.c.current_revision)
"""That a row is about the revision a draft is at."""


@dataclass(frozen=True)
class Standing:
    """What is left of what rules said of a draft where people let findings pass.

    Attributes:
        verdict: ``clear``, ``flag`` or ``block``.
        risk: as a judge that counts findings would put it, from 0 to 1.
        reasons: that judge's, for its points of risk.
    """

    verdict: str
    risk: float
    reasons: Mapping[str, str]


def add(connection: sa.Connection, workspace_id: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep what was found; it is a fact and never changes."""
    if rows:
        connection.execute(sa.insert(grounding), [{"id": new_id(), "workspace_id": workspace_id, **row} for row in rows])


def of_drafts(connection: sa.Connection, workspace_id: str, draft_ids: Iterable[str]) -> dict[str, sa.RowMapping]:
    """Return what was found last in the present revision of drafts, by draft; those nobody looked at are absent."""
    query = sa.select(grounding).join(draft, _OF_NOW)
    mine = unindexed(draft.c.workspace_id) == workspace_id, among(connection, draft.c.id, list(draft_ids))
    return {row["draft_id"]: row for row in connection.execute(query.where(*mine).order_by(grounding.c.id)).mappings()}


def of_revision(connection: sa.Connection, workspace_id: str, draft_id: str, number: int) -> sa.RowMapping | None:
    """Return what was found last in one revision of a draft."""
    query = sa.select(grounding).where(
        grounding.c.workspace_id == workspace_id, grounding.c.draft_id == draft_id, grounding.c.revision_number == number
    )
    return connection.execute(query.order_by(grounding.c.id.desc()).limit(1)).mappings().first()


def texts(connection: sa.Connection, workspace_id: str, draft_ids: Iterable[str]) -> list[sa.RowMapping]:
    """Return the present texts of drafts with what is needed to look at them, in the order of ids.

    ``pack_version_id`` is that of the pack a draft was first written from.
    """
    first = revision.alias("first_revision")
    columns = (
        draft.c.id, draft.c.campaign_id, draft.c.target_id, draft.c.contact_id, draft.c.variant, draft.c.language,
        draft.c.drafter, draft.c.current_revision, draft.c.content_hash, draft.c.step, draft.c.inbound_message_id,
        draft.c.created_at, revision.c.subject, revision.c.body, revision.c.author,
        target.c.company_id, target.c.recipient, target.c.mailbox, target.c.snapshot,
        sa.func.coalesce(first.c.pack_version_id, campaign.c.pack_version_id).label("pack_version_id"), campaign.c.settings,
    )  # fmt: skip
    joined = (
        draft.join(revision, sa.and_(revision.c.draft_id == draft.c.id, revision.c.number == draft.c.current_revision))
        .join(target, target.c.id == draft.c.target_id)
        .join(campaign, campaign.c.id == draft.c.campaign_id)
        .outerjoin(first, sa.and_(first.c.draft_id == draft.c.id, first.c.number == 1))
    )
    mine = unindexed(draft.c.workspace_id) == workspace_id, among(connection, draft.c.id, list(draft_ids))
    query = sa.select(*columns).select_from(joined).where(*mine).order_by(draft.c.id)
    return list(connection.execute(query).mappings())


def unchecked(
    connection: sa.Connection, workspace_id: str, campaign_id: str, checker: str, *, after: str, limit: int
) -> list[str]:
    """Return the next drafts of a campaign whose present revision these rules have not looked at."""
    looked = sa.exists().where(_OF_NOW, grounding.c.checker == checker)
    query = sa.select(draft.c.id).where(
        draft.c.workspace_id == workspace_id, draft.c.campaign_id == campaign_id, draft.c.id > after, ~looked
    )
    return list(connection.execute(query.order_by(draft.c.id).limit(limit)).scalars())


def count_unchecked(connection: sa.Connection, workspace_id: str, campaign_id: str, checker: str) -> int:
    """Count the drafts of a campaign whose present revision these rules have not looked at."""
    looked = sa.exists().where(_OF_NOW, grounding.c.checker == checker)
    query = sa.select(sa.func.count()).select_from(draft).where(
        draft.c.workspace_id == workspace_id, draft.c.campaign_id == campaign_id, ~looked
    )  # fmt: skip
    return int(connection.execute(query).scalar_one())


def verdicts(connection: sa.Connection, workspace_id: str, campaign_id: str) -> dict[str, int]:
    """Count the drafts of a campaign by the verdict on their present revision; ``unchecked`` where there is none."""
    last = sa.select(sa.func.max(grounding.c.id)).where(_OF_NOW).correlate(draft).scalar_subquery()
    found = sa.func.coalesce(grounding.c.verdict, "unchecked").label("verdict")
    query = sa.select(found, sa.func.count().label("drafts")).select_from(draft.outerjoin(grounding, grounding.c.id == last))
    mine = draft.c.workspace_id == workspace_id, draft.c.campaign_id == campaign_id
    return {row.verdict: row.drafts for row in connection.execute(query.where(*mine).group_by(found))}


def found(verdict: str, standing: Mapping[str, str]) -> sa.ColumnElement[bool]:
    """Match drafts on whose present revision this is the rules' last word; for a query that has ``draft``.

    Args:
        verdict: ``clear``, ``flag`` or ``block``.
        standing: by draft, what is left of the verdict where people let findings pass.
    """
    last = sa.select(sa.func.max(grounding.c.id)).where(_OF_NOW).correlate(draft).scalar_subquery()
    told = sa.exists().where(grounding.c.id == last, grounding.c.verdict == verdict)
    left = [name for name, one in standing.items() if one == verdict]
    return sa.or_(draft.c.id.in_(left), sa.and_(draft.c.id.not_in(list(standing)), told)) if standing else told


def let_pass(connection: sa.Connection, workspace_id: str, campaign_id: str) -> list[str]:
    """Return the drafts of a campaign in which people let findings pass."""
    passed = sa.exists().where(overruling.c.draft_id == draft.c.id)
    mine = draft.c.workspace_id == workspace_id, draft.c.campaign_id == campaign_id
    return list(connection.execute(sa.select(draft.c.id).where(*mine, passed).order_by(draft.c.id)).scalars())


def bodies(connection: sa.Connection, workspace_id: str, campaign_id: str, drafter: str) -> list[sa.Row[Any]]:
    """Return id, contact, variant, language and body of the drafts of a campaign that one drafter wrote."""
    joined = draft.join(revision, sa.and_(revision.c.draft_id == draft.c.id, revision.c.number == draft.c.current_revision))
    columns = (draft.c.id, draft.c.contact_id, draft.c.variant, draft.c.language, revision.c.body)
    mine = draft.c.workspace_id == workspace_id, draft.c.campaign_id == campaign_id, draft.c.drafter == drafter
    return list(connection.execute(sa.select(*columns).select_from(joined).where(*mine).order_by(draft.c.id)))


def overrulings(connection: sa.Connection, workspace_id: str, draft_ids: Iterable[str]) -> dict[str, dict[str, sa.RowMapping]]:
    """Return, by draft and by the key of the finding, what people let pass."""
    query = sa.select(overruling).where(
        overruling.c.workspace_id == workspace_id, among(connection, overruling.c.draft_id, list(draft_ids))
    )
    found: dict[str, dict[str, sa.RowMapping]] = {}
    for row in connection.execute(query.order_by(overruling.c.id)).mappings():
        found.setdefault(row["draft_id"], {})[row["finding_key"]] = row
    return found


def add_overruling(connection: sa.Connection, workspace_id: str, values: Mapping[str, Any]) -> None:
    """Keep that a person lets a finding pass; it is a fact and never changes."""
    connection.execute(sa.insert(overruling).values(id=new_id(), workspace_id=workspace_id, **values))
