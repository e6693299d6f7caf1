"""Which company a contact works at: by tax number, website, email domain, or a name that only one has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import sqlalchemy as sa

from gtm_pipelines.intake.names import company_key
from gtm_pipelines.intake.sheet import Candidate, Employer, Sheet
from gtm_pipelines.intake.web import company_domain
from gtm_pipelines.record import companies, contacts, merges
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.upsert import LOOKUP_SIZE


def link(connection: sa.Connection, workspace_id: str, sheet: Sheet) -> None:
    """Put the id of its company into every contact whose company is in the record."""
    if not companies.any_held(connection, workspace_id):
        return
    distinct = list(map(Employer._make, dict.fromkeys(sheet.employers)))
    found = dict(zip(distinct, find_companies(connection, workspace_id, distinct), strict=True))
    sheet.put("company_id", [found[employer] for employer in sheet.employers])


def link_each(connection: sa.Connection, workspace_id: str, candidates: Sequence[Candidate]) -> None:
    """Put the id of its company into every candidate whose company is in the record."""
    said = [candidate for candidate in candidates if candidate.employer]
    found = find_companies(connection, workspace_id, [c.employer for c in said if c.employer])
    for candidate, company_id in zip(said, found, strict=True):
        if company_id:
            candidate.values["company_id"] = company_id


def link_waiting(record: Record, now: datetime) -> int:
    """Link contacts that came before their company; return how many were linked."""
    linked = 0
    for page in _waiting(record):
        employers = [Employer(None, (row.email_domain and company_domain(row.email_domain),), _key(row)) for row in page]
        with record.write() as connection:
            found = find_companies(connection, record.workspace_id, employers)
            pairs = [(row.id, company_id) for row, company_id in zip(page, found, strict=True) if company_id]
            contacts.set_companies(connection, record.workspace_id, pairs, now)
        linked += len(pairs)
    return linked


def find_companies(connection: sa.Connection, workspace_id: str, employers: Sequence[Employer]) -> list[str | None]:
    """Return the id of each employer, of a merged one who stands for it, or ``None`` where none or several fit."""
    if not companies.any_held(connection, workspace_id):
        return [None] * len(employers)
    keys = {
        "tin": {e.tin for e in employers if e.tin},
        "domain": {d for e in employers for d in e.domains if d},
        "name_key": {e.name_key for e in employers if e.name_key},
    }
    rows = companies.by_keys(connection, workspace_id, keys, ("id", "tin", "domain", "name_key"))
    standing = merges.roots(connection, workspace_id, "company", {row.id for row in rows})
    tins: dict[str, str] = {}
    domains: dict[str, str] = {}
    names: dict[str, set[str]] = {}
    for row in rows:
        if row.tin:
            tins[row.tin] = standing[row.id]
        if row.domain:
            domains[row.domain] = standing[row.id]
        if row.name_key:
            names.setdefault(row.name_key, set()).add(standing[row.id])
    single = {name: next(iter(ids)) for name, ids in names.items() if len(ids) == 1}
    return [_choose(e, tins, domains, single) for e in employers]


def _choose(employer: Employer, tins: dict[str, str], domains: dict[str, str], names: dict[str, str]) -> str | None:
    if employer.tin in tins:
        return tins[employer.tin]
    by_domain = next((domains[d] for d in employer.domains if d and d in domains), None)
    return by_domain or names.get(employer.name_key or "")


def _waiting(record: Record) -> Iterator[Sequence[sa.Row[str, str | None, str | None]]]:
    after = ""
    while True:
        with record.read() as connection:
            page = contacts.without_company(connection, record.workspace_id, after=after, limit=LOOKUP_SIZE)
        if not page:
            return
        yield page
        after = page[-1].id


def _key(row: sa.Row[str, str | None, str | None]) -> str | None:
    return company_key(row.company_name) if row.company_name else None
