"""Queries over everything that can be searched, by kind: which there are in which state, and their columns.

``states`` says for every text of a kind what it stands on, in a form that changes when it does;
``signal`` says the same of the whole workspace in one cheap query. What counts is what the rest of
the workbench shows: rows merged into others speak for those, undone imports and erased texts say nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.record.imports import counts
from gtm_pipelines.record.merges import roots
from gtm_pipelines.record.tables import company, contact, erasure, fact, import_batch, inbound_message, insight, message, page
from gtm_pipelines.record.upsert import among

ERASED = "[erased]"
"""What stands in the place of an erased text."""
PROSE = 120
"""Characters from which a fact is a text of its own, besides being a line about its subject."""
SUBJECTS = {"company": company, "contact": contact}
Rows = Sequence[Any]


def signal(connection: sa.Connection, workspace_id: str) -> dict[str, str]:
    """Return, for each kind, what its tables look like now: equal means that nothing was added, changed or removed."""
    latest = [
        _scalar(sa.func.count(), table, workspace_id) for table in (company, contact, page, insight, message, inbound_message)
    ]
    latest += [
        _scalar(sa.func.max(table.c.updated_at), table, workspace_id) for table in (company, contact, message, inbound_message)
    ]
    latest += [_scalar(sa.func.max(table.c.id), table, workspace_id) for table in (fact, page, insight)]
    latest += [_scalar(sa.func.count(table.c.undone_at), table, workspace_id) for table in (import_batch,)]
    latest += [_scalar(sa.func.count(), erasure, workspace_id)]
    row = [str(value) for value in connection.execute(sa.select(*latest)).one()]
    companies, contacts, pages, insights, messages, mails = row[:6]
    company_at, contact_at, message_at, mail_at, fact_id, page_id, insight_id, undone, erased = row[6:]
    people = (companies, company_at, contacts, contact_at)
    parts = {
        "company": (companies, company_at, fact_id, undone), "contact": (contacts, contact_at, fact_id, undone),
        "fact": (fact_id, undone, *people), "page": (pages, page_id, companies, company_at),
        "insight": (insights, insight_id, *people), "message": (messages, message_at, contacts, contact_at),
        "reply": (mails, mail_at, contacts, contact_at),
    }  # fmt: skip
    return {kind: "|".join((*stands, erased)) for kind, stands in parts.items()}


def _scalar(value: sa.ColumnElement[Any], table: sa.Table, workspace_id: str) -> sa.ScalarSelect[Any]:
    return sa.select(value).select_from(table).where(table.c.workspace_id == workspace_id).scalar_subquery()


def subject_states(connection: sa.Connection, workspace_id: str, kind: str) -> dict[str, str]:
    """Return company or contact → when it changed and which of its facts is the newest."""
    table = SUBJECTS[kind]
    named = table.c.name if kind == "company" else table.c.full_name
    query = sa.select(table.c.id, table.c.updated_at).where(
        table.c.workspace_id == workspace_id, table.c.merged_into.is_(None), named.is_not(None)
    )
    changed = {row.id: row.updated_at.isoformat() for row in connection.execute(query)}
    newest = (
        sa.select(fact.c.subject_id, sa.func.max(fact.c.id).label("newest"), sa.func.count().label("count"))
        .where(fact.c.workspace_id == workspace_id, fact.c.subject_type == kind, counts(fact.c.batch_id))
        .group_by(fact.c.subject_id)
    )
    told: dict[str, list[str]] = {}
    rows = connection.execute(newest).all()
    standing = roots(connection, workspace_id, kind, [row.subject_id for row in rows])
    for row in rows:
        told.setdefault(standing[row.subject_id], []).append(f"{row.newest}/{row.count}")
    return {one: "|".join((at, *sorted(told.get(one, ())))) for one, at in changed.items()}


def subjects(connection: sa.Connection, workspace_id: str, kind: str, ids: Iterable[str]) -> Rows:
    """Return companies or contacts with every column."""
    table = SUBJECTS[kind]
    mine = table.c.workspace_id == workspace_id, among(connection, table.c.id, ids)
    return connection.execute(sa.select(table).where(*mine)).all()


def fact_states(connection: sa.Connection, workspace_id: str) -> dict[str, str]:
    """Return the newest fact of each subject, field and source that is prose or can be looked up → whose it is."""
    newest = (
        sa.select(sa.func.max(fact.c.id))
        .where(fact.c.workspace_id == workspace_id, counts(fact.c.batch_id))
        .group_by(fact.c.subject_type, fact.c.subject_id, fact.c.field, fact.c.source)
    )
    said = sa.or_(fact.c.url.is_not(None), sa.func.length(fact.c.value) >= PROSE)
    query = sa.select(fact.c.id, fact.c.subject_type, fact.c.subject_id).where(
        fact.c.workspace_id == workspace_id, fact.c.value.is_not(None), said, fact.c.id.in_(newest)
    )
    return _standing(connection, workspace_id, connection.execute(query).all())


def facts(connection: sa.Connection, workspace_id: str, ids: Iterable[str]) -> Rows:
    """Return facts with every column."""
    return connection.execute(sa.select(fact).where(fact.c.workspace_id == workspace_id, among(connection, fact.c.id, ids))).all()


def page_states(connection: sa.Connection, workspace_id: str) -> dict[str, str]:
    """Return the newest reading of each page that has a text → the company it is of."""
    newest = sa.select(sa.func.max(page.c.id)).where(page.c.workspace_id == workspace_id, page.c.text.is_not(None))
    query = sa.select(page.c.id, sa.literal("company").label("subject_type"), page.c.company_id.label("subject_id")).where(
        page.c.workspace_id == workspace_id, page.c.id.in_(newest.group_by(page.c.company_id, page.c.url))
    )
    return _standing(connection, workspace_id, connection.execute(query).all())


def pages(connection: sa.Connection, workspace_id: str, ids: Iterable[str]) -> Rows:
    """Return pages with every column."""
    return connection.execute(sa.select(page).where(page.c.workspace_id == workspace_id, among(connection, page.c.id, ids))).all()


def insight_states(connection: sa.Connection, workspace_id: str) -> dict[str, str]:
    """Return the newest insight about each subject → whose it is."""
    newest = sa.select(sa.func.max(insight.c.id)).where(insight.c.workspace_id == workspace_id)
    query = sa.select(insight.c.id, insight.c.subject_type, insight.c.subject_id).where(
        insight.c.workspace_id == workspace_id, insight.c.id.in_(newest.group_by(insight.c.subject_type, insight.c.subject_id))
    )
    return _standing(connection, workspace_id, connection.execute(query).all())


def insights(connection: sa.Connection, workspace_id: str, ids: Iterable[str]) -> Rows:
    """Return insights with every column."""
    mine = insight.c.workspace_id == workspace_id, among(connection, insight.c.id, ids)
    return connection.execute(sa.select(insight).where(*mine)).all()


def message_states(connection: sa.Connection, workspace_id: str) -> dict[str, str]:
    """Return messages that left → to whom."""
    query = sa.select(message.c.id, sa.literal("contact").label("subject_type"), message.c.contact_id.label("subject_id"))
    mine = message.c.workspace_id == workspace_id, message.c.sent_at.is_not(None), message.c.body != ERASED
    return _standing(connection, workspace_id, connection.execute(query.where(*mine)).all())


def messages(connection: sa.Connection, workspace_id: str, ids: Iterable[str]) -> Rows:
    """Return messages with the company of whom they went to and the language they were drafted in."""
    query = sa.select(message, contact.c.company_id).join(contact, contact.c.id == message.c.contact_id)
    return connection.execute(query.where(message.c.workspace_id == workspace_id, among(connection, message.c.id, ids))).all()


def mail_states(connection: sa.Connection, workspace_id: str, classes: Iterable[str]) -> dict[str, str]:
    """Return inbound mails of these classes that have a text → from whom, as far as known."""
    query = sa.select(inbound_message.c.id, sa.literal("contact").label("subject_type"), inbound_message.c.contact_id)
    query = query.where(
        inbound_message.c.workspace_id == workspace_id, inbound_message.c["class"].in_(list(classes)),
        inbound_message.c.text.is_not(None), inbound_message.c.attribution != "own_copy",
    )  # fmt: skip
    rows = connection.execute(query).all()
    known = roots(connection, workspace_id, "contact", [row.contact_id for row in rows if row.contact_id])
    return {row.id: known.get(row.contact_id, "") for row in rows}


def mails(connection: sa.Connection, workspace_id: str, ids: Iterable[str]) -> Rows:
    """Return inbound mails, without their bytes, with the company of whom they are from."""
    columns = [column for column in inbound_message.columns if column.name != "raw"]
    query = sa.select(*columns, contact.c.company_id).outerjoin(contact, contact.c.id == inbound_message.c.contact_id)
    mine = inbound_message.c.workspace_id == workspace_id, among(connection, inbound_message.c.id, ids)
    return connection.execute(query.where(*mine)).all()


def _standing(connection: sa.Connection, workspace_id: str, rows: Rows) -> dict[str, str]:
    """Return row → the company or contact that stands for its subject now."""
    known: dict[tuple[str, str], str] = {}
    for kind in SUBJECTS:
        mine = [row.subject_id for row in rows if row.subject_type == kind and row.subject_id]
        known |= {(kind, one): root for one, root in roots(connection, workspace_id, kind, mine).items()}
    return {row.id: known.get((row.subject_type, row.subject_id), "") for row in rows}
