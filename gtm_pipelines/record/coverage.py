"""How much is known: field by field, of how many companies or contacts, and whether from a list or from a source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.settled import ACT_ON
from gtm_pipelines.record.tables import company, contact, fact

TABLES = {"company": company, "contact": contact}
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "company": (
        "website", "domain", "industry", "employee_count", "country_code", "city", "phone", "linkedin_url", "language",
        "description",
    ),
    "contact": ("email", "position", "seniority", "function", "linkedin_url", "phone", "country_code", "language"),
}  # fmt: skip
"""Columns that are counted, in the order people ask for them."""


@dataclass(frozen=True)
class Covered:
    """One field.

    Attributes:
        field: its name.
        known: of how many its column is filled, or, where it has none, a fact sure enough to act on is known.
        sourced: of how many a source was asked and gave it, the lists and people aside.
        total: how many there are.
    """

    field: str
    known: int
    sourced: int
    total: int

    @property
    def share(self) -> float:
        """Known over total, 0 to 1."""
        return self.known / self.total if self.total else 0.0


_OWN = ("import", "merge", "person", "rules", "offline_check")
"""Sources of facts that nobody was asked for."""


def count(record: Record, kind: str, now: datetime) -> list[Covered]:
    """Count every field of companies or contacts that is known of anybody; merged rows count with who stands for them."""
    table = TABLES[kind]
    mine = (table.c.workspace_id == record.workspace_id, table.c.merged_into.is_(None))
    filled = [sa.func.count(table.c[name]).label(name) for name in COLUMNS[kind]]
    with record.read() as connection:
        row = connection.execute(sa.select(sa.func.count().label("total"), *filled).where(*mine)).one()
        facts = {one.field: one for one in connection.execute(_facts(record, kind, now))}
    fields = dict.fromkeys([*COLUMNS[kind], *sorted(facts)])
    return [
        Covered(
            name,
            getattr(row, name) if name in COLUMNS[kind] else facts[name].known,
            facts[name].sourced if name in facts else 0,
            row.total,
        )
        for name in fields
    ]


def _facts(record: Record, kind: str, now: datetime) -> sa.Select[tuple[str, int, int]]:
    table = TABLES[kind]
    root = sa.func.coalesce(table.c.merged_into, table.c.id)
    bought = sa.case((fact.c.source.not_in(_OWN), root))
    return (
        sa.select(
            fact.c.field,
            sa.func.count(sa.distinct(root)).label("known"),
            sa.func.count(sa.distinct(bought)).label("sourced"),
        )
        .join(table, sa.and_(table.c.id == fact.c.subject_id, table.c.workspace_id == fact.c.workspace_id))
        .where(
            fact.c.workspace_id == record.workspace_id,
            fact.c.subject_type == kind,
            fact.c.confidence >= ACT_ON,
            fact.c.value.is_not(None),
            sa.or_(fact.c.expires_at.is_(None), fact.c.expires_at > now),
        )
        .group_by(fact.c.field)
    )
