"""Companies and contacts as texts: what the lists, their own columns and the facts say of one subject, a line each.

Addresses, telephones and keys are left out: nobody finds a person by meaning of a number, and what
is not in a text goes to no model and into no answer. ``gtm contact list --search`` looks for those.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.record import texts
from gtm_pipelines.record.facts import settled
from gtm_pipelines.record.settled import Settled
from gtm_pipelines.retrieval.labels import label
from gtm_pipelines.retrieval.model import Document
from gtm_pipelines.retrieval.words import language_of

COLUMNS = {
    "company": (
        "description", "industry", "city", "state", "country", "employee_count", "revenue", "domain", "status", "segment",
    ),
    "contact": ("position", "company_name", "city", "country", "function", "seniority", "client_status"),
}  # fmt: skip
UNSAID = frozenset(
    "name full_name first_name middle_name last_name language email email_domain email_verification phone phone_e164 website"
    " linkedin_url tin registration_number time_zone country_code industry_code legal_form address".split()
)
"""Fields of facts and columns of lists that no profile repeats."""


@dataclass(frozen=True)
class Subjects:
    """Profiles of all companies, or of all contacts."""

    entity_type: str

    def states(self, connection: sa.Connection, workspace_id: str) -> dict[str, str]:
        """Return subject → the state its profile stands on."""
        return texts.subject_states(connection, workspace_id, self.entity_type)

    def documents(
        self, connection: sa.Connection, workspace_id: str, stamps: Mapping[str, str], now: datetime
    ) -> Iterator[Document]:
        """Yield the profiles of the subjects that ``stamps`` names, with the facts that count now."""
        kind = self.entity_type
        known = settled(connection, workspace_id, kind, stamps, now)
        for row in texts.subjects(connection, workspace_id, kind, stamps):
            said = _lines(row, COLUMNS[kind], known[row.id].values())
            name = str(row.name if kind == "company" else row.full_name)
            language = row.language or language_of(f"{name} {' '.join(said.values())}")
            yield Document(
                kind, row.id, stamps[row.id], _title(row, kind, name), _text(said, language), row.updated_at, language,
                company_id=row.id if kind == "company" else row.company_id, contact_id=row.id if kind == "contact" else None,
            )  # fmt: skip


def _title(row: Any, kind: str, name: str) -> str:
    told = [name] if kind == "company" else [name, row.position, row.company_name]
    return ", ".join(part for part in told if part)


def _lines(row: Any, columns: Sequence[str], facts: Iterable[Settled]) -> dict[str, str]:
    """Return field → value: the row's own columns, what its list said beside them, and what facts added or put right."""
    said = {name: str(value) for name in columns if (value := getattr(row, name)) not in (None, "")}
    said |= {str(name): str(value) for name, value in (row.attributes or {}).items() if value not in (None, "", [], {})}
    for one in facts:
        name, imported = one.fact.field, one.fact.source == "import"  # the row may be newer than what was noted of its list
        if one.value and not (imported and name in said):
            said[name] = one.value
    return {name: value for name, value in said.items() if name not in UNSAID}


def _text(said: Mapping[str, str], language: str) -> str:
    return "\n".join(f"{label(name, language)}: {value.strip().rstrip('.')}." for name, value in said.items())
