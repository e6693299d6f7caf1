"""A service of research with sources of the test's own, and companies to ask them about."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.clock import Clock
from gtm_pipelines.enrichment.registry import Offered, Registry
from gtm_pipelines.enrichment.research import ResearchService
from gtm_pipelines.enrichment.source import Source
from gtm_pipelines.ids import new_id
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import company, contact
from gtm_pipelines.settings_research import EnrichmentSettings, SourceSettings

MakeSources = Callable[[], Iterable[Source]]


@dataclass(frozen=True)
class Handed(Registry):
    """A registry of sources that are handed in, made anew for each run like real ones."""

    made: MakeSources = field(default=tuple)

    def sources(self) -> list[Offered]:
        on = SourceSettings(enabled=True)
        return [
            Offered(one, one.name, self.settings.sources.get(one.name, on), "the test", 50, "not needed") for one in self.made()
        ]


def research_with(record: Record, clock: Clock, *sources: Source, **settings: Any) -> ResearchService:
    """Return a service that may ask these sources."""
    return research_from(record, clock, lambda: sources, **settings)


def research_from(record: Record, clock: Clock, made: MakeSources, **settings: Any) -> ResearchService:
    """Return a service that makes its sources for each run."""
    return ResearchService(record, clock, Handed(EnrichmentSettings(**settings), clock, record, made=made), lambda *_: [])


def add_company(record: Record, clock: Clock, **values: Any) -> str:
    """Insert a company and return its id."""
    return _add(record, clock, company, {"name": "Acme"} | values)


def add_person(record: Record, clock: Clock, **values: Any) -> str:
    """Insert a contact and return its id."""
    return _add(record, clock, contact, values)


def _add(record: Record, clock: Clock, table: sa.Table, values: dict[str, Any]) -> str:
    row = {"id": new_id(), "workspace_id": "default", "attributes": {}, "created_at": clock.now(), "updated_at": clock.now()}
    with record.write() as connection:
        connection.execute(sa.insert(table).values(**row | values))
    return str(row["id"])


def company_row(record: Record, company_id: str) -> Any:
    """Return a company as it stands."""
    with record.read() as connection:
        return connection.execute(sa.select(company).where(company.c.id == company_id)).one()
