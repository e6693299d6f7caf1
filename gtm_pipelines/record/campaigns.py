"""Queries over campaigns: their state, and the counts of their funnel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.record.compare import unindexed
from gtm_pipelines.record.tables import (
    audit_event,
    campaign,
    draft,
    draft_failure,
    inbound_message,
    message,
    message_event,
    pack_version,
    segment,
    segment_version,
    target,
)

_CAMPAIGN = (
    sa.select(
        campaign,
        segment.c.name.label("segment_name"),
        segment_version.c.version.label("segment_version_number"),
        pack_version.c.pack,
        pack_version.c.version.label("pack_version_number"),
    )
    .join(segment_version, segment_version.c.id == campaign.c.segment_version_id)
    .join(segment, segment.c.id == segment_version.c.segment_id)
    .join(pack_version, pack_version.c.id == campaign.c.pack_version_id)
)
SENT = sa.or_(message.c.state == "sent", sa.and_(message.c.state == "reconciled", message.c.sent_at.is_not(None)))
"""Messages that were handed over for sure."""


def find(connection: sa.Connection, workspace_id: str, campaign_key: str, *, lock: bool = False) -> sa.RowMapping | None:
    """Return a campaign by name or id; ``lock`` holds it until the transaction ends."""
    either = sa.or_(campaign.c.id == campaign_key, campaign.c.name == campaign_key)
    query = _CAMPAIGN.where(campaign.c.workspace_id == workspace_id, either)
    query = query.order_by(sa.case((campaign.c.id == campaign_key, 0), else_=1)).limit(1)
    return connection.execute(query.with_for_update(of=campaign) if lock else query).mappings().one_or_none()


def page(connection: sa.Connection, workspace_id: str, *, status: str | None = None) -> list[sa.RowMapping]:
    """Return campaigns, newest first."""
    query = _CAMPAIGN.where(campaign.c.workspace_id == workspace_id).order_by(campaign.c.id.desc())
    return list(connection.execute(query.where(campaign.c.status == status) if status else query).mappings())


def seal(connection: sa.Connection, workspace_id: str, campaign_id: str) -> str | None:
    """Return the hash of a campaign's deal as the audit kept it; ``None`` where it was made before seals were kept."""
    mine = (
        audit_event.c.workspace_id == workspace_id,
        audit_event.c.subject_type == "campaign",
        audit_event.c.subject_id == campaign_id,
        audit_event.c.action == "campaign.deal",
    )
    detail = connection.execute(sa.select(audit_event.c.detail).where(*mine).limit(1)).scalar_one_or_none()
    return str(detail["seal"]) if detail else None


def add(connection: sa.Connection, workspace_id: str, values: Mapping[str, Any]) -> None:
    """Add a campaign."""
    connection.execute(sa.insert(campaign).values(workspace_id=workspace_id, **values))


def set_status(
    connection: sa.Connection, workspace_id: str, campaign_id: str, status: str, *, at: datetime, released_at: datetime | None
) -> None:
    """Change a campaign's state; the caller holds it."""
    mine = sa.update(campaign).where(campaign.c.workspace_id == workspace_id, campaign.c.id == campaign_id)
    connection.execute(mine.values(status=status, released_at=released_at, updated_at=at, version=campaign.c.version + 1))


def set_pause(
    connection: sa.Connection, workspace_id: str, campaign_id: str, *, at: datetime, since: datetime | None, reason: str | None
) -> None:
    """Pause a campaign since a moment for a reason, or let it go on; the caller holds it."""
    mine = sa.update(campaign).where(campaign.c.workspace_id == workspace_id, campaign.c.id == campaign_id)
    connection.execute(mine.values(paused_at=since, pause_reason=reason, updated_at=at, version=campaign.c.version + 1))


def target_counts(connection: sa.Connection, workspace_id: str, campaign_id: str) -> dict[tuple[str, str | None], int]:
    """Count targets by status and reason."""
    return _counts(connection, target, workspace_id, campaign_id, target.c.status, target.c.status_reason)


def draft_counts(connection: sa.Connection, workspace_id: str, campaign_id: str) -> dict[tuple[str, str, str], int]:
    """Count drafts by status, variant and language."""
    return _counts(connection, draft, workspace_id, campaign_id, draft.c.status, draft.c.variant, draft.c.language)


def drafts_written(connection: sa.Connection, workspace_id: str, campaign_id: str) -> set[tuple[str, str]]:
    """Return the variants and languages that a campaign's drafts are written in."""
    return {(variant, language) for _, variant, language in draft_counts(connection, workspace_id, campaign_id)}


def drafted_targets(connection: sa.Connection, workspace_id: str, campaign_id: str) -> int:
    """Count the targets that have at least one draft."""
    query = sa.select(sa.func.count(sa.distinct(draft.c.target_id)))
    return int(connection.execute(query.where(*of_campaign(draft, workspace_id, campaign_id))).scalar_one())


def failure_counts(connection: sa.Connection, workspace_id: str, campaign_id: str) -> dict[str, int]:
    """Count drafts that could not be made, by reason."""
    counted = _counts(connection, draft_failure, workspace_id, campaign_id, draft_failure.c.reason_code)
    return {key[0]: number for key, number in counted.items()}


def message_counts(connection: sa.Connection, workspace_id: str, campaign_id: str) -> dict[str, int]:
    """Count messages by state."""
    return {key[0]: number for key, number in _counts(connection, message, workspace_id, campaign_id, message.c.state).items()}


def sent_counts(connection: sa.Connection, workspace_id: str, campaign_id: str) -> dict[str, int]:
    """Count messages surely sent: ``sent`` all of them, else by outcome."""
    of = message.c.state, message.c.mailbox, message.c.outcome  # in the order of an index: nothing is sorted
    query = sa.select(*of, sa.func.count(), sa.func.count(message.c.sent_at)).where(
        *of_campaign(message, workspace_id, campaign_id)
    )
    counted: Counter[str] = Counter(sent=0)
    for state, _, outcome, every, with_moment in connection.execute(query.group_by(*of)):
        number = {"sent": every, "reconciled": with_moment}.get(state, 0)
        counted.update({"sent": number, **({str(outcome): number} if outcome and number else {})})
    return dict(counted)


def event_counts(connection: sa.Connection, workspace_id: str, campaign_id: str, kinds: Collection[str]) -> dict[str, int]:
    """Count the messages that have at least one event of each of ``kinds``."""
    query = sa.select(message_event.c.kind, sa.func.count(sa.distinct(message_event.c.message_id)))
    mine = *of_campaign(message_event, workspace_id, campaign_id), message_event.c.kind.in_(kinds)
    rows = connection.execute(query.where(*mine).group_by(message_event.c.kind))
    return {str(kind): int(number) for kind, number in rows}


def reply_classes(connection: sa.Connection, workspace_id: str, campaign_id: str) -> dict[str, int]:
    """Count the messages that got an answer of a class, by class."""
    answer = inbound_message.c["class"]
    query = sa.select(answer, sa.func.count(sa.distinct(inbound_message.c.message_id)))
    mine = (*of_campaign(inbound_message, workspace_id, campaign_id), inbound_message.c.message_id.is_not(None))
    return {str(name): int(number) for name, number in connection.execute(query.where(*mine).group_by(answer))}


def last_mailboxes(connection: sa.Connection, workspace_id: str, contact_ids: sa.Select[Any]) -> dict[str, str]:
    """Return, by contact, the mailbox that wrote to them last."""
    latest = (
        sa.select(message.c.contact_id, sa.func.max(message.c.id).label("id"))
        .where(message.c.workspace_id == workspace_id, message.c.contact_id.in_(contact_ids))
        .group_by(message.c.contact_id)
        .subquery()
    )
    rows = connection.execute(sa.select(message.c.contact_id, message.c.mailbox).join(latest, latest.c.id == message.c.id))
    return {row.contact_id: row.mailbox for row in rows}


def of_campaign(table: sa.Table, workspace_id: str, campaign_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    """Choose a campaign's rows by the campaign: SQLite would rather read a whole workspace in the order of a state."""
    return unindexed(table.c.workspace_id) == workspace_id, table.c.campaign_id == campaign_id


def _counts(
    connection: sa.Connection, table: sa.Table, workspace_id: str, campaign_id: str, *columns: sa.ColumnElement[Any]
) -> dict[Any, int]:
    query = sa.select(*columns, sa.func.count()).where(*of_campaign(table, workspace_id, campaign_id)).group_by(*columns)
    return {tuple(row[:-1]): int(row[-1]) for row in connection.execute(query)}
