"""Pages of a company's site to what they say of it. Rules only; every claim carries the words or the mark-up it rests on.

Confidence, by where a claim stands: what a visitor reads outweighs what only machines are told,
the page about contacts outweighs others, and what is read twice differently is not claimed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from gtm_pipelines.enrichment.model import Page
from gtm_pipelines.enrichment.web import sentences
from gtm_pipelines.enrichment.web.forms import Forms
from gtm_pipelines.intake.model import FREE_MAIL, ROLE_NAMES

FIELDS = frozenset(
    "website domain description phone phones email city address country_code state linkedin_url facebook_url instagram_url x_url"
    " youtube_url telegram_url vk_url github_url whatsapp_url employee_count founded_year language technologies industry tin"
    " registration_number".split()
)
SEEN, TOLD, HINT = 0.8, 0.65, 0.5
"""Read in the visible text; told to machines only; a guess, too little to act on."""
_CONTACT_BONUS = 0.05
_BY_ENDING = {"ru": "RU", "рф": "RU", "xn--p1ai": "RU", "su": "RU", "uk": "GB", "de": "DE", "fr": "FR", "es": "ES", "it": "IT",
              "nl": "NL", "pl": "PL", "by": "BY", "kz": "KZ", "ua": "UA", "ch": "CH", "at": "AT", "be": "BE", "se": "SE",
              "fi": "FI", "no": "NO", "dk": "DK", "cz": "CZ", "us": "US", "ca": "CA", "au": "AU", "in": "IN"}  # fmt: skip
"""Country that national numbers on a site of this ending are probably of."""
_OF_ITSELF = re.compile(
    r"(?<!\w)(?:we|our|is an?|are an?|provides?|offers?|helps?|мы|наш[аеи]?|компания|это|производ\w+|предлагае\w+)(?!\w)",
    re.I,
)
_TOWN = re.compile(r"(?<![\w.])(?:г\.|город)\s?([А-ЯЁ][а-яё]+(?:[- ](?:на-)?[А-ЯЁ][а-яё]+){0,2})(?=[,.;\s]|$)")
_STREET = re.compile(
    r"(?<!\w)(?:ул\.|улица|пр-т|просп\.|проспект|пер\.|переулок|ш\.|шоссе|наб\.|набережная|б-р|бульвар|площадь|пл\.)\s?\S"
)
_LONGEST_ADDRESS, _SHORTEST_TEXT, _LONGEST_TEXT = 250, 60, 500


@dataclass(frozen=True)
class Claim:
    """One value, where it stands and how sure it is."""

    field: str
    value: str
    confidence: float
    url: str
    evidence: str


@dataclass(frozen=True)
class _Site:
    """The pages of a site with what is known beforehand."""

    pages: Sequence[Page]
    forms: Forms
    country_code: str | None
    this_year: int

    @property
    def home(self) -> Page:
        return self.pages[0]

    @property
    def host(self) -> str:
        return (urlsplit(self.home.final_url).hostname or "").removeprefix("www.")

    def lines(self) -> list[tuple[Page, str]]:
        return [(page, line) for page in self.pages for line in page.text.split("\n")]

    def where(self, words: str) -> Page:
        return next((page for page in self.pages if words in page.text), self.home)


def claims(pages: Sequence[Page], forms: Forms, *, country_code: str | None, this_year: int) -> list[Claim]:
    """Return what the pages of one site say of its company; nothing of no pages.

    Args:
        pages: the home page first.
        forms: how the house writes values.
        country_code: of the company, where it is known.
        this_year: of the calendar.
    """
    if not pages:
        return []
    site = _Site(pages, forms, country_code, this_year)
    rules = (
        _address_of_site, _description, _places, _phones, _emails, _profiles, _staff_and_years, _numbers, _language, _tools,
        _industry,
    )  # fmt: skip
    return [claim for rule in rules for claim in rule(site)]


def _address_of_site(site: _Site) -> Iterator[Claim]:
    parts = urlsplit(site.home.final_url)
    origin = f"{parts.scheme}://{parts.netloc}"
    yield Claim("website", origin, 0.9, site.home.final_url, f"answers at {site.home.final_url[:200]}")
    domain = site.forms.domain(origin)
    if domain:
        yield Claim("domain", domain, 0.85, site.home.final_url, f"answers at {site.home.final_url[:200]}")


def _description(site: _Site) -> Iterator[Claim]:
    for kind in ("home", "about"):
        for page in (one for one in site.pages if one.kind == kind):
            content = page.text[: int(page.data.get("content_chars", len(page.text)))]
            for line in content.split("\n"):
                if _SHORTEST_TEXT <= len(line) <= _LONGEST_TEXT and _OF_ITSELF.search(line):
                    yield Claim("description", line, 0.7, page.final_url, line)
                    return
    said = site.home.data.get("description") or site.home.data.get("og_description") or _organisation(site).get("description")
    if isinstance(said, str) and len(said) >= _SHORTEST_TEXT // 2:
        yield Claim("description", said[:_LONGEST_TEXT], TOLD, site.home.final_url, f"meta description: {said[:_LONGEST_TEXT]}")


def _organisation(site: _Site) -> Mapping[str, Any]:
    """Return the structured data of the company, of the first page that has any."""
    found = (page.data.get("organisation") for page in site.pages)
    return next((one for one in found if isinstance(one, Mapping) and one), {})


def _places(site: _Site) -> Iterator[Claim]:
    told = _organisation(site).get("address")
    if isinstance(told, Mapping):
        yield from _told_places(site, told)
        return
    towns = {town: (page, line) for page, line in site.lines() if len(line) <= _LONGEST_ADDRESS and _STREET.search(line)
             for town in _TOWN.findall(line)}  # fmt: skip
    if len(towns) == 1:
        [(town, (page, line))] = towns.items()
        yield Claim("city", town, 0.7, page.final_url, line)
        yield Claim("address", line, HINT + 0.1, page.final_url, line)


def _told_places(site: _Site, told: Mapping[str, Any]) -> Iterator[Claim]:
    names = {"city": "addressLocality", "state": "addressRegion"}
    for field, name in names.items():
        if told.get(name):
            yield _seen_or_told(site, field, str(told[name]), str(told[name]), f"structured data, {name}")
    street = told.get("streetAddress") or told.get("whole")
    if street:
        whole = ", ".join(str(told[name]) for name in ("streetAddress", "postalCode", "addressLocality") if told.get(name))
        yield _seen_or_told(site, "address", whole or str(street), str(street), "structured data, streetAddress")
    country = site.forms.country(str(told.get("addressCountry") or ""))
    if country:
        said = str(told["addressCountry"])
        yield _seen_or_told(site, "country_code", country, said if len(said) > 2 else "\n", "structured data, addressCountry")


def _seen_or_told(site: _Site, field: str, value: str, words: str, where: str) -> Claim:
    """Return a claim of structured data: surer where the same words are visible, in the line they stand in."""
    for page in site.pages:
        line = next((line for line in page.text.split("\n") if words in line), None)
        if line is not None:
            return Claim(field, value, SEEN, page.final_url, line[:1_000])
    return Claim(field, value, TOLD, site.home.final_url, f"{where}: {words.strip() or value}")


def _phones(site: _Site) -> Iterator[Claim]:
    country = site.country_code or _country_of(site)
    found: dict[str, Claim] = {}
    for page in site.pages:
        bonus = _CONTACT_BONUS if page.kind == "contact" else 0.0
        for text, line in page.data.get("phones", ()):
            _keep(found, site.forms.phone(text, country), SEEN + bonus, page, line)
        for text in page.data.get("linked_phones", ()):
            _keep(found, site.forms.phone(text, country), TOLD + bonus, page, f"link tel:{text}")
    said = _organisation(site).get("telephone")
    if isinstance(said, str):
        _keep(found, site.forms.phone(said, country), TOLD, site.home, f"structured data, telephone: {said}")
    yield from _best(found, "phone")
    if len(found) > 1:
        first = max(found.values(), key=lambda claim: claim.confidence)
        yield Claim("phones", ", ".join(list(found)[:5]), HINT, first.url, first.evidence)


def _country_of(site: _Site) -> str | None:
    told = _organisation(site).get("address")
    said = site.forms.country(str(told.get("addressCountry") or "")) if isinstance(told, Mapping) else None
    return said or _BY_ENDING.get(site.host.rpartition(".")[2])


def _keep(found: dict[str, Claim], value: str | None, confidence: float, page: Page, evidence: str) -> None:
    if value and (value not in found or found[value].confidence < confidence):
        found[value] = Claim("", value, confidence, page.final_url, evidence[:1_000])


def _best(found: Mapping[str, Claim], field: str) -> Iterator[Claim]:
    """Yield the surest claim; of many equally sure ones none is the company's for certain."""
    if not found:
        return
    best = max(found.values(), key=lambda claim: claim.confidence)
    equal = sum(claim.confidence == best.confidence for claim in found.values())
    sure = best.confidence if equal == 1 else max(best.confidence - 0.1 * min(equal - 1, 2), HINT)
    yield Claim(field, best.value, round(sure, 2), best.url, best.evidence)


def _emails(site: _Site) -> Iterator[Claim]:
    """Claim the mailbox of a desk; addresses of people are not facts about the company."""
    found: dict[str, Claim] = {}
    for page in site.pages:
        bonus = _CONTACT_BONUS if page.kind == "contact" else 0.0
        told = [(text, SEEN, line) for text, line in page.data.get("emails", ())]
        told += [(text, TOLD, f"link mailto:{text}") for text in page.data.get("linked_emails", ())]
        for text, sure, evidence in told:
            address = site.forms.email(text)
            if address and _is_desk(address, site.host):
                _keep(
                    found,
                    address,
                    sure + bonus + (0.02 if address.startswith(("info@", "contact@", "hello@")) else 0),
                    page,
                    evidence,
                )
    yield from _best(found, "email")


def _is_desk(address: str, host: str) -> bool:
    local, _, domain = address.lower().partition("@")
    label = host.rpartition(".")[0].rpartition(".")[2]
    if domain in FREE_MAIL:
        return bool(label) and label in local
    own = host == domain or host.endswith(f".{domain}") or domain.endswith(f".{host}")
    return own and (
        local in ROLE_NAMES or local == label or local.startswith(("info", "sales", "office", "zakaz", "hello", "contact"))
    )


def _profiles(site: _Site) -> Iterator[Claim]:
    found: dict[str, dict[str, Page]] = {}
    for page in site.pages:
        for field, urls in page.data.get("profiles", {}).items():
            for url in urls:
                found.setdefault(field, {}).setdefault(url.rstrip("/"), page)
    for field, urls in found.items():
        if field in FIELDS and len(urls) == 1:
            [(url, page)] = urls.items()
            yield Claim(field, url, 0.85 if page.kind in ("home", "contact", "about") else 0.7, page.final_url, f"link to {url}")


def _staff_and_years(site: _Site) -> Iterator[Claim]:
    lines = [
        line
        for page in site.pages
        if page.kind in ("home", "about", "team", "careers", "contact")
        for line in page.text.split("\n")
    ]
    told = _organisation(site)
    staff, founded = sentences.staff(lines), sentences.founded(lines, site.this_year)
    if staff:
        yield Claim("employee_count", staff.value, 0.6, site.where(staff.words).final_url, staff.words)
    elif told.get("employees"):
        yield Claim(
            "employee_count",
            str(told["employees"]),
            0.6,
            site.home.final_url,
            f"structured data, numberOfEmployees: {told['employees']}",
        )
    year = re.match(r"\s*(1[89]\d\d|20\d\d)", str(told.get("foundingDate") or ""))
    if founded:
        sure = 0.8 if year and year[1] == founded.value else 0.65
        yield Claim("founded_year", founded.value, sure, site.where(founded.words).final_url, founded.words)
    elif year and int(year[1]) <= site.this_year:
        yield Claim("founded_year", year[1], TOLD, site.home.final_url, f"structured data, foundingDate: {told['foundingDate']}")


def _numbers(site: _Site) -> Iterator[Claim]:
    lines = [line for _, line in site.lines()]
    numbers = {"tin": sentences.tax_number(lines), "registration_number": sentences.registration_number(lines)}
    for field, said in numbers.items():
        if said:
            yield Claim(field, said.value, 0.75, site.where(said.words).final_url, said.words[:1_000])


def _language(site: _Site) -> Iterator[Claim]:
    if site.home.language and (first := next((line for line in site.home.text.split("\n") if len(line) >= 20), None)):
        yield Claim("language", site.home.language, SEEN, site.home.final_url, first[:300])


def _tools(site: _Site) -> Iterator[Claim]:
    if used := {name: seen for page in site.pages for name, seen in page.data.get("tools", {}).items()}:
        seen = "; ".join(f"{name}: {address}" for name, address in sorted(used.items()))
        yield Claim("technologies", ", ".join(sorted(used)), 0.7, site.home.final_url, f"scripts of the page: {seen}"[:1_000])


def _industry(site: _Site) -> Iterator[Claim]:
    for claim in _description(site):
        if code := site.forms.industry(claim.value):
            yield Claim("industry", code, HINT, claim.url, claim.evidence)
