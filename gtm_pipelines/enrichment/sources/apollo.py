"""Apollo: a database of companies (``GET /organizations/enrich``) and people (``POST /people/match``).

Description: https://docs.apollo.io/reference (OpenAPI). A credit is charged only where something is
found: 1 for an organization, 1 for a person without telephone. Mobile numbers and personal addresses
are never asked for. A credit is taken for US$ 0.05 until ``credit_usd`` says what the plan costs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gtm_pipelines.enrichment.registry import Setup
from gtm_pipelines.enrichment.source import Fact, Price, Subject, SubjectType
from gtm_pipelines.enrichment.sources.http import Vendor
from gtm_pipelines.enrichment.sources.names import judge, registered, words
from gtm_pipelines.enrichment.sources.own import Findings, country_code, group, items, listed, said

CREDIT_USD = 0.05
BASE_URL = "https://api.apollo.io/api/v1"
BY_DOMAIN, BY_PROFILE = 0.8, 0.85
_ADDRESS_GRADES = {"verified": 0.9, "likely to engage": 0.75, "guessed": 0.4, "extrapolated": 0.4, "unverified": 0.4}
"""Confidence in an address by ``email_status``; any other status gives none."""
_PERSON = ("first_name", "last_name", "linkedin_url", "email")


@dataclass
class ApolloCompany:
    """Companies by domain, or by name."""

    vendor: Vendor
    price: Price
    name: str = "apollo_company"
    subjects: frozenset[SubjectType] = frozenset({"company"})
    fields: frozenset[str] = frozenset(
        "website domain industry employee_count city country_code phone linkedin_url description founded_year revenue "
        "technologies".split()
    )
    needs: frozenset[str] = frozenset({"domain", "name"})
    per_host: bool = False
    needs_key: bool = True

    async def enrich(self, subject: Subject) -> list[Fact]:
        """Return what Apollo has of the company; see ``Vendor.ask`` for what is raised."""
        asked = self.question(subject)
        if asked is None:
            return []
        answer = group(await self.vendor.get("/organizations/enrich", asked, may_be_missing=True))
        firm = group(answer.get("organization"))
        confidence = _same_firm(asked, firm)
        evidence = f"Apollo: {said(firm.get('name'))}, {said(firm.get('primary_domain'))}"
        url = said(firm.get("website_url")) or None
        return (
            Findings(self.name, self.vendor.clock).facts(_firm(firm), confidence, url=url, evidence=evidence)
            if confidence
            else []
        )

    def question(self, subject: Subject) -> Mapping[str, str] | None:
        """Ask for the domain where it is known, or else for the name."""
        for need in ("domain", "name"):
            if value := subject.known.get(need):
                return {need: value}
        return None

    async def aclose(self) -> None:
        """Close the connections."""
        await self.vendor.aclose()


@dataclass
class ApolloPerson:
    """People by profile, by address, or by name and employer."""

    vendor: Vendor
    price: Price
    name: str = "apollo_person"
    subjects: frozenset[SubjectType] = frozenset({"contact"})
    fields: frozenset[str] = frozenset({"email", "position", "linkedin_url", "city", "country_code"})
    needs: frozenset[str] = frozenset({"linkedin_url", "email", "company_domain", "company_name"})
    per_host: bool = False
    needs_key: bool = True

    async def enrich(self, subject: Subject) -> list[Fact]:
        """Return what Apollo has of the person; see ``Vendor.ask`` for what is raised."""
        asked = self.question(subject)
        if asked is None:
            return []
        fixed = {"reveal_personal_emails": "false", "reveal_phone_number": "false"}
        answer = group(await self.vendor.ask("POST", "/people/match", params={**asked, **fixed}, may_be_missing=True))
        person = group(answer.get("person"))
        if not person or not _same_person(subject.known, person):
            return []
        findings = Findings(self.name, self.vendor.clock)
        url, evidence = (
            said(person.get("linkedin_url")) or None,
            f"Apollo: {said(person.get('name'))}, {said(person.get('title'))}",
        )
        values = {
            "position": person.get("title"), "linkedin_url": person.get("linkedin_url"), "city": person.get("city"),
            "country_code": country_code(person.get("country")),
        }  # fmt: skip
        facts = findings.facts(values, BY_PROFILE, url=url, evidence=evidence)
        grade = _ADDRESS_GRADES.get(said(person.get("email_status")).casefold())
        address = said(person.get("email"))
        if grade and "@" in address and "email_not_unlocked" not in address:
            status = f"{evidence}; {address}, {said(person.get('email_status'))}"
            facts += findings.facts({"email": address}, grade, url=url, evidence=status)
        return facts

    def question(self, subject: Subject) -> Mapping[str, str] | None:
        """Ask for the profile or the address, or for the name at the employer."""
        known = subject.known
        asked = {name: known[name] for name in _PERSON if known.get(name)}
        if "last_name" not in asked and known.get("full_name"):
            asked["name"] = known["full_name"]
        employer = {"domain": known.get("company_domain"), "organization_name": known.get("company_name")}
        asked |= {name: value for name, value in employer.items() if value}
        named = "last_name" in asked or "name" in asked
        found = "linkedin_url" in asked or "email" in asked or (named and employer.keys() & asked.keys())
        return asked if found else None

    async def aclose(self) -> None:
        """Close the connections."""
        await self.vendor.aclose()


def make(setup: Setup) -> list[ApolloCompany | ApolloPerson]:
    """Return both sources of this vendor."""
    credit = CREDIT_USD if setup.settings.credit_usd is None else setup.settings.credit_usd
    price = Price(per_hit=credit)
    return [
        ApolloCompany(Vendor(setup, BASE_URL, "x-api-key", at_risk=price.most), price),
        ApolloPerson(Vendor(setup, BASE_URL, "x-api-key", at_risk=price.most), price),
    ]


def _firm(firm: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "website": firm.get("website_url"), "domain": registered(said(firm.get("primary_domain"))),
        "industry": firm.get("industry"), "employee_count": firm.get("estimated_num_employees"), "city": firm.get("city"),
        "country_code": country_code(firm.get("country")), "phone": firm.get("phone"), "linkedin_url": firm.get("linkedin_url"),
        "description": firm.get("short_description"), "founded_year": firm.get("founded_year"),
        "revenue": firm.get("annual_revenue"), "technologies": listed(items(firm.get("technology_names"))),
    }  # fmt: skip


def _same_firm(asked: Mapping[str, str], firm: Mapping[str, Any]) -> float:
    """Return how surely the answer is about the company that was asked for; 0 where it is about another."""
    domain = registered(said(firm.get("primary_domain")))
    if "domain" in asked:
        return BY_DOMAIN if domain and domain == registered(asked["domain"]) else 0.0
    found = judge(asked["name"], said(firm.get("website_url")) or f"https://{domain}", said(firm.get("name")))
    return min(found.confidence, BY_DOMAIN) if found else 0.0


def _same_person(known: Mapping[str, str], person: Mapping[str, Any]) -> bool:
    """Tell whether the answer is about the person that was asked for: every word of one name stands in the other."""
    asked = words(known.get("full_name") or f"{known.get('first_name', '')} {known.get('last_name', '')}")
    given = words(said(person.get("name")) or f"{said(person.get('first_name'))} {said(person.get('last_name'))}")
    return not asked or (bool(given) and (asked <= given or given <= asked))
