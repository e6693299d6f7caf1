"""Queries over companies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from shlex import quote
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.errors import NotFoundError
from gtm_pipelines.record import members, merges
from gtm_pipelines.record.domains import ascii_form
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import company
from gtm_pipelines.record.text import LIKE_ESCAPE, fold, like_pattern
from gtm_pipelines.record.upsert import among

KEYS = ("tin", "registration_number", "domain")
"""What identifies a company, strongest first."""


def page(record: Record, *, search: str | None = None, limit: int = 50, offset: int = 0) -> Sequence[sa.Row[Any]]:
    """Return one page of companies by name; ``search`` looks in name, domain and the numbers."""
    query = sa.select(company).where(*_where(record, search)).order_by(company.c.name, company.c.id)
    with record.read() as connection:
        return connection.execute(query.limit(limit).offset(offset)).all()


def count(record: Record, *, search: str | None = None) -> int:
    """Count companies, all or those that ``search`` finds."""
    with record.read() as connection:
        if not (search or "").strip():
            return members.count_all(connection, record.workspace_id, company)
        return connection.execute(sa.select(sa.func.count()).select_from(company).where(*_where(record, search))).scalar_one()


def get(record: Record, id_or_key: str) -> sa.Row[Any]:
    """Return the company with this id, tin, registration number, domain or exact name; of a merged one, who stands for it.

    Raises:
        NotFoundError: there is none.
    """
    key = id_or_key.strip()
    with record.read() as connection:
        for column, value in (
            (company.c.id, key),
            *((company.c[name], key) for name in KEYS[:2]),
            (company.c.domain, ascii_form(key.lower())),
        ):
            row = connection.execute(sa.select(company).where(_ours(record), column == value)).first()
            if row:
                return _standing(connection, record, row)
        named = sa.select(company).where(_ours(record), company.c.name == key, company.c.merged_into.is_(None))
        named = named.order_by(company.c.id).limit(1)
        row = connection.execute(named).first()
    if row is None:
        raise NotFoundError(f"No company has the id, number, domain or name '{key}'. Try: gtm company list --search {quote(key)}")
    return row


def any_held(connection: sa.Connection, workspace_id: str) -> bool:
    """Whether the workspace has a company at all."""
    query = sa.select(company.c.id).where(company.c.workspace_id == workspace_id).limit(1)
    return connection.execute(query).first() is not None


def by_keys(
    connection: sa.Connection, workspace_id: str, keys: Mapping[str, Iterable[str]], columns: Sequence[str]
) -> list[sa.Row[Any]]:
    """Return companies whose column ``name`` holds one of ``keys[name]``, oldest first.

    A company that several keys find comes once for each.
    """
    wanted = sa.select(*(company.c[name] for name in columns)).where(company.c.workspace_id == workspace_id)
    found: list[sa.Row[Any]] = []
    for name, values in keys.items():
        if listed := list(values):
            query = wanted.where(among(connection, company.c[name], listed)).order_by(company.c.id)
            found += connection.execute(query).all()
    return found


def same_as(
    connection: sa.Connection, workspace_id: str, company_id: str, keys: Mapping[str, Iterable[str]]
) -> list[sa.RowMapping]:
    """Return other companies with one of these keys, or with the same name and country, oldest first.

    Those merged with it are left out: what they say is known of it already.
    """
    kin = merges.family(connection, workspace_id, "company", company_id)
    mine = (company.c.workspace_id == workspace_id, company.c.id.not_in(kin), company.c.merged_into.is_(None))
    own = sa.select(company).where(company.c.workspace_id == workspace_id, company.c.id == company_id)
    row = connection.execute(own).first()
    alike: list[sa.ColumnElement[bool]] = [company.c[name].in_(list(values)) for name, values in keys.items()]
    if row is not None and row.name_key:
        alike.append(sa.and_(company.c.name_key == row.name_key, company.c.country_code.is_not_distinct_from(row.country_code)))
    if not alike:
        return []
    query = sa.select(company).where(*mine, sa.or_(*alike)).order_by(company.c.id).limit(20)
    return list(connection.execute(query).mappings())


def _standing(connection: sa.Connection, record: Record, row: sa.Row[Any]) -> sa.Row[Any]:
    """Return the company that stands for one: itself, or the one it was merged into."""
    if row.merged_into is None:
        return row
    standing = merges.roots(connection, record.workspace_id, "company", [row.id])[row.id]
    return connection.execute(sa.select(company).where(_ours(record), company.c.id == standing)).one()


def _ours(record: Record) -> sa.ColumnElement[bool]:
    return company.c.workspace_id == record.workspace_id


def _where(record: Record, search: str | None) -> list[sa.ColumnElement[bool]]:
    conditions = [_ours(record), company.c.merged_into.is_(None)]
    text = (search or "").strip()
    if text:
        columns = (company.c.name, company.c.domain, company.c.tin, company.c.registration_number)
        wanted = [(column, text) for column in columns]
        if (coded := ascii_form(text.lower())) != text.lower():
            wanted.append((company.c.domain, coded))
        conditions.append(sa.or_(*(fold(column).like(like_pattern(said), escape=LIKE_ESCAPE) for column, said in wanted)))
    return conditions
