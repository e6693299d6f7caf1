"""Which companies and contacts something is known of: tags, facts, imports, mail.

Each function returns a query of ids, to stand behind ``id IN (…)``. What is known of a
row that was merged is known of the row that stands for it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.record.compare import unindexed
from gtm_pipelines.record.imports import counts
from gtm_pipelines.record.tables import (
    campaign,
    company,
    contact,
    fact,
    import_batch,
    import_row,
    inbound_message,
    message,
    message_event,
    suppression,
    tag,
    target,
)

Clause = sa.ColumnElement[bool]
Ids = sa.Select[Any]
OPEN_CAMPAIGNS = ("drafting", "ready", "sending")
"""States in which a campaign may still write to its targets."""
_TABLES = {"company": company, "contact": contact}


def known(table: sa.Table, workspace_id: str, ids: Ids) -> Clause:
    """Whether a row, or one merged into it, is among ``ids``.

    Args:
        table: ``contact`` or ``company``.
        workspace_id: whose rows.
        ids: a query of one column of ids.
    """
    merged = _merged(table, workspace_id)
    through = sa.select(merged.c.root_id).where(merged.c.id.in_(ids))
    return table.c.id.in_(sa.union_all(ids, through))


@lru_cache(maxsize=64)
def _merged(table: sa.Table, workspace_id: str) -> sa.CTE:
    """``id`` → ``root_id`` along every chain of merges; one object, because a statement may name it once only."""
    mine = (unindexed(table.c.workspace_id) == workspace_id, table.c.merged_into.is_not(None))
    first = sa.select(table.c.id, table.c.merged_into.label("root_id")).where(*mine)
    merged = first.cte(f"merged_{table.name}", recursive=True)
    onward = table.alias()
    further = (unindexed(onward.c.workspace_id) == workspace_id, onward.c.merged_into.is_not(None))
    return merged.union_all(sa.select(merged.c.id, onward.c.merged_into).where(*further, onward.c.id == merged.c.root_id))


def tagged(workspace_id: str, kind: str) -> Ids:
    """Return what was tagged; conditions on ``tag`` may be added."""
    return sa.select(tag.c.subject_id).where(tag.c.workspace_id == workspace_id, tag.c.subject_type == kind)


def newest_facts(workspace_id: str, kind: str, name: str) -> Ids:
    """Return the subjects of the newest fact of one name that each has; conditions on ``fact`` may be added.

    What an import said that was undone counts no more.
    """
    mine = (fact.c.workspace_id == workspace_id, fact.c.subject_type == kind, fact.c.field == name)
    newest = fact.alias("newest")
    same = (newest.c.workspace_id == workspace_id, newest.c.subject_type == kind, newest.c.field == name)
    latest = sa.select(sa.func.max(newest.c.id)).where(*same, counts(newest.c.batch_id)).group_by(newest.c.subject_id)
    return sa.select(fact.c.subject_id).where(*mine, fact.c.id.in_(latest))


def imported(workspace_id: str, kind: str) -> Ids:
    """Return what files brought or changed; conditions on ``import_batch`` may be added."""
    joined = sa.join(import_row, import_batch, import_batch.c.id == import_row.c.batch_id)
    mine = (import_batch.c.workspace_id == workspace_id, import_batch.c.kind == kind, import_row.c.entity_id.is_not(None))
    return sa.select(import_row.c.entity_id).select_from(joined).where(*mine, import_batch.c.undone_at.is_(None))


def targeted(workspace_id: str, *, active: bool = False) -> Ids:
    """Return the contacts frozen into campaigns; ``active``: not excluded, and the campaign still open."""
    joined = sa.join(target, campaign, campaign.c.id == target.c.campaign_id)
    query = sa.select(target.c.contact_id).select_from(joined).where(target.c.workspace_id == workspace_id)
    return query.where(target.c.status == "active", campaign.c.status.in_(OPEN_CAMPAIGNS)) if active else query


def sent_campaigns(workspace_id: str) -> Ids:
    """Return the contacts to whom a campaign sent something; conditions on ``campaign`` may be added."""
    joined = sa.join(message, campaign, campaign.c.id == message.c.campaign_id)
    return sa.select(message.c.contact_id).select_from(joined).where(_sent(workspace_id))


def sent(workspace_id: str) -> Ids:
    """Return the contacts to whom a message was sent, as often as it was; conditions on ``message`` may be added."""
    return sa.select(message.c.contact_id).where(_sent(workspace_id))


def replied(workspace_id: str) -> Ids:
    """Return the contacts that something came back from; conditions on ``inbound_message`` may be added."""
    mine = (inbound_message.c.workspace_id == workspace_id, inbound_message.c.contact_id.is_not(None))
    return sa.select(inbound_message.c.contact_id).where(*mine, inbound_message.c.attribution != "own_copy")


def events(workspace_id: str) -> Ids:
    """Return the contacts of message events; conditions on ``message_event`` may be added."""
    return sa.select(message_event.c.contact_id).where(message_event.c.workspace_id == workspace_id)


def unsubscribed(workspace_id: str) -> Clause:
    """Whether a contact ever asked, by mail, by link or in a list, not to be written to."""
    asked = events(workspace_id).where(message_event.c.kind == "unsubscribed")
    wrote = replied(workspace_id).where(inbound_message.c["class"] == "unsubscribe")
    listed = _suppressed(workspace_id, "address").where(suppression.c.reason.like("%unsubscribe%"))
    return sa.or_(
        known(contact, workspace_id, asked),
        known(contact, workspace_id, wrote),
        _holds(contact.c.email_key, lambda column: column.in_(listed)),
    )


def suppressed(workspace_id: str) -> Clause:
    """Whether a contact's address, domain or company is on the list of those never written to.

    Erased entries are hashes that no query can match: a campaign's start finds those.
    """
    parent = suppression.alias("parent")
    above = sa.exists().where(
        parent.c.workspace_id == workspace_id,
        parent.c.kind == "domain",
        contact.c.email_domain.like(sa.literal("%.") + parent.c.value_key),
    )
    return sa.or_(
        _holds(contact.c.email_key, lambda column: column.in_(_suppressed(workspace_id, "address"))),
        _holds(contact.c.email_domain, lambda column: sa.or_(column.in_(_suppressed(workspace_id, "domain")), above)),
        _holds(contact.c.company_id, lambda column: column.in_(_suppressed(workspace_id, "company"))),
    )


def _holds(column: sa.Column[Any], test: Callable[[sa.Column[Any]], Clause]) -> Clause:
    return sa.and_(column.is_not(None), test(column))


def _suppressed(workspace_id: str, kind: str) -> Ids:
    return sa.select(suppression.c.value_key).where(suppression.c.workspace_id == workspace_id, suppression.c.kind == kind)


def _sent(workspace_id: str) -> Clause:
    return sa.and_(unindexed(message.c.workspace_id) == workspace_id, message.c.sent_at.is_not(None))
