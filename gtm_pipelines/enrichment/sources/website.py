"""What the company's own website says of it. Costs nothing; read by rules, politely and under guard."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from gtm_pipelines.clock import Clock
from gtm_pipelines.enrichment.registry import Setup
from gtm_pipelines.enrichment.source import Fact, Price, Subject, SubjectType
from gtm_pipelines.enrichment.sources.own import AGELESS, FREE
from gtm_pipelines.enrichment.web.facts import FIELDS, Claim, claims
from gtm_pipelines.enrichment.web.reader import WebReader

LIFETIME = timedelta(days=90)
"""A site is redone oftener than a list: what it said a quarter ago is asked for again."""


@dataclass(frozen=True)
class Website:
    """Reads the company's site and claims what stands there.

    Args:
        reader: reads sites; it is not closed here, others use it too.
        clock: what the time is.
    """

    reader: WebReader
    clock: Clock
    name: str = "website"
    subjects: frozenset[SubjectType] = frozenset({"company"})
    fields: frozenset[str] = FIELDS
    price: Price = FREE
    needs: frozenset[str] = frozenset({"website", "domain"})
    per_host: bool = True
    lifetime_days: float = 14.0

    async def enrich(self, subject: Subject) -> list[Fact]:
        """Return what the site of a company says of it.

        Raises:
            SubjectRefusedError: the site forbids robots, or its address may not be read.
            SourceBusyError: the site does not answer now.
            SourceAnswerError: there is no such site, or nothing on it that can be read.
        """
        site = self._site(subject)
        if site is None:
            return []
        pages = await self.reader.read(site, subject.id, self.reader.max_pages)
        now = self.clock.now()
        known = subject.known.get("country_code")
        found = await asyncio.to_thread(claims, pages, self.reader.forms, country_code=known, this_year=now.year)
        return [self._fact(claim) for claim in found]

    def question(self, subject: Subject) -> Mapping[str, str] | None:
        """Ask about the site itself, whoever it is read for."""
        site = self._site(subject)
        return {"site": site} if site else None

    async def aclose(self) -> None:
        """Nothing is open between visits."""

    def _site(self, subject: Subject) -> str | None:
        return subject.known.get("website") or subject.known.get("domain")

    def _fact(self, claim: Claim) -> Fact:
        now = self.clock.now()
        expires = None if claim.field in AGELESS else now + LIFETIME
        sure = min(claim.confidence, 1.0)
        return Fact(claim.field, claim.value, self.name, sure, now, claim.url, claim.evidence, 0.0, expires)


def make(setup: Setup) -> list[Any]:
    """Return the source, if there is something to read with."""
    reader = setup.parts.get("web")
    return [Website(reader, setup.clock)] if isinstance(reader, WebReader) else []
