"""Queries of the review: drafts as people see them, and the decisions they take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.record import groundings, judgements
from gtm_pipelines.record.campaigns import of_campaign
from gtm_pipelines.record.compare import unindexed
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.enrolments import FIRST_ANSWER
from gtm_pipelines.record.tables import campaign, company, contact, decision, draft, message, revision, target
from gtm_pipelines.record.text import has

_LAST = sa.select(sa.func.max(decision.c.id)).where(decision.c.draft_id == draft.c.id).correlate(draft).scalar_subquery()
_JOINED = (
    draft.join(target, target.c.id == draft.c.target_id)
    .join(campaign, campaign.c.id == draft.c.campaign_id)
    .join(revision, sa.and_(revision.c.draft_id == draft.c.id, revision.c.number == draft.c.current_revision))
    .join(contact, contact.c.id == draft.c.contact_id)
    .outerjoin(company, company.c.id == target.c.company_id)
    .outerjoin(decision, decision.c.id == _LAST)
    .outerjoin(
        message,
        sa.and_(
            message.c.campaign_id == draft.c.campaign_id,
            message.c.step == draft.c.step,
            message.c.contact_id == draft.c.contact_id,
            message.c.draft_id == draft.c.id,
        ),
    )
)
_SEARCHED = (
    draft.join(target, target.c.id == draft.c.target_id)
    .join(revision, sa.and_(revision.c.draft_id == draft.c.id, revision.c.number == draft.c.current_revision))
    .join(contact, contact.c.id == draft.c.contact_id)
    .outerjoin(company, company.c.id == target.c.company_id)
)
_LATER = draft.c.step.between(2, FIRST_ANSWER - 1)
"""Later mails of a sequence, written in the coin's variant only. An answer to somebody is nobody's coin: a person reads it."""
_COLUMNS = (
    *(draft.c[name] for name in ("id", "campaign_id", "target_id", "contact_id", "step", "variant", "language", "drafter")),
    *(draft.c[name] for name in ("status", "current_revision", "content_hash", "warnings", "updated_at", "inbound_message_id")),
    *(revision.c[name] for name in ("subject", "body", "author")),
    *(target.c[name] for name in ("recipient", "mailbox", "snapshot", "company_id")),
    sa.case((_LATER, draft.c.variant), else_=target.c.variant).label("recommended_variant"),
    target.c.status.label("target_status"),
    target.c.status_reason.label("target_reason"),
    campaign.c.status.label("campaign_status"),
    contact.c.do_not_contact,
    contact.c.attributes,
    decision.c.kind.label("decision_kind"),
    decision.c.content_hash.label("decided_hash"),
    decision.c.decided_by,
    decision.c.created_at.label("decided_at"),
    decision.c.reason.label("decision_reason"),
    message.c.state.label("message_state"),
)


_TEXTS = (contact.c.full_name, contact.c.email, company.c.name, revision.c.subject, revision.c.body)
"""What a search looks through."""
_ORDER = (draft.c.target_id, draft.c.step, draft.c.variant)


@dataclass(frozen=True)
class Choice:
    """Which drafts of a campaign to show.

    Attributes:
        risk: only those that a judge gave at least this risk.
        verdict: only those on which the rules' last word was ``clear``, ``flag`` or ``block``.
        standing: by draft, what verdict and counted risk are left where people let findings pass.
    """

    workspace_id: str
    campaign_id: str
    status: str | None = None
    variant: str | None = None
    search: str | None = None
    risk: float | None = None
    verdict: str | None = None
    language: str | None = None
    recommended: bool = False
    standing: Mapping[str, tuple[str, float]] = field(default_factory=dict)

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """Return what a draft must meet."""
        found = [draft.c.workspace_id == self.workspace_id, draft.c.campaign_id == self.campaign_id]
        if self.status:
            found.append(draft.c.status == self.status)
        if self.variant:
            found.append(draft.c.variant == self.variant)
        if self.language:
            found.append(draft.c.language == self.language)
        if self.recommended:
            coin = sa.exists().where(target.c.id == draft.c.target_id, target.c.variant == draft.c.variant)
            found.append(sa.or_(_LATER, sa.and_(draft.c.step == 1, coin.correlate(draft))))
        if self.risk is not None:
            found.append(judgements.riskier(self.risk, {name: risk for name, (_, risk) in self.standing.items()}))
        if self.verdict:
            found.append(groundings.found(self.verdict, {name: verdict for name, (verdict, _) in self.standing.items()}))
        if self.search and self.search.strip():
            found.append(has(_TEXTS, self.search.strip()))
        return found


def page(connection: sa.Connection, choice: Choice, *, limit: int, offset: int) -> list[sa.RowMapping]:
    """Return one page of drafts, the variants of a target side by side."""
    shown = _ordered(choice).limit(limit).offset(offset).subquery()
    query = sa.select(*_COLUMNS).select_from(_JOINED.join(shown, shown.c.id == draft.c.id))
    return list(connection.execute(query.order_by(*_ORDER)).mappings())


def ids(connection: sa.Connection, choice: Choice) -> list[str]:
    """Return the drafts ``page`` would show, all of them, in its order."""
    return list(connection.execute(_ordered(choice)).scalars())


def _ordered(choice: Choice) -> sa.Select[Any]:
    """Choose by the drafts alone where nothing is searched for, so that texts are read for one page only."""
    source = _SEARCHED if choice.search else draft
    return sa.select(draft.c.id).select_from(source).where(*choice.conditions()).order_by(*_ORDER)


def count(connection: sa.Connection, choice: Choice) -> int:
    """Count the drafts ``page`` would show."""
    source = _SEARCHED if choice.search else draft
    return int(connection.execute(sa.select(sa.func.count()).select_from(source).where(*choice.conditions())).scalar_one())


def get(connection: sa.Connection, workspace_id: str, draft_ids: Sequence[str]) -> list[sa.RowMapping]:
    """Return drafts by id, in the order of their targets."""
    query = sa.select(*_COLUMNS).select_from(_JOINED).where(draft.c.workspace_id == workspace_id, draft.c.id.in_(draft_ids))
    return list(connection.execute(query.order_by(draft.c.target_id, draft.c.id)).mappings())


def lock(connection: sa.Connection, workspace_id: str, draft_ids: Sequence[str]) -> None:
    """Hold drafts and their targets until the transaction ends, targets first, each in the order of ids."""
    mine = draft.c.workspace_id == workspace_id, draft.c.id.in_(draft_ids)
    of = target.c.workspace_id == workspace_id, target.c.id.in_(sa.select(draft.c.target_id).where(*mine))
    connection.execute(sa.select(target.c.id).where(*of).order_by(target.c.id).with_for_update()).all()
    every = draft.c.workspace_id == workspace_id, draft.c.target_id.in_(sa.select(target.c.id).where(*of))
    connection.execute(sa.select(draft.c.id).where(*every).order_by(draft.c.id).with_for_update()).all()


def revisions(connection: sa.Connection, workspace_id: str, draft_id: str) -> list[sa.RowMapping]:
    """Return every text of a draft, oldest first."""
    query = sa.select(revision).where(revision.c.workspace_id == workspace_id, revision.c.draft_id == draft_id)
    return list(connection.execute(query.order_by(revision.c.number)).mappings())


def decisions(connection: sa.Connection, workspace_id: str, draft_id: str) -> list[sa.RowMapping]:
    """Return every decision on a draft, oldest first."""
    query = sa.select(decision).where(decision.c.workspace_id == workspace_id, decision.c.draft_id == draft_id)
    return list(connection.execute(query.order_by(decision.c.id)).mappings())


def siblings(connection: sa.Connection, workspace_id: str, target_ids: Sequence[str]) -> list[sa.RowMapping]:
    """Return all drafts of targets: what is approved of the other variants."""
    names = ("id", "target_id", "step", "status", "current_revision", "content_hash")
    query = sa.select(*(draft.c[name] for name in names))
    query = query.where(draft.c.workspace_id == workspace_id, draft.c.target_id.in_(target_ids))
    return list(connection.execute(query.order_by(draft.c.id)).mappings())


def queued(connection: sa.Connection, workspace_id: str, target_ids: Sequence[str]) -> dict[tuple[str, int], sa.RowMapping]:
    """Return the messages already made for targets, by target and step."""
    names = ("target_id", "step", "draft_id", "content_hash", "state")
    query = sa.select(*(message.c[name] for name in names))
    people = sa.select(target.c.contact_id).where(target.c.id.in_(target_ids))
    mine = message.c.workspace_id == workspace_id, message.c.contact_id.in_(people), message.c.target_id.in_(target_ids)
    rows = connection.execute(query.where(*mine))
    return {(row["target_id"], row["step"]): row for row in rows.mappings()}


def undecided(connection: sa.Connection, workspace_id: str, campaign_id: str, *, after: str, limit: int) -> list[tuple[str, str]]:
    """Return the next (draft, target) pairs of the coin's variant where the target has no decision in force."""
    query = _undecided(sa.select(draft.c.id, draft.c.target_id), workspace_id, campaign_id).where(draft.c.id > after)
    return [(row.id, row.target_id) for row in connection.execute(query.order_by(draft.c.id).limit(limit))]


def recommended(record: Record, campaign_id: str) -> int:
    """Return what ``count_undecided`` counts, not counted again while nobody writes anything."""

    def read() -> int:
        with record.read() as connection:
            return count_undecided(connection, record.workspace_id, campaign_id)

    return record.kept(("reviews.recommended", campaign_id), read)


def count_undecided(connection: sa.Connection, workspace_id: str, campaign_id: str) -> int:
    """Count the coin's drafts that wait for a decision; person by person, as an index has them side by side."""
    mine = draft.c.workspace_id == workspace_id, draft.c.campaign_id == campaign_id
    held = {row.status for row in connection.execute(sa.select(draft.c.status).where(*mine).distinct())}
    if "drafted" not in held:
        return 0
    of_person = draft.c.campaign_id == target.c.campaign_id, draft.c.target_id == target.c.id
    waits = sa.select(sa.func.count()).where(*of_person, unindexed(draft.c.workspace_id) == workspace_id, *_waits())
    waits = waits.where(~_decided()) if "approved" in held else waits
    active = *of_campaign(target, workspace_id, campaign_id), target.c.status == "active"
    query = sa.select(sa.func.coalesce(sa.func.sum(waits.correlate(target).scalar_subquery()), 0)).where(*active)
    return int(connection.execute(query).scalar_one())


def undecided_ids(workspace_id: str, campaign_id: str) -> sa.Select[Any]:
    """Return the query for what ``count_undecided`` counts, for those who count no further than they need."""
    return _undecided(sa.select(draft.c.id), workspace_id, campaign_id)


def _undecided(query: sa.Select[Any], workspace_id: str, campaign_id: str) -> sa.Select[Any]:
    """Choose the coin's drafts nobody decided on, of mails of which no other variant is approved."""
    mine = draft.c.workspace_id == workspace_id, draft.c.campaign_id == campaign_id, target.c.status == "active"
    joined = draft.join(target, target.c.id == draft.c.target_id)
    return query.select_from(joined).where(*mine, *_waits(), ~_decided())


def _waits() -> tuple[sa.ColumnElement[bool], ...]:
    coin = sa.or_(_LATER, sa.and_(draft.c.step == 1, draft.c.variant == target.c.variant))
    return draft.c.status == "drafted", coin


def _decided() -> sa.Exists:
    other = draft.alias("other")
    same = other.c.campaign_id == draft.c.campaign_id, other.c.target_id == draft.c.target_id, other.c.step == draft.c.step
    return sa.exists().where(*same, other.c.status == "approved").correlate(draft)


def add_decisions(connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add decisions; they are facts and never change."""
    if rows:
        connection.execute(sa.insert(decision), list(rows))


def add_revision(connection: sa.Connection, row: Mapping[str, Any]) -> None:
    """Add a revision; it is a fact and never changes."""
    connection.execute(sa.insert(revision).values(**row))


def set_status(connection: sa.Connection, workspace_id: str, draft_ids: Sequence[str], status: str, *, at: datetime) -> None:
    """Change the state of drafts the caller holds."""
    if draft_ids:
        mine = sa.update(draft).where(draft.c.workspace_id == workspace_id, draft.c.id.in_(draft_ids))
        connection.execute(mine.values(status=status, updated_at=at, version=draft.c.version + 1))


def set_content(connection: sa.Connection, workspace_id: str, draft_id: str, values: Mapping[str, Any]) -> None:
    """Change what a draft the caller holds is now: its revision, hash, warnings or state."""
    mine = sa.update(draft).where(draft.c.workspace_id == workspace_id, draft.c.id == draft_id)
    connection.execute(mine.values(**values, version=draft.c.version + 1))
