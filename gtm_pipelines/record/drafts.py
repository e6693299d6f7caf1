"""Queries over drafts, their revisions and the decisions on them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.record.campaigns import of_campaign
from gtm_pipelines.record.compare import unindexed
from gtm_pipelines.record.tables import decision, draft, draft_failure, enrolment, revision, target
from gtm_pipelines.record.upsert import among

_APPROVED = (
    draft.c.id.label("draft_id"),
    draft.c.target_id,
    draft.c.contact_id,
    target.c.company_id,
    draft.c.step,
    draft.c.variant,
    revision.c.number.label("revision_number"),
    revision.c.subject,
    revision.c.body,
    draft.c.content_hash,
    decision.c.id.label("decision_id"),
    decision.c.created_at.label("decided_at"),
    target.c.recipient,
    target.c.mailbox,
    target.c.snapshot,
    draft.c.inbound_message_id,
    enrolment.c.status.label("enrolment_status"),
    enrolment.c.reason.label("enrolment_reason"),
    enrolment.c.step.label("enrolment_step"),
    enrolment.c.next_at,
    enrolment.c.paused_until,
)


def approved(
    connection: sa.Connection,
    workspace_id: str,
    campaign_id: str,
    *,
    step: int | None = None,
    lock: bool = False,
    only: Collection[str] | None = None,
) -> list[sa.RowMapping]:
    """Return the drafts of active targets whose latest decision approves their current content.

    Each row has draft_id, target_id, contact_id, company_id, step, variant, revision_number, subject, body,
    content_hash, decision_id, recipient, mailbox, snapshot, inbound_message_id, and of the target's enrolment
    enrolment_status, enrolment_reason, enrolment_step, next_at and paused_until, null where it has none.

    Args:
        lock: hold the drafts until the caller's transaction ends, so that no edit
            overtakes what is made from them (PostgreSQL; SQLite's writer already does).
        only: of these targets.
    """
    last = sa.select(sa.func.max(decision.c.id)).where(decision.c.draft_id == draft.c.id).correlate(draft).scalar_subquery()
    query = (
        sa.select(*_APPROVED)
        .join(target, target.c.id == draft.c.target_id)
        .outerjoin(enrolment, enrolment.c.target_id == draft.c.target_id)
        .join(revision, (revision.c.draft_id == draft.c.id) & (revision.c.number == draft.c.current_revision))
        .join(decision, decision.c.id == last)
        .where(
            *_of_targets(connection, workspace_id, campaign_id, only),
            draft.c.status == "approved",
            target.c.status == "active",
            decision.c.kind == "approve",
            decision.c.content_hash == draft.c.content_hash,
        )
        .order_by(draft.c.id)
    )
    if step is not None:
        query = query.where(draft.c.step == step)
    if lock:
        query = query.with_for_update(of=draft)
    return list(connection.execute(query).mappings())


def count_approved(connection: sa.Connection, workspace_id: str, campaign_id: str) -> int:
    """Count the drafts of active targets that are approved."""
    query = sa.select(sa.func.count()).select_from(draft.join(target, target.c.id == draft.c.target_id))
    mine = draft.c.workspace_id == workspace_id, draft.c.campaign_id == campaign_id
    return int(connection.execute(query.where(*mine, draft.c.status == "approved", target.c.status == "active")).scalar_one())


def existing(connection: sa.Connection, workspace_id: str, target_ids: Sequence[str], *, step: int = 1) -> set[tuple[str, str]]:
    """Return the (target, variant) pairs that have a draft for the step."""
    query = sa.select(draft.c.target_id, draft.c.variant)
    mine = draft.c.workspace_id == workspace_id, draft.c.target_id.in_(target_ids), draft.c.step == step
    return {(row.target_id, row.variant) for row in connection.execute(query.where(*mine))}


def count_first(connection: sa.Connection, workspace_id: str, campaign_id: str, *, dealt: bool) -> int:
    """Count the first mails that are written of a campaign's active targets; with ``dealt`` only those of the coin's variant."""
    written = sa.select(sa.func.count()).where(*of_campaign(draft, workspace_id, campaign_id), draft.c.step == 1)
    of_person = draft.c.campaign_id == target.c.campaign_id, draft.c.target_id == target.c.id, draft.c.step == 1
    theirs = sa.select(sa.func.count()).where(*of_person).correlate(target)
    people = of_campaign(target, workspace_id, campaign_id)
    if dealt:
        each = theirs.where(unindexed(draft.c.variant) == target.c.variant).scalar_subquery()
        query = sa.select(sa.func.coalesce(sa.func.sum(each), 0)).where(*people, target.c.status == "active")
        return int(connection.execute(query).scalar_one())
    left_out = sa.select(sa.func.coalesce(sa.func.sum(theirs.scalar_subquery()), 0)).where(*people, target.c.status != "active")
    return int(connection.execute(written).scalar_one()) - int(connection.execute(left_out).scalar_one())


def insert(connection: sa.Connection, drafts: Sequence[Mapping[str, Any]], revisions: Sequence[Mapping[str, Any]]) -> None:
    """Add drafts with their first revisions."""
    if drafts:
        connection.execute(sa.insert(draft), list(drafts))
        connection.execute(sa.insert(revision), list(revisions))


def replace_failures(
    connection: sa.Connection, workspace_id: str, tried: Sequence[tuple[str, str]], rows: Sequence[Mapping[str, Any]],
    *, step: int = 1,
) -> None:  # fmt: skip
    """Let ``rows`` be all that is known to have failed of one step for these targets and variants."""
    by_variant: dict[str, list[str]] = {}
    for target_id, variant in tried:
        by_variant.setdefault(variant, []).append(target_id)
    for variant, target_ids in by_variant.items():
        mine = draft_failure.c.workspace_id == workspace_id, draft_failure.c.target_id.in_(target_ids)
        which = draft_failure.c.step == step, draft_failure.c.variant == variant
        connection.execute(sa.delete(draft_failure).where(*mine, *which))
    if rows:
        connection.execute(sa.insert(draft_failure), list(rows))


def statuses(
    connection: sa.Connection, workspace_id: str, campaign_id: str, *, only: Collection[str] | None = None
) -> dict[tuple[str, int], set[str]]:
    """Return, by target and step, the states its drafts are in; ``only`` of these targets."""
    query = sa.select(draft.c.target_id, draft.c.step, draft.c.status).distinct()
    found: dict[tuple[str, int], set[str]] = {}
    for target_id, step, status in connection.execute(query.where(*_of_targets(connection, workspace_id, campaign_id, only))):
        found.setdefault((target_id, step), set()).add(status)
    return found


def _of_targets(
    connection: sa.Connection, workspace_id: str, campaign_id: str, only: Collection[str] | None
) -> tuple[sa.ColumnElement[bool], ...]:
    """Choose a campaign's drafts, or those of some targets: by the targets then, not by all of the campaign."""
    if only is None:
        return draft.c.workspace_id == workspace_id, draft.c.campaign_id == campaign_id
    mine = unindexed(draft.c.workspace_id) == workspace_id, unindexed(draft.c.campaign_id) == campaign_id
    return *mine, among(connection, draft.c.target_id, only)
