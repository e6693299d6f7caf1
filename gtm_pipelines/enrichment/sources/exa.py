"""Exa: a search engine that knows companies as such (``POST /search`` with ``category: company``).

Description: https://github.com/exa-labs/openapi-spec. Price: what the answer says in ``costDollars``,
at most US$ 0.005 for a search of up to 25 results without contents, as the description says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from gtm_pipelines.enrichment.registry import Setup
from gtm_pipelines.enrichment.source import Fact, Price, Subject, SubjectType
from gtm_pipelines.enrichment.sources.http import Vendor
from gtm_pipelines.enrichment.sources.names import Found, best, registered
from gtm_pipelines.enrichment.sources.own import Findings, country_code, group, items, said, shared

PER_SEARCH_USD = 0.005
RESULTS = 5
BY_DOMAIN = 0.85
"""Confidence where the result stands on the domain that is known to be the company's."""


@dataclass
class Exa:
    """Looks a company up by its domain, or by its name and place."""

    vendor: Vendor
    price: Price
    name: str = "exa"
    subjects: frozenset[SubjectType] = frozenset({"company"})
    fields: frozenset[str] = frozenset(
        {"website", "domain", "employee_count", "country_code", "city", "description", "founded_year", "revenue"}
    )
    needs: frozenset[str] = frozenset({"name", "domain"})
    per_host: bool = False
    needs_key: bool = True

    async def enrich(self, subject: Subject) -> list[Fact]:
        """Return what Exa has of the company; see ``Vendor.ask`` for what is raised."""
        asked = self.question(subject)
        if asked is None:
            return []
        answer = group(await self.vendor.post("/search", {"query": asked["query"], "category": "company", "numResults": RESULTS}))
        results = [one for one in items(answer.get("results")) if isinstance(one, Mapping) and said(one.get("url"))]
        found = self._match(subject.known, results)
        if found is None:
            return []
        result = next(one for one in results if registered_of(one) == found.domain)
        facts = Findings(self.name, self.vendor.clock).facts(
            {"website": found.website, "domain": found.domain, **_firm(result)},
            found.confidence, url=said(result.get("url")), evidence=_evidence(result),
        )  # fmt: skip
        return shared(facts, _cost(answer, self.price))

    def question(self, subject: Subject) -> Mapping[str, str] | None:
        """Ask for the domain where it is known, or else for the name and the place."""
        if domain := subject.known.get("domain"):
            return {"query": domain}
        name = subject.known.get("name")
        place = " ".join(subject.known[one] for one in ("city", "country") if subject.known.get(one))
        return {"query": f"{name} {place}".strip()} if name else None

    async def aclose(self) -> None:
        """Close the connections."""
        await self.vendor.aclose()

    def _match(self, known: Mapping[str, str], results: list[Mapping[str, Any]]) -> Found | None:
        if domain := known.get("domain"):
            mine = next((one for one in results if registered_of(one) == registered(domain)), None)
            return (
                None if mine is None else Found(f"https://{domain}", str(registered(domain)), BY_DOMAIN, said(mine.get("title")))
            )
        return best(known["name"], [(said(one.get("url")), _title(one)) for one in results])


def make(setup: Setup) -> Exa:
    """Return the source."""
    price = Price(per_ask=PER_SEARCH_USD if setup.settings.credit_usd is None else setup.settings.credit_usd)
    return Exa(Vendor(setup, "https://api.exa.ai", "x-api-key", at_risk=price.most), price)


def registered_of(result: Mapping[str, Any]) -> str | None:
    """Return the registered domain of a result."""
    return registered(urlsplit(said(result.get("url"))).hostname or "")


def _firm(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the company's entity says, where the result has one."""
    entity = next((group(one) for one in items(result.get("entities")) if group(one).get("type") == "company"), {})
    told = group(entity.get("properties"))
    seat = group(told.get("headquarters"))
    return {
        "employee_count": group(told.get("workforce")).get("total"),
        "city": seat.get("city"),
        "country_code": country_code(seat.get("country")),
        "description": told.get("description"),
        "founded_year": told.get("foundedYear"),
        "revenue": group(told.get("financials")).get("revenueAnnual"),
    }


def _title(result: Mapping[str, Any]) -> str:
    entity = next((group(one) for one in items(result.get("entities"))), {})
    return " ".join([said(result.get("title")), said(group(entity.get("properties")).get("name"))])


def _evidence(result: Mapping[str, Any]) -> str:
    told = {name: said(value) for name, value in _firm(result).items()}
    return "; ".join([said(result.get("title")), *(f"{name}: {text}" for name, text in told.items() if text)])


def _cost(answer: Mapping[str, Any], price: Price) -> float:
    total = group(answer.get("costDollars")).get("total")
    return float(total) if isinstance(total, (int, float)) and 0 < total <= price.most else price.most
