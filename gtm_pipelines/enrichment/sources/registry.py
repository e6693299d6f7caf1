"""What other rows of one's own lists say of the same company: asked first, for it costs nothing and leaves the machine never.

The same company is one with the same tax or registration number, the same domain, or the same name
without its legal form in the same country. Rows that a person keeps apart may share a name: what
only a name joins is less sure.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gtm_pipelines.clock import Clock
from gtm_pipelines.enrichment.registry import Setup
from gtm_pipelines.enrichment.source import Fact, Price, Subject, SubjectType
from gtm_pipelines.enrichment.sources.own import FREE, Findings
from gtm_pipelines.record import companies
from gtm_pipelines.record.engine import Record

_BY_NUMBER, _BY_DOMAIN, _BY_NAME = 0.9, 0.8, 0.55
"""Confidence by what joins two rows; a name alone leaves it below what may be acted on."""
_KEYS = (("tin", _BY_NUMBER), ("registration_number", _BY_NUMBER), ("domain", _BY_DOMAIN))


@dataclass(frozen=True)
class OwnLists:
    """Looks a company up among the companies already imported."""

    record: Record
    clock: Clock
    name: str = "registry"
    subjects: frozenset[SubjectType] = frozenset({"company"})
    fields: frozenset[str] = frozenset(
        "website domain industry employee_count country_code city phone linkedin_url language description revenue tin "
        "registration_number".split()
    )
    price: Price = FREE
    needs: frozenset[str] = frozenset({"name", "domain", "tin", "registration_number"})
    per_host: bool = False
    lifetime_days: float = 1.0

    async def enrich(self, subject: Subject) -> list[Fact]:
        """Return what other rows say of this company."""
        return await asyncio.to_thread(self._look, subject)

    def _look(self, subject: Subject) -> list[Fact]:
        known = subject.known
        keys = {name: [known[name]] for name, _ in _KEYS if known.get(name)}
        with self.record.read() as connection:
            found = companies.same_as(connection, self.record.workspace_id, subject.id, keys)
        findings, facts = Findings(self.name, self.clock), dict[str, Fact]()
        for row in found:
            sure = max((grade for name, grade in _KEYS if known.get(name) and row[name] == known[name]), default=_BY_NAME)
            values = {name: row[name] for name in self.fields & subject.wanted if known.get(name) is None}
            for one in findings.facts(values, sure, evidence=f"{row['name']}, company {row['id']} of your lists"):
                if one.field not in facts or facts[one.field].confidence < one.confidence:
                    facts[one.field] = one
        return list(facts.values())

    def question(self, subject: Subject) -> Mapping[str, str] | None:
        """Ask about this very row: what is found depends on the others, which change."""
        return {"company": subject.id} if any(subject.known.get(name) for name in self.needs) else None

    async def aclose(self) -> None:
        """Nothing is open."""


def make(setup: Setup) -> list[Any]:
    """Return the source, if there is a record to look into."""
    record = setup.parts.get("record")
    return [OwnLists(record, setup.clock)] if record is not None else []
