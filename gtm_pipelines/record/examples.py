"""Queries over examples to learn from, and over the facts they are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.ids import new_id
from gtm_pipelines.record.compare import unindexed
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import (
    audit_event,
    campaign,
    company,
    contact,
    decision,
    draft,
    draft_stage,
    grounding,
    inbound_message,
    judgement,
    message,
    pack_version,
    revision,
    target,
    training_example,
)
from gtm_pipelines.record.upsert import among, upsert

Rows = list[dict[str, Any]]
_JUDGED = ("approve", "reject", "void")


def last_built(record: Record) -> datetime | None:
    """Return when an example last changed."""
    query = sa.select(sa.func.max(training_example.c.updated_at)).where(training_example.c.workspace_id == record.workspace_id)
    with record.read() as connection:
        return connection.execute(query).scalar_one_or_none()


def changed_drafts(record: Record, since: datetime | None, *, after: str, limit: int) -> list[str]:
    """Return the next ids of drafts that were ever decided on and of which anything became known since a moment.

    Args:
        record: the record.
        since: the moment; all of them where absent.
        after: the id to go on behind.
        limit: how many.
    """
    decided = sa.exists().where(decision.c.draft_id == draft.c.id, decision.c.kind.in_(_JUDGED))
    query = sa.select(draft.c.id).where(draft.c.workspace_id == record.workspace_id, draft.c.id > after, decided)
    if since is not None:
        answered = sa.exists().where(
            message.c.draft_id == draft.c.id, inbound_message.c.message_id == message.c.id, inbound_message.c.updated_at >= since
        )
        news = [
            draft.c.updated_at >= since,
            sa.exists().where(decision.c.draft_id == draft.c.id, decision.c.created_at >= since),
            sa.exists().where(judgement.c.draft_id == draft.c.id, judgement.c.created_at >= since),
            sa.exists().where(grounding.c.draft_id == draft.c.id, grounding.c.created_at >= since),
            sa.exists().where(message.c.draft_id == draft.c.id, message.c.updated_at >= since),
            answered,
        ]
        query = query.where(sa.or_(*news))
    with record.read() as connection:
        return list(connection.execute(query.order_by(draft.c.id).limit(limit)).scalars())


def drafts(connection: sa.Connection, workspace_id: str, draft_ids: Sequence[str]) -> Rows:
    """Return drafts with whom they are for and the campaign's own texts."""
    query = (
        sa.select(
            *(draft.c[name] for name in ("id", "campaign_id", "contact_id", "step", "variant", "language", "drafter")),
            target.c.snapshot,
            target.c.company_id,
            target.c.recipient,
            contact.c.company_id.label("contact_company_id"),
            campaign.c.settings.label("campaign_settings"),
        )
        .join(target, target.c.id == draft.c.target_id)
        .join(contact, contact.c.id == draft.c.contact_id)
        .join(campaign, campaign.c.id == draft.c.campaign_id)
        .where(unindexed(draft.c.workspace_id) == workspace_id, among(connection, draft.c.id, draft_ids))
    )
    return [dict(row) for row in connection.execute(query.order_by(draft.c.id)).mappings()]


def revisions(connection: sa.Connection, workspace_id: str, draft_ids: Sequence[str]) -> Rows:
    """Return every text of drafts, oldest first, with the pack each came from."""
    query = (
        sa.select(
            *(revision.c[name] for name in ("draft_id", "number", "subject", "body", "author", "content_hash", "reason")),
            pack_version.c.pack,
            pack_version.c.version,
        )
        .outerjoin(pack_version, pack_version.c.id == revision.c.pack_version_id)
        .where(revision.c.workspace_id == workspace_id, among(connection, revision.c.draft_id, draft_ids))
    )
    return [dict(row) for row in connection.execute(query.order_by(revision.c.draft_id, revision.c.number)).mappings()]


def decisions(connection: sa.Connection, workspace_id: str, draft_ids: Sequence[str]) -> Rows:
    """Return every decision on drafts, oldest first."""
    mine = decision.c.workspace_id == workspace_id, among(connection, decision.c.draft_id, draft_ids)
    return [dict(row) for row in connection.execute(sa.select(decision).where(*mine).order_by(decision.c.id)).mappings()]


def outcomes(connection: sa.Connection, workspace_id: str, draft_ids: Sequence[str]) -> Rows:
    """Return, a row an answer, what came of the messages made of drafts: only answers attributed to one of them."""
    answer = inbound_message
    joined = message.outerjoin(answer, (answer.c.message_id == message.c.id) & (answer.c.attribution != "own_copy"))
    query = sa.select(
        message.c.draft_id, message.c.state, message.c.outcome, message.c.mailbox, answer.c["class"].label("cls")
    ).select_from(joined)
    mine = message.c.workspace_id == workspace_id, among(connection, message.c.draft_id, draft_ids)
    return [dict(row) for row in connection.execute(query.where(*mine).order_by(message.c.id, answer.c.id)).mappings()]


def stages(connection: sa.Connection, workspace_id: str, draft_ids: Sequence[str]) -> Rows:
    """Return what each stage of writing the first revisions put out, in order."""
    mine = draft_stage.c.workspace_id == workspace_id, among(connection, draft_stage.c.draft_id, draft_ids)
    query = sa.select(draft_stage.c.draft_id, draft_stage.c.stage, draft_stage.c.output)
    query = query.where(*mine, draft_stage.c.revision_number == 1)
    return [dict(row) for row in connection.execute(query.order_by(draft_stage.c.draft_id, draft_stage.c.position)).mappings()]


def judgements(connection: sa.Connection, workspace_id: str, draft_ids: Sequence[str]) -> Rows:
    """Return how revisions were judged, oldest first."""
    mine = judgement.c.workspace_id == workspace_id, among(connection, judgement.c.draft_id, draft_ids)
    return [dict(row) for row in connection.execute(sa.select(judgement).where(*mine).order_by(judgement.c.id)).mappings()]


def groundings(connection: sa.Connection, workspace_id: str, draft_ids: Sequence[str]) -> Rows:
    """Return what stood behind revisions, oldest first."""
    mine = grounding.c.workspace_id == workspace_id, among(connection, grounding.c.draft_id, draft_ids)
    return [dict(row) for row in connection.execute(sa.select(grounding).where(*mine).order_by(grounding.c.id)).mappings()]


def corrected_replies(record: Record, since: datetime | None, *, after: str, limit: int) -> Rows:
    """Return the next inbound messages whose class a person put right, with the class the rules had given first.

    The pack is that of the mail they answer, else the campaign's.
    """
    said, first = audit_event, sa.func.min(audit_event.c.id).label("first")
    by_person = said.c.action == "reply.reclassify", said.c.subject_type == "inbound_message"
    put_right = sa.select(said.c.subject_id, first).where(said.c.workspace_id == record.workspace_id, *by_person)
    earliest = put_right.group_by(said.c.subject_id).subquery()
    answer = inbound_message
    names = ("id", "subject", "text", "language", "from_address", "contact_id", "campaign_id")
    query = (
        sa.select(
            *(answer.c[name] for name in names),
            answer.c["class"].label("cls"),
            said.c.detail,
            contact.c.company_id,
            pack_version.c.pack,
            pack_version.c.version,
        )
        .outerjoin(message, message.c.id == answer.c.message_id)
        .outerjoin(revision, (revision.c.draft_id == message.c.draft_id) & (revision.c.number == 1))
        .join(earliest, earliest.c.subject_id == answer.c.id)
        .join(said, said.c.id == earliest.c.first)
        .outerjoin(contact, contact.c.id == answer.c.contact_id)
        .outerjoin(campaign, campaign.c.id == answer.c.campaign_id)
        .outerjoin(pack_version, pack_version.c.id == sa.func.coalesce(revision.c.pack_version_id, campaign.c.pack_version_id))
        .where(answer.c.workspace_id == record.workspace_id, answer.c.id > after)
    )
    if since is not None:
        query = query.where(answer.c.updated_at >= since)
    with record.read() as connection:
        return [dict(row) for row in connection.execute(query.order_by(answer.c.id).limit(limit)).mappings()]


def companies_at(connection: sa.Connection, workspace_id: str, domains: Iterable[str]) -> dict[str, str]:
    """Return domain → the company that holds it."""
    query = sa.select(company.c.domain, company.c.id).where(
        company.c.workspace_id == workspace_id, among(connection, company.c.domain, domains)
    )
    return {row.domain: row.id for row in connection.execute(query)}


def of_sources(connection: sa.Connection, workspace_id: str, kinds: Sequence[str], keys: Sequence[str]) -> Rows:
    """Return the examples made of these sources."""
    mine = training_example.c.workspace_id == workspace_id, training_example.c.kind.in_(kinds)
    query = sa.select(training_example).where(*mine, among(connection, training_example.c.source_key, keys))
    return [dict(row) for row in connection.execute(query).mappings()]


def put(record: Record, connection: sa.Connection, rows: Sequence[Mapping[str, Any]], *, at: datetime) -> None:
    """Add examples, or set those there are to these values."""
    for row in rows:
        fresh = upsert(record, training_example).values(
            id=new_id(), workspace_id=record.workspace_id, created_at=at, updated_at=at, **row
        )
        changed = {name: fresh.excluded[name] for name in (*row, "updated_at") if name not in ("kind", "source_key")}
        connection.execute(fresh.on_conflict_do_update(index_elements=["workspace_id", "kind", "source_key"], set_=changed))


def remove(connection: sa.Connection, workspace_id: str, ids: Sequence[str]) -> None:
    """Take examples out whose facts no longer say so."""
    mine = training_example.c.workspace_id == workspace_id, among(connection, training_example.c.id, ids)
    connection.execute(sa.delete(training_example).where(*mine))


def keys(connection: sa.Connection, workspace_id: str) -> Rows:
    """Return what decides the side of every example."""
    names = ("id", "split", "split_key", "company_id", "contact_id")
    query = sa.select(*(training_example.c[name] for name in names)).where(training_example.c.workspace_id == workspace_id)
    return [dict(row) for row in connection.execute(query.order_by(training_example.c.id)).mappings()]


def move(connection: sa.Connection, workspace_id: str, ids: Sequence[str], split: str, split_key: str, *, at: datetime) -> None:
    """Put examples on a side."""
    mine = training_example.c.workspace_id == workspace_id, among(connection, training_example.c.id, ids)
    connection.execute(sa.update(training_example).where(*mine).values(split=split, split_key=split_key, updated_at=at))


def counts(record: Record) -> Rows:
    """Return how many examples there are, by kind, pack, language and side."""
    t = training_example.c
    group = (t.kind, t.pack, t.language, t.split)
    figures = sa.func.count().label("examples"), sa.func.count(sa.distinct(t.split_key)).label("companies")
    query = sa.select(*group, *figures).where(t.workspace_id == record.workspace_id).group_by(*group).order_by(*group)
    with record.read() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def page(
    record: Record,
    *,
    kind: str | None = None,
    pack: str | None = None,
    split: str | None = None,
    language: str | None = None,
    ids: Sequence[str] | None = None,
    after: str = "",
    limit: int = 1000,
) -> Rows:
    """Return examples by id, those of one pack or side only where asked."""
    t = training_example.c
    query = sa.select(training_example).where(t.workspace_id == record.workspace_id, t.id > after)
    asked = {t.kind: kind, t.pack: pack, t.split: split, t.language: language}
    query = query.where(*(column == value for column, value in asked.items() if value is not None))
    with record.read() as connection:
        if ids is not None:
            query = query.where(among(connection, t.id, ids))
        return [dict(row) for row in connection.execute(query.order_by(t.id).limit(limit)).mappings()]
