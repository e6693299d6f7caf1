"""Questions whose answer must be none: doubled people, broken references, unapproved or doubled mail.

Keys and transactions make these faults impossible as long as everybody writes
through them. Asked all the same before mail leaves, because a hand edit, a restore
or a bug that breaks one of them does harm that cannot be taken back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import company, contact, decision, import_batch, message, message_event, metadata, revision

EXAMPLES = 5
_PERSON = "person:%"


@dataclass(frozen=True)
class Fault:
    """One fault found: where, what is wrong, in how many rows, and a few of their keys."""

    subject: str
    fault: str
    rows: int
    examples: str


def duplicate_companies(record: Record) -> list[Fault]:
    """Companies that share a tin, a registration number or a domain, whatever its case."""
    columns = {"tin": company.c.tin, "registration_number": company.c.registration_number, "domain": company.c.domain}
    return [fault for name, column in columns.items() for fault in _doubled(record, "company", name, sa.func.lower(column))]


def duplicate_contacts(record: Record) -> list[Fault]:
    """Contacts that share an email or a LinkedIn address."""
    columns = {"email": contact.c.email_key, "linkedin_url": contact.c.linkedin_url}
    return [fault for name, column in columns.items() for fault in _doubled(record, "contact", name, sa.func.lower(column))]


def broken_references(record: Record, *tables: str) -> list[Fault]:
    """Rows of ``tables`` whose references point at nothing."""
    return [fault for name in tables for fault in _orphans(record, metadata.tables[name])]


def unbalanced_imports(record: Record) -> list[Fault]:
    """Finished imports whose outcomes do not add up to the rows they read."""
    parts = import_batch.c.imported + import_batch.c.merged + import_batch.c.unchanged + import_batch.c.rejected
    query = sa.select(import_batch.c.file_name).where(
        import_batch.c.workspace_id == record.workspace_id,
        import_batch.c.status == "finished",
        parts != import_batch.c.rows,
    )
    return _faults(record, query, "import_batch", "imported + merged + unchanged + rejected is not rows")


def unapproved_messages(record: Record, campaign_id: str | None = None) -> list[Fault]:
    """Messages whose exact text no person approved, or that say something else than what was approved."""
    approved = sa.and_(
        decision.c.kind == "approve",
        decision.c.draft_id == message.c.draft_id,
        decision.c.revision_number == message.c.revision_number,
        decision.c.content_hash == message.c.content_hash,
        decision.c.decided_by.like(_PERSON),
    )
    same_text = sa.and_(
        revision.c.content_hash == message.c.content_hash,
        revision.c.subject == message.c.subject,
        revision.c.body == message.c.body,
    )
    query = (
        sa.select(message.c.id)
        .outerjoin(decision, decision.c.id == message.c.decision_id)
        .outerjoin(revision, sa.and_(revision.c.draft_id == message.c.draft_id, revision.c.number == message.c.revision_number))
        .where(message.c.workspace_id == record.workspace_id)
        .where(sa.not_(sa.func.coalesce(sa.and_(approved, same_text), sa.false())))
    )
    if campaign_id is not None:
        query = query.where(message.c.campaign_id == campaign_id)
    return _faults(record, query, "message", "not the text a person approved")


def doubled_messages(record: Record, campaign_id: str | None = None) -> list[Fault]:
    """Contacts with more than one message in a step of a campaign, or a Message-ID used twice."""
    within = [message.c.campaign_id == campaign_id] if campaign_id is not None else []
    step = (message.c.campaign_id, message.c.step, message.c.contact_id)
    return [
        *_repeated(record, message, step, message.c.contact_id, "more than one message in a step", within),
        *_repeated(record, message, (message.c.rfc_message_id,), message.c.rfc_message_id, "Message-ID used twice", within),
    ]


def sent_twice(record: Record, campaign_id: str | None = None) -> list[Fault]:
    """Messages that were noted as handed over more than once."""
    where = [message_event.c.kind == "sent"]
    if campaign_id is not None:
        where.append(message_event.c.campaign_id == campaign_id)
    key = message_event.c.message_id
    return _repeated(record, message_event, (key,), key, "handed over more than once", where)


def row_counts(record: Record, *tables: str) -> dict[str, int]:
    """Count the workspace's rows of ``tables``."""
    with record.read() as connection:
        return {name: _count(connection, metadata.tables[name], record.workspace_id) for name in tables}


def _count(connection: sa.Connection, table: sa.Table, workspace_id: str) -> int:
    query = sa.select(sa.func.count()).select_from(table).where(table.c.workspace_id == workspace_id)
    return connection.execute(query).scalar_one()


def _doubled(record: Record, subject: str, name: str, column: sa.ColumnElement[str]) -> Iterator[Fault]:
    table = metadata.tables[subject]
    yield from _repeated(record, table, (column,), column, f"{name} used by more than one", [column.is_not(None)])


def _repeated(
    record: Record,
    table: sa.Table,
    key: tuple[sa.ColumnElement[str], ...],
    shown: sa.ColumnElement[str],
    fault: str,
    where: list[sa.ColumnElement[bool]],
) -> list[Fault]:
    query = sa.select(shown).where(table.c.workspace_id == record.workspace_id, *where).group_by(*key)
    return _faults(record, query.having(sa.func.count() > 1), table.name, fault)


def _orphans(record: Record, table: sa.Table) -> Iterator[Fault]:
    for key in table.foreign_keys:
        target = key.column.table.alias("pointed_at")
        query = (
            sa.select(table.c.id)
            .outerjoin(target, sa.and_(target.c.id == key.parent, target.c.workspace_id == table.c.workspace_id))
            .where(table.c.workspace_id == record.workspace_id, key.parent.is_not(None), target.c.id.is_(None))
        )
        yield from _faults(record, query, table.name, f"{key.parent.name} points at no {key.column.table.name}")


def _faults(record: Record, query: sa.Select[Any], subject: str, fault: str) -> list[Fault]:
    with record.read() as connection:
        count = connection.execute(sa.select(sa.func.count()).select_from(query.subquery())).scalar_one()
        if not count:
            return []
        examples = connection.execute(query.limit(EXAMPLES)).scalars().all()
    return [Fault(subject, fault, count, ", ".join(str(example) for example in examples))]
