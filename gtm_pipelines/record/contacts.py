"""Queries over contacts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from shlex import quote
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.errors import NotFoundError
from gtm_pipelines.record import members, merges
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import contact
from gtm_pipelines.record.text import LIKE_ESCAPE, fold, like_pattern
from gtm_pipelines.record.upsert import among


def page(
    record: Record, *, search: str | None = None, company_id: str | None = None, limit: int = 50, offset: int = 0
) -> Sequence[sa.Row[Any]]:
    """Return one page of contacts by name; ``search`` looks in name, email, company and position."""
    query = sa.select(contact).where(*_where(record, search, company_id)).order_by(contact.c.full_name, contact.c.id)
    with record.read() as connection:
        return connection.execute(query.limit(limit).offset(offset)).all()


def count(record: Record, *, search: str | None = None, company_id: str | None = None) -> int:
    """Count contacts, all or those that ``search`` finds."""
    query = sa.select(sa.func.count()).select_from(contact).where(*_where(record, search, company_id))
    with record.read() as connection:
        if company_id is None and not (search or "").strip():
            return members.count_all(connection, record.workspace_id, contact)
        return connection.execute(query).scalar_one()


def any_held(record: Record) -> bool:
    """Whether the workspace has a contact at all."""
    with record.read() as connection:
        return connection.execute(sa.select(contact.c.id).where(_ours(record)).limit(1)).first() is not None


def count_at(record: Record, domain: str) -> int:
    """Count contacts whose address is at this domain, whatever company they work for."""
    query = sa.select(sa.func.count()).select_from(contact).where(_ours(record), contact.c.email_key.endswith(f"@{domain}"))
    with record.read() as connection:
        return connection.execute(query).scalar_one()


def get(record: Record, id_or_key: str) -> sa.Row[Any]:
    """Return the contact with this id, email or LinkedIn address; of a merged one, who stands for them.

    Raises:
        NotFoundError: there is none.
    """
    key = id_or_key.strip()
    with record.read() as connection:
        for column, value in ((contact.c.id, key), (contact.c.email_key, key.lower()), (contact.c.linkedin_url, key)):
            row = connection.execute(sa.select(contact).where(_ours(record), column == value)).first()
            if row:
                return _standing(connection, record, row)
    raise NotFoundError(f"No contact has the id, email or LinkedIn address '{key}'. Try: gtm contact list --search {quote(key)}")


def by_keys(
    connection: sa.Connection, workspace_id: str, keys: Mapping[str, Iterable[str]], columns: Sequence[str]
) -> list[sa.Row[Any]]:
    """Return contacts whose column ``name`` holds one of ``keys[name]``, oldest first.

    ``full_name`` finds only contacts without an email and a LinkedIn address: others are known by these.
    """
    wanted = sa.select(*(contact.c[name] for name in columns)).where(contact.c.workspace_id == workspace_id)
    found: list[sa.Row[Any]] = []
    for name, values in keys.items():
        keyless = (contact.c.email_key.is_(None), contact.c.linkedin_url.is_(None))
        query = wanted.where(*keyless) if name == "full_name" else wanted
        if listed := list(values):
            query = query.where(among(connection, contact.c[name], listed)).order_by(contact.c.id)
            found += connection.execute(query).all()
    return found


def _standing(connection: sa.Connection, record: Record, row: sa.Row[Any]) -> sa.Row[Any]:
    """Return the contact who stands for one: themselves, or whom they were merged into."""
    if row.merged_into is None:
        return row
    standing = merges.roots(connection, record.workspace_id, "contact", [row.id])[row.id]
    return connection.execute(sa.select(contact).where(_ours(record), contact.c.id == standing)).one()


def _ours(record: Record) -> sa.ColumnElement[bool]:
    return contact.c.workspace_id == record.workspace_id


def _where(record: Record, search: str | None, company_id: str | None) -> list[sa.ColumnElement[bool]]:
    conditions = [_ours(record), contact.c.merged_into.is_(None)]
    if company_id is not None:
        conditions.append(contact.c.company_id == company_id)
    text = (search or "").strip()
    if text:
        columns = (contact.c.full_name, contact.c.email, contact.c.company_name, contact.c.position)
        conditions.append(sa.or_(*(fold(column).like(like_pattern(text), escape=LIKE_ESCAPE) for column in columns)))
    return conditions


def without_company(
    connection: sa.Connection, workspace_id: str, *, after: str, limit: int
) -> Sequence[sa.Row[str, str | None, str | None]]:
    """Return contacts that name a company by domain or name and are not linked to one, by id."""
    names_one = sa.or_(contact.c.email_domain.is_not(None), contact.c.company_name.is_not(None))
    query = sa.select(contact.c.id, contact.c.email_domain, contact.c.company_name).where(
        contact.c.workspace_id == workspace_id,
        contact.c.company_id.is_(None),
        contact.c.merged_into.is_(None),
        names_one,
        contact.c.id > after,
    )
    return connection.execute(query.order_by(contact.c.id).limit(limit)).all()


def set_companies(connection: sa.Connection, workspace_id: str, pairs: Sequence[tuple[str, str]], now: datetime) -> None:
    """Link contacts, given as ``(contact id, company id)``, that have no company yet."""
    if not pairs:
        return
    mine = (contact.c.workspace_id == workspace_id) & (contact.c.id == sa.bindparam("contact")) & contact.c.company_id.is_(None)
    statement = sa.update(contact).where(mine).values(
        company_id=sa.bindparam("company"), updated_at=now, version=contact.c.version + 1
    )  # fmt: skip
    connection.execute(statement, [{"contact": a, "company": b} for a, b in pairs])
