"""Companies and contacts put into the record for the tests of duplicates."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from gtm_pipelines.ids import new_id
from gtm_pipelines.matching.spelling import words
from gtm_pipelines.record.tables import company, contact
from gtm_pipelines.workbench import Workbench

TABLES = {"company": company, "contact": contact}


def add_company(workbench: Workbench, name: str, **values: Any) -> str:
    """Add a company and return its id."""
    return _add(workbench, company, {"name": name, "name_key": " ".join(words(name)), "attributes": {}} | values)


def add_contact(workbench: Workbench, full_name: str, email: str | None = None, **values: Any) -> str:
    """Add a contact and return its id."""
    first, _, last = full_name.partition(" ")
    named = {"full_name": full_name, "first_name": first or None, "last_name": last or None, "attributes": {}}
    if email:
        named |= {"email": email, "email_key": email.lower(), "email_domain": email.rpartition("@")[2].lower()}
    return _add(workbench, contact, named | {"do_not_contact": False} | values)


def row(workbench: Workbench, kind: str, entity_id: str) -> dict[str, Any]:
    """Return one row whole."""
    with workbench.record.read() as connection:
        found = connection.execute(sa.select(TABLES[kind]).where(TABLES[kind].c.id == entity_id)).mappings().one()
        return dict(found)


def change(workbench: Workbench, kind: str, entity_id: str, **values: Any) -> None:
    """Change a row as a later import or a person would."""
    now = workbench.clock.now()
    with workbench.record.write() as connection:
        connection.execute(sa.update(TABLES[kind]).where(TABLES[kind].c.id == entity_id).values(**values, updated_at=now))


def _add(workbench: Workbench, table: sa.Table, values: dict[str, Any]) -> str:
    new, now = new_id(), workbench.clock.now()
    shared = {"id": new, "workspace_id": workbench.record.workspace_id, "created_at": now, "updated_at": now}
    with workbench.record.write() as connection:
        connection.execute(sa.insert(table).values(**values, **shared))
    return new
