"""Hunter: work addresses of people, whether an address takes mail, and how a company spells its addresses.

Description: https://hunter.io/api-documentation/v2, ``GET /email-finder``, ``/email-verifier`` and ``/domain-search``. A find
or a search that finds something takes 1 credit, a verification half of one. There 403 says that we ask too fast,
429 that the plan is used up, 202 and 222 that the mail server has not answered yet, 451 that the person has asked not
to be told of. A credit is taken for US$ 0.05 until ``credit_usd`` says what the plan costs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from gtm_pipelines.enrichment.registry import Setup
from gtm_pipelines.enrichment.source import Fact, Price, SourceAnswerError, Subject, SubjectType
from gtm_pipelines.enrichment.sources.http import Vendor
from gtm_pipelines.enrichment.sources.own import Findings, country_code, group, items, listed, said

CREDIT_USD = 0.05
BASE_URL = "https://api.hunter.io/v2"
STATUSES: Mapping[int, Literal["busy", "key", "refused"]] = {202: "busy", 222: "busy", 403: "busy", 429: "key", 451: "refused"}
VERDICTS = {
    "valid": ("valid", 0.95), "invalid": ("invalid", 0.95), "accept_all": ("catch_all", 0.8), "webmail": ("freemail", 0.9),
    "disposable": ("disposable", 0.95), "unknown": ("unknown", 0.3),
}  # fmt: skip
"""``status`` of an address → our verdict and the confidence in it."""
CATCH_ALL_MOST = 0.6
"""A server that takes mail for anybody confirms no address: no more confidence than may just be acted on."""


@dataclass
class HunterFinder:
    """The work address of a person, by name and employer."""

    vendor: Vendor
    price: Price
    name: str = "hunter_finder"
    subjects: frozenset[SubjectType] = frozenset({"contact"})
    fields: frozenset[str] = frozenset({"email", "position", "linkedin_url"})
    needs: frozenset[str] = frozenset({"company_domain", "company_name"})
    per_host: bool = False
    needs_key: bool = True

    async def enrich(self, subject: Subject) -> list[Fact]:
        """Return the most likely address; see ``Vendor.ask`` for what is raised."""
        asked = self.question(subject)
        if asked is None:
            return []
        found = _data(await self.vendor.get("/email-finder", asked, may_be_missing=True))
        address, score = said(found.get("email")), found.get("score")
        if "@" not in address:
            return []
        checked = said(group(found.get("verification")).get("status"))
        sure = score / 100 if isinstance(score, (int, float)) and 0 <= score <= 100 else 0.0
        sure = 0.0 if checked in ("invalid", "disposable") else sure
        sure = min(sure, CATCH_ALL_MOST) if found.get("accept_all") is True or checked == "accept_all" else sure
        if not sure:
            return []
        page = next((said(group(one).get("uri")) for one in items(found.get("sources"))), "") or None
        findings = Findings(self.name, self.vendor.clock)
        evidence = f"Hunter: {address}, score {said(score)}" + (f", {checked}" if checked else "")
        facts = findings.facts({"email": address}, sure, url=page, evidence=evidence)
        more = {"position": found.get("position"), "linkedin_url": found.get("linkedin_url")}
        return facts + findings.facts(more, min(sure, 0.7), url=page, evidence=evidence)

    def question(self, subject: Subject) -> Mapping[str, str] | None:
        """Ask for a name at a domain, or at a company by name."""
        known = subject.known
        if known.get("first_name") and known.get("last_name"):
            name = {"first_name": known["first_name"], "last_name": known["last_name"]}
        else:
            name = {"full_name": known.get("full_name", "")}
        domain = known.get("company_domain")
        place = {"domain": domain} if domain else {"company": known.get("company_name", "")}
        return {**name, **place} if all(name.values()) and all(place.values()) else None

    async def aclose(self) -> None:
        """Close the connections."""
        await self.vendor.aclose()


@dataclass
class HunterVerifier:
    """Whether an address takes mail."""

    vendor: Vendor
    price: Price
    name: str = "hunter_verifier"
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
        found = _data(await self.vendor.get("/email-verifier", asked))
        verdict = VERDICTS.get(said(found.get("status")))
        if verdict is None:
            raise SourceAnswerError(f"Hunter gave the verdict '{said(found.get('status'))[:40]}', which has no meaning here.")
        evidence = f"Hunter: {asked['email']} is {said(found.get('status'))}, score {said(found.get('score'))}"
        return Findings(self.name, self.vendor.clock).facts({"email_verification": verdict[0]}, verdict[1], evidence=evidence)

    def question(self, subject: Subject) -> Mapping[str, str] | None:
        """Ask for the address."""
        return {"email": subject.known["email"]} if "@" in subject.known.get("email", "") else None

    async def aclose(self) -> None:
        """Close the connections."""
        await self.vendor.aclose()


@dataclass
class HunterCompany:
    """What Hunter knows of a company, and how it spells its addresses. No person's address is kept."""

    vendor: Vendor
    price: Price
    name: str = "hunter_company"
    subjects: frozenset[SubjectType] = frozenset({"company"})
    fields: frozenset[str] = frozenset(
        {"email_pattern", "industry", "description", "country_code", "city", "linkedin_url", "technologies"}
    )
    needs: frozenset[str] = frozenset({"domain"})
    per_host: bool = False
    needs_key: bool = True

    async def enrich(self, subject: Subject) -> list[Fact]:
        """Return what is known of the domain; see ``Vendor.ask`` for what is raised."""
        asked = self.question(subject)
        if asked is None:
            return []
        found = _data(await self.vendor.get("/domain-search", {**asked, "limit": "1"}, may_be_missing=True))
        values: dict[str, Any] = {
            "email_pattern": found.get("pattern"), "industry": found.get("industry"), "description": found.get("description"),
            "country_code": country_code(found.get("country")), "city": found.get("city"), "linkedin_url": found.get("linkedin"),
            "technologies": listed(items(found.get("technologies"))),
        }  # fmt: skip
        evidence = f"Hunter: {said(found.get('organization')) or asked['domain']}"
        return Findings(self.name, self.vendor.clock).facts(values, 0.75, evidence=evidence)

    def question(self, subject: Subject) -> Mapping[str, str] | None:
        """Ask for the domain."""
        return {"domain": subject.known["domain"]} if subject.known.get("domain") else None

    async def aclose(self) -> None:
        """Close the connections."""
        await self.vendor.aclose()


def make(setup: Setup) -> list[HunterFinder | HunterVerifier | HunterCompany]:
    """Return the three sources of this vendor."""
    credit = CREDIT_USD if setup.settings.credit_usd is None else setup.settings.credit_usd

    def vendor(price: Price) -> Vendor:
        return Vendor(setup, BASE_URL, "X-API-KEY", at_risk=price.most, statuses=STATUSES)

    hit, half = Price(per_hit=credit), Price(per_ask=credit / 2)
    return [HunterFinder(vendor(hit), hit), HunterVerifier(vendor(half), half), HunterCompany(vendor(hit), hit)]


def _data(answer: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Return the part of an answer that holds what was asked for; empty where Hunter knows nothing.

    Raises:
        SourceAnswerError: there is no such part.
    """
    if answer is None:
        return {}
    if not isinstance(answer.get("data"), Mapping):
        raise SourceAnswerError("Hunter answered without 'data'. Look at https://status.hunter.io, or update the workbench.")
    return group(answer["data"])
