"""Parallel: web search with extracts (``POST /v1/search``): finds the website of a company by its name.

Description: https://docs.parallel.ai/api-reference/search (OpenAPI 0.1.2). ``mode`` is always given, for without it
the dearest one is taken. Price: US$ 0.005 a search is assumed, the middle of the US$ 0.004 to 0.009 on
https://docs.parallel.ai; set ``credit_usd`` to yours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gtm_pipelines.enrichment.registry import Setup
from gtm_pipelines.enrichment.source import Fact, Price, SourceAnswerError, Subject, SubjectType
from gtm_pipelines.enrichment.sources.http import Vendor
from gtm_pipelines.enrichment.sources.names import best
from gtm_pipelines.enrichment.sources.own import Findings, group, items, said

PER_SEARCH_USD = 0.005
RESULTS = 8


@dataclass
class Parallel:
    """Looks for a company by its name, and takes the site that is named as it is."""

    vendor: Vendor
    price: Price
    name: str = "parallel"
    subjects: frozenset[SubjectType] = frozenset({"company"})
    fields: frozenset[str] = frozenset({"website", "domain"})
    needs: frozenset[str] = frozenset({"name"})
    per_host: bool = False
    needs_key: bool = True

    async def enrich(self, subject: Subject) -> list[Fact]:
        """Return the website that is most surely the company's; see ``Vendor.ask`` for what is raised."""
        asked = self.question(subject)
        if asked is None:
            return []
        body = {
            "search_queries": [f"{asked['words']} official website"],
            "objective": f"The official website of the company {asked['words']}.",
            "mode": "fast",
            "advanced_settings": {"max_results": RESULTS},
        }
        answer = group(await self.vendor.post("/v1/search", body))
        if "results" not in answer:
            raise SourceAnswerError("Parallel answered without 'results'. Update the workbench.")
        results = [group(one) for one in items(answer["results"])]
        found = best(subject.known["name"], [(said(one.get("url")), said(one.get("title"))) for one in results])
        if found is None:
            return []
        values = {"website": found.website, "domain": found.domain}
        evidence = found.title or None
        return Findings(self.name, self.vendor.clock).facts(values, found.confidence, url=found.website, evidence=evidence)

    def question(self, subject: Subject) -> Mapping[str, str] | None:
        """Ask for the name, with the place where it is known."""
        name = subject.known.get("name")
        return {"words": " ".join([name, subject.known.get("city", "")]).strip()} if name else None

    async def aclose(self) -> None:
        """Close the connections."""
        await self.vendor.aclose()


def make(setup: Setup) -> Parallel:
    """Return the source."""
    price = Price(per_ask=PER_SEARCH_USD if setup.settings.credit_usd is None else setup.settings.credit_usd)
    return Parallel(Vendor(setup, "https://api.parallel.ai", "x-api-key", at_risk=price.most), price)
