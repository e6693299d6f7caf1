"""LeadMagic: work addresses of people, and whether an address takes mail.

Description: https://leadmagic.io/docs/v1/reference/email-finder and .../email-validation, and the vendor's own OpenAPI at
https://github.com/LeadMagic/leadmagic-openapi. A find takes 1 credit and nothing where nothing is found, a
validation 0.25; the answer says so in ``credits_consumed``. A credit is taken for US$ 0.03 until ``credit_usd`` says
what the plan costs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gtm_pipelines.enrichment.registry import Setup
from gtm_pipelines.enrichment.source import Fact, Price, SourceAnswerError, Subject, SubjectType
from gtm_pipelines.enrichment.sources.http import Vendor
from gtm_pipelines.enrichment.sources.own import Findings, group, said, shared

CREDIT_USD = 0.03
BASE_URL = "https://api.leadmagic.io"
FINDS = {"valid": 0.95, "valid_catch_all": 0.75}
"""``status`` of a found address → confidence; others give none."""
VERDICTS = {
    "valid": ("valid", 0.95), "valid_catch_all": ("valid", 0.75), "catch_all": ("catch_all", 0.8), "invalid": ("invalid", 0.95),
    "unknown": ("unknown", 0.3),
}  # fmt: skip
"""``email_status`` → our verdict and the confidence in it."""


@dataclass
class LeadMagicFinder:
    """The work address of a person, by name and employer."""

    vendor: Vendor
    price: Price
    credit_usd: float
    name: str = "leadmagic_finder"
    subjects: frozenset[SubjectType] = frozenset({"contact"})
    fields: frozenset[str] = frozenset({"email"})
    needs: frozenset[str] = frozenset({"company_domain", "company_name"})
    per_host: bool = False
    needs_key: bool = True

    async def enrich(self, subject: Subject) -> list[Fact]:
        """Return the address; see ``Vendor.ask`` for what is raised."""
        asked = self.question(subject)
        if asked is None:
            return []
        answer = group(await self.vendor.post("/v1/people/email-finder", asked, may_be_missing=True))
        status, address = said(answer.get("status")), said(answer.get("email"))
        if answer and not status:
            raise SourceAnswerError("LeadMagic answered without 'status'. Update the workbench.")
        if status not in FINDS or "@" not in address:
            return []
        evidence = f"LeadMagic: {address}, {status}"
        facts = Findings(self.name, self.vendor.clock).facts({"email": address}, FINDS[status], evidence=evidence)
        return shared(facts, _cost(answer, self.credit_usd, self.price))

    def question(self, subject: Subject) -> Mapping[str, str] | None:
        """Ask for first and last name at a domain, or at a company by name."""
        known = subject.known
        name = {one: known.get(one, "") for one in ("first_name", "last_name")}
        domain, company = known.get("company_domain"), known.get("company_name")
        place = {"domain": domain} if domain else {"company_name": company} if company else {}
        return {**name, **place} if all(name.values()) and place else None

    async def aclose(self) -> None:
        """Close the connections."""
        await self.vendor.aclose()


@dataclass
class LeadMagicVerifier:
    """Whether an address takes mail."""

    vendor: Vendor
    price: Price
    credit_usd: float
    name: str = "leadmagic_verifier"
    subjects: frozenset[SubjectType] = frozenset({"contact"})
    fields: frozenset[str] = frozenset({"email_verification"})
    needs: frozenset[str] = frozenset({"email"})
    per_host: bool = False
    needs_key: bool = True

    async def enrich(self, subject: Subject) -> list[Fact]:
        """Return the verdict; see ``Vendor.ask`` for what is raised."""
        asked = self.question(subject)
        if asked is None:
            return []
        answer = group(await self.vendor.post("/v1/people/email-validation", asked))
        status = said(answer.get("email_status"))
        verdict = VERDICTS.get(status)
        if verdict is None:
            raise SourceAnswerError(f"LeadMagic gave the verdict '{status[:40]}', which has no meaning here.")
        evidence = f"LeadMagic: {asked['email']} is {status}" + (f", {mx}" if (mx := said(answer.get("mx_provider"))) else "")
        facts = Findings(self.name, self.vendor.clock).facts({"email_verification": verdict[0]}, verdict[1], evidence=evidence)
        return shared(facts, _cost(answer, self.credit_usd, self.price))

    def question(self, subject: Subject) -> Mapping[str, str] | None:
        """Ask for the address."""
        return {"email": subject.known["email"]} if "@" in subject.known.get("email", "") else None

    async def aclose(self) -> None:
        """Close the connections."""
        await self.vendor.aclose()


def make(setup: Setup) -> list[LeadMagicFinder | LeadMagicVerifier]:
    """Return both sources of this vendor."""
    credit = CREDIT_USD if setup.settings.credit_usd is None else setup.settings.credit_usd
    find, check = Price(per_hit=credit), Price(per_ask=credit / 4)
    return [
        LeadMagicFinder(Vendor(setup, BASE_URL, "X-API-Key", at_risk=find.most), find, credit),
        LeadMagicVerifier(Vendor(setup, BASE_URL, "X-API-Key", at_risk=check.most), check, credit),
    ]


def _cost(answer: Mapping[str, Any], credit_usd: float, price: Price) -> float:
    """Return what the answer says it took, within what a ceiling was asked for."""
    used = answer.get("credits_consumed")
    said_so = isinstance(used, (int, float)) and not isinstance(used, bool) and 0 <= used * credit_usd <= price.most
    return float(used) * credit_usd if said_so and isinstance(used, (int, float)) else price.most
