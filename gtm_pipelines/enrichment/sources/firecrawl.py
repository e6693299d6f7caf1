"""Firecrawl: reads a company's front page where our own reader cannot, such as one that only a browser can draw.

Description: https://docs.firecrawl.dev/api-reference/v2-openapi.json, ``POST /scrape``. One credit a page. Firecrawl
fetches from its own machines and is handed the address of the company's website only. A credit is taken for US$ 0.01
until ``credit_usd`` says what the plan costs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gtm_pipelines.enrichment.registry import Setup
from gtm_pipelines.enrichment.source import Fact, Price, SourceAnswerError, Subject, SubjectRefusedError, SubjectType
from gtm_pipelines.enrichment.sources.http import Vendor
from gtm_pipelines.enrichment.sources.own import Findings, group, items, said

CREDIT_USD = 0.01
_LANGUAGE = re.compile(r"[a-zA-Z]{2}(?=$|[-_])")
_PROFILE = re.compile(r"https?://(?:[a-z]{2,3}\.)?linkedin\.com/company/[^/?#\s]+", re.I)
_TELEPHONE = re.compile(r"tel:(\+[\d\s().-]{7,20})")


@dataclass
class Firecrawl:
    """What a company's front page says of it: its own description, its language, its profile and telephone."""

    vendor: Vendor
    price: Price
    name: str = "firecrawl"
    subjects: frozenset[SubjectType] = frozenset({"company"})
    fields: frozenset[str] = frozenset({"description", "language", "linkedin_url", "phone"})
    needs: frozenset[str] = frozenset({"website", "domain"})
    per_host: bool = False
    needs_key: bool = True

    async def enrich(self, subject: Subject) -> list[Fact]:
        """Return what the page says.

        Raises:
            SubjectRefusedError: the site itself did not give the page.
        """
        asked = self.question(subject)
        if asked is None:
            return []
        body = {"url": asked["url"], "formats": [{"type": "markdown"}, {"type": "links"}], "onlyMainContent": False}
        answer = group(await self.vendor.post("/scrape", body))
        if answer.get("success") is not True or not isinstance(answer.get("data"), Mapping):
            raise SourceAnswerError("Firecrawl answered without 'data'. Update the workbench.")
        page = group(answer["data"])
        told = group(page.get("metadata"))
        status = told.get("statusCode")
        if isinstance(status, int) and status >= 400:
            raise SubjectRefusedError(f"The site {asked['url']} answered {status} to Firecrawl.")
        url = said(told.get("url")) or said(told.get("sourceURL")) or asked["url"]
        findings, text = Findings(self.name, self.vendor.clock), page.get("markdown")
        facts = findings.facts(
            {"description": _first(told.get("description"))}, 0.75, url=url, evidence=_first(told.get("description"))
        )
        if language := _LANGUAGE.match(_first(told.get("language"))):
            facts += findings.facts({"language": language.group().lower()}, 0.8, url=url, evidence=_first(told.get("language")))
        found = [*(said(one) for one in items(page.get("links"))), text if isinstance(text, str) else ""]
        for name, pattern, confidence in (("linkedin_url", _PROFILE, 0.8), ("phone", _TELEPHONE, 0.7)):
            if hit := next((match for one in found if (match := pattern.search(one))), None):
                value = re.sub(r"[^\d+]", "", hit.group(1)) if name == "phone" else hit.group()
                facts += findings.facts({name: value}, confidence, url=url, evidence=hit.group())
        return facts

    def question(self, subject: Subject) -> Mapping[str, str] | None:
        """Ask for the front page."""
        site = subject.known.get("website") or subject.known.get("domain")
        return {"url": site if "//" in site else f"https://{site}"} if site else None

    async def aclose(self) -> None:
        """Close the connections."""
        await self.vendor.aclose()


def make(setup: Setup) -> Firecrawl:
    """Return the source."""
    price = Price(per_ask=CREDIT_USD if setup.settings.credit_usd is None else setup.settings.credit_usd)
    vendor = Vendor(setup, "https://api.firecrawl.dev/v2", "Authorization", "Bearer ", at_risk=price.most)
    return Firecrawl(vendor, price)


def _first(value: Any) -> str:
    """Return a text, or the first of several."""
    return next((text for one in value if (text := said(one))), "") if isinstance(value, list) else said(value)
