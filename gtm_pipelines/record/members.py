"""Queries over the people and companies that meet a condition: how many, a page of them, in which campaigns they are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.record.compare import unindexed
from gtm_pipelines.record.history import OPEN_CAMPAIGNS
from gtm_pipelines.record.merges import merged_people
from gtm_pipelines.record.messages import handed_since
from gtm_pipelines.record.tables import campaign, company, contact, fact, message, target

Clause = sa.ColumnElement[bool]
NAME_SAMPLE = 2_000
"""Rows looked at from either end for the names of attributes: 20 ms."""

CONTACT_COLUMNS = (
    contact.c.id,
    contact.c.full_name,
    contact.c.email,
    contact.c.position,
    contact.c.company_id,
    sa.func.coalesce(company.c.name, contact.c.company_name).label("company_name"),
    sa.func.coalesce(contact.c.country, company.c.country).label("country"),
    company.c.industry,
    contact.c.language,
    contact.c.do_not_contact,
    contact.c.last_outreach_at,
    contact.c.last_reply_class,
)
COMPANY_COLUMNS = tuple(
    company.c[name] for name in ("id", "name", "domain", "country", "city", "industry", "employee_count", "segment", "status")
)
_WITH_COMPANY = contact.outerjoin(company, (company.c.id == contact.c.company_id))


def of_workspace(table: sa.Table, workspace_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions of every list of people or companies: the workspace's, and not merged into another."""
    return unindexed(table.c.workspace_id) == workspace_id, unindexed(table.c.merged_into).is_(None)


def count(connection: sa.Connection, workspace_id: str, table: sa.Table, clause: Clause) -> int:
    """Count the contacts or companies that meet a condition."""
    query = sa.select(sa.func.count()).select_from(table).where(*of_workspace(table, workspace_id), clause)
    return int(connection.execute(query).scalar_one())


def count_all(connection: sa.Connection, workspace_id: str, table: sa.Table) -> int:
    """Count every contact or company: what an index alone can answer."""
    mine = table.c.workspace_id == workspace_id
    everything = connection.execute(sa.select(sa.func.count()).select_from(table).where(mine)).scalar_one()
    merged = (
        sa.select(sa.func.count())
        .select_from(table)
        .where(unindexed(table.c.workspace_id) == workspace_id, table.c.merged_into.is_not(None))
    )
    return int(everything) - int(connection.execute(merged).scalar_one())


def ids(connection: sa.Connection, workspace_id: str, table: sa.Table, clause: Clause, *, limit: int) -> list[str]:
    """Return the ids that meet a condition, in no order and at most ``limit``."""
    query = sa.select(table.c.id).where(*of_workspace(table, workspace_id), clause).limit(limit)
    return list(connection.execute(query).scalars())


def rows(connection: sa.Connection, workspace_id: str, table: sa.Table, wanted: Iterable[str]) -> list[sa.RowMapping]:
    """Return the rows with these ids, in order of arrival."""
    mine = (unindexed(table.c.workspace_id) == workspace_id, table.c.id.in_(list(wanted)))
    if table is company:
        query = sa.select(*COMPANY_COLUMNS).where(*mine)
    else:
        query = sa.select(*CONTACT_COLUMNS).select_from(_WITH_COMPANY).where(*mine)
    return list(connection.execute(query.order_by(table.c.id)).mappings())


def page(
    connection: sa.Connection, workspace_id: str, table: sa.Table, clause: Clause, *, after: str, limit: int, offset: int
) -> list[sa.RowMapping]:
    """Return one page in order of arrival.

    Args:
        connection: an open transaction.
        workspace_id: whose rows.
        table: ``contact`` or ``company``.
        clause: the condition.
        after: the id after which the page begins; empty for the start.
        limit: most rows.
        offset: rows to pass over behind ``after``; each costs time, an id costs none.
    """
    wanted = sa.select(table.c.id).where(*of_workspace(table, workspace_id), clause, table.c.id > after)
    wanted = wanted.order_by(table.c.id).limit(limit).offset(offset).correlate(None)
    if table is company:
        query = sa.select(*COMPANY_COLUMNS).where(company.c.id.in_(wanted))
    else:
        query = sa.select(*CONTACT_COLUMNS).select_from(_WITH_COMPANY).where(contact.c.id.in_(wanted))
    return list(connection.execute(query.order_by(table.c.id)).mappings())


def members(workspace_id: str, clause: Clause, columns: Iterable[sa.ColumnElement[Any]]) -> sa.Select[Any]:
    """Return the query of the contacts a segment matches, joined to their companies, in order of arrival."""
    query = sa.select(*columns).select_from(_WITH_COMPANY).where(*of_workspace(contact, workspace_id), clause)
    return query.order_by(contact.c.id)


def overlaps(connection: sa.Connection, workspace_id: str, clause: Clause) -> list[sa.RowMapping]:
    """Return, for each campaign that may still write, how many of those who meet a condition it may write to."""
    query = _in_open_campaigns(workspace_id, clause).group_by(campaign.c.id, campaign.c.name, campaign.c.status)
    columns = (campaign.c.id, campaign.c.name, campaign.c.status, sa.func.count().label("people"))
    return list(connection.execute(query.with_only_columns(*columns).order_by(sa.desc("people"), campaign.c.name)).mappings())


def count_overlapping(connection: sa.Connection, workspace_id: str, clause: Clause) -> int:
    """Count those who meet a condition and are in at least one campaign that may still write to them."""
    query = _in_open_campaigns(workspace_id, clause).with_only_columns(sa.func.count(target.c.contact_id.distinct()))
    return int(connection.execute(query).scalar_one())


def mailed_lately(
    connection: sa.Connection, workspace_id: str, clause: Clause, since: datetime
) -> tuple[list[sa.RowMapping], int]:
    """Return, for each campaign that is over, to how many of those who meet a condition it wrote since; and how many in all."""
    over = campaign.c.workspace_id == workspace_id, campaign.c.status.not_in(OPEN_CAMPAIGNS)
    if connection.execute(sa.select(campaign.c.id).where(*over).limit(1)).first() is None:
        return [], 0
    joined = message.join(campaign, campaign.c.id == message.c.campaign_id)
    handed = handed_since(connection, workspace_id, since)
    query = _meeting(sa.select(message.c.id).where(handed, *over), joined, message.c.contact_id, workspace_id, clause)
    people = sa.func.count(message.c.contact_id.distinct())
    columns = (campaign.c.id, campaign.c.name, campaign.c.status)
    each = (
        query.with_only_columns(*columns, people.label("people")).group_by(*columns).order_by(sa.desc("people"), campaign.c.name)
    )
    found = list(connection.execute(each).mappings())
    total = found[0]["people"] if len(found) == 1 else 0
    return found, int(connection.execute(query.with_only_columns(people)).scalar_one()) if len(found) > 1 else total


def _in_open_campaigns(workspace_id: str, clause: Clause) -> sa.Select[Any]:
    """Go from the open campaigns to their people."""
    joined = target.join(campaign, campaign.c.id == target.c.campaign_id)
    mine = (unindexed(target.c.workspace_id) == workspace_id, target.c.status == "active", campaign.c.status.in_(OPEN_CAMPAIGNS))
    query = sa.select(target.c.id).where(*mine, campaign.c.workspace_id == workspace_id)
    return _meeting(query, joined, target.c.contact_id, workspace_id, clause)


def _meeting(
    query: sa.Select[Any], joined: sa.Join, person: sa.ColumnElement[str], workspace_id: str, clause: Clause
) -> sa.Select[Any]:
    """Keep those whose person meets a condition; nobody's own row is read where it asks nothing of it."""
    if isinstance(clause, sa.True_):
        return query.select_from(joined).where(person.not_in(merged_people(workspace_id)))
    joined = joined.join(contact, contact.c.id == person)
    return query.select_from(joined).where(*of_workspace(contact, workspace_id), clause)


def top_values(
    connection: sa.Connection, workspace_id: str, table: sa.Table, value: sa.ColumnElement[Any], *, limit: int
) -> list[tuple[str, int]]:
    """Return the values a column holds most often, each with its count."""
    found, number = value.label("value"), sa.func.count().label("number")
    query = sa.select(found, number).select_from(table).where(*of_workspace(table, workspace_id), value.is_not(None))
    query = query.group_by(found).order_by(number.desc(), found).limit(limit)
    return [(str(row.value), int(row.number)) for row in connection.execute(query)]


def attribute_names(connection: sa.Connection, workspace_id: str, table: sa.Table) -> list[str]:
    """Return the names of attributes, as the oldest and the newest few thousand rows have them."""
    names: set[str] = set()
    for order in (table.c.id.asc(), table.c.id.desc()):
        query = sa.select(table.c.attributes).where(*of_workspace(table, workspace_id)).order_by(order).limit(NAME_SAMPLE)
        for attributes in connection.execute(query).scalars():
            names.update(attributes)
    return sorted(names)


def fact_names(connection: sa.Connection, workspace_id: str, kind: str) -> list[str]:
    """Return the names of the facts known of companies or contacts."""
    mine = (fact.c.workspace_id == workspace_id, fact.c.subject_type == kind)
    return list(connection.execute(sa.select(fact.c.field).where(*mine).distinct().order_by(fact.c.field)).scalars())
