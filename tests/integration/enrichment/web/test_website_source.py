"""What a company's own site says of it becomes facts that stand where they say they stand."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.enrichment.source import Fact, SourceAnswerError, SourceBusyError, Subject, SubjectRefusedError
from gtm_pipelines.enrichment.sources.website import Website
from gtm_pipelines.enrichment.web.reader import WebReader
from gtm_pipelines.record.engine import Record
from gtm_pipelines.settings_research import WebSettings
from gtm_pipelines.workbench import Workbench
from tests.integration.enrichment.web.companies import company
from tests.parts import ONE_ENGINE
from tests.web_parts import LocalWeb, Said, local_web

pytestmark = [pytest.mark.slow, ONE_ENGINE]

ENGLISH = {
    "/": """<html lang="en"><head><title>Acme Anvils</title><meta name="description" content="Anvils since ever.">
<script src="https://www.googletagmanager.com/gtm.js?id=GTM-1"></script><script src="/wp-content/themes/a.js"></script>
<script type="application/ld+json">{"@context":"https://schema.org","@type":"Corporation","name":"Acme Anvils Ltd",
"telephone":"+44 20 7946 0000","foundingDate":"1987-04-01","numberOfEmployees":{"@type":"QuantitativeValue","value":140},
"address":{"@type":"PostalAddress","streetAddress":"12 Forge Lane","addressLocality":"Sheffield","postalCode":"S1 2AB",
"addressCountry":"United Kingdom"}}</script></head><body>
<nav><a href="/about">About us</a><a href="/contact">Contact</a><a href="/team">Team</a></nav>
<h1>Anvils for the world</h1><p>We make forged anvils and bench tools for smiths, schools and workshops all over Europe.</p>
<p style="display:none">Acme employs 99999 people and was founded in 1801. Mail evil@acme.example</p>
<footer><a href="https://uk.linkedin.com/company/acme-anvils/?trk=x">LinkedIn</a>
<a href="https://www.facebook.com/sharer/sharer.php?u=x">Share</a> <a href="https://twitter.com/acmeanvils">X</a></footer></body></html>""",
    "/about": "<html><p>Founded in 1987 by two brothers, our team of 120 people works in Sheffield, at 12 Forge Lane.</p></html>",
    "/contact": "<html><p>Phone: +44 20 7946 0958, mail <a href='mailto:info@acme.example'>info@acme.example</a></p>"
    "<p>Or write to jane.roe@acme.example</p></html>",
    "/team": "<html><p>Jane Roe, managing director. John Doe, sales.</p></html>",
}
RUSSIAN = {
    "/": """<html lang="ru"><head><meta charset="windows-1251"><title>ООО Наковальня</title></head><body>
<a href="/o-kompanii">О компании</a><a href="/kontakty">Контакты</a>
<p>Наша компания производит кузнечное оборудование и инструмент для предприятий по всей России.</p></body></html>""",
    "/o-kompanii": "<p>Компания основана в 2003 году. В нашей команде более 250 сотрудников.</p>",
    "/kontakty": "<p>Тел.: 8 (495) 123-45-67</p><p>620014, г. Екатеринбург, ул. Малышева, д. 51</p>"
    "<p>ИНН 7707083893, ОГРН 1027700132195</p><p>Почта: info@nakovalnya.example</p>",
}


@pytest.fixture(scope="module")
def web() -> Iterator[LocalWeb]:
    with local_web() as served:
        yield served


@pytest.fixture
def source(workbench: Workbench, clock: VirtualClock, web: LocalWeb) -> Iterator[Website]:
    settings = WebSettings(delay_seconds=0.01, reading_processes=1, answer_seconds=2, connect_seconds=1)
    reader = WebReader(workbench.record, clock, settings, forms=workbench.web.forms, guard=web.guard())
    yield Website(reader, clock)
    reader.close()


def asked(source: Website, record: Record, clock: VirtualClock, url: str, **known: str) -> dict[str, Fact]:
    subject = Subject("company", company(record, clock, "Acme"), {"website": url, **known})
    facts = asyncio.run(source.enrich(subject))
    assert len({fact.field for fact in facts}) == len(facts)
    return {fact.field: fact for fact in facts}


def cp1251(pages: dict[str, str]) -> dict[str, Said | str]:
    return {
        path: Said(text.encode("cp1251"), headers={"Content-Type": "text/html; charset=windows-1251"})
        for path, text in pages.items()
    }


def test_an_english_site_is_understood(source: Website, record: Record, clock: VirtualClock, web: LocalWeb) -> None:
    found = asked(source, record, clock, web.site("acme.example", ENGLISH))
    assert {
        name: fact.value
        for name, fact in found.items()
        if name not in ("website", "address", "phones", "description", "industry")
    } == {
        "country_code": "GB",
        "city": "Sheffield",
        "phone": "+442079460958",
        "email": "info@acme.example",
        "linkedin_url": "https://www.linkedin.com/company/acme-anvils",
        "x_url": "https://x.com/acmeanvils",
        "founded_year": "1987",
        "employee_count": "120",
        "language": "en",
        "technologies": "Google Tag Manager, WordPress",
        "domain": "acme.example",
    }
    assert found["description"].value.startswith("We make forged anvils")
    assert found["address"].value == "12 Forge Lane, S1 2AB, Sheffield"


def test_a_russian_site_in_an_old_charset_is_understood(
    source: Website, record: Record, clock: VirtualClock, web: LocalWeb
) -> None:
    found = asked(source, record, clock, web.site("nakovalnya.example", cp1251(RUSSIAN)), country_code="RU")
    assert {
        name: found[name].value for name in ("phone", "city", "tin", "registration_number", "founded_year", "employee_count")
    } == {
        "phone": "+74951234567",
        "city": "Екатеринбург",
        "tin": "7707083893",
        "registration_number": "1027700132195",
        "founded_year": "2003",
        "employee_count": "250",
    }
    assert found["language"].value == "ru"
    assert found["email"].value == "info@nakovalnya.example"
    assert found["description"].value.startswith("Наша компания производит")


@pytest.mark.parametrize("pages", [ENGLISH, RUSSIAN], ids=["en", "ru"])
def test_every_fact_rests_on_visible_words_or_says_on_what_else(
    source: Website, record: Record, clock: VirtualClock, web: LocalWeb, pages: dict[str, str]
) -> None:
    url = web.site("spans.example", pages)
    found = asked(source, record, clock, url, country_code="RU")
    texts = {page.final_url: page.text for page in asyncio.run(source.reader.read(url))}
    for fact in found.values():
        assert fact.url in texts
        assert fact.evidence
        elsewhere = fact.evidence.startswith(
            ("structured data,", "link ", "meta description:", "scripts of the page:", "answers at")
        )
        assert elsewhere or fact.evidence in texts[fact.url], fact
        assert 0 < fact.confidence <= (0.9 if not fact.evidence.startswith(("structured data", "meta")) else 0.7)
        assert fact.expires_at is None or fact.expires_at > clock.now()
        assert "evil@" not in (fact.value + fact.evidence)
        assert "99999" not in (fact.value + fact.evidence)


def test_addresses_of_people_are_no_facts_about_a_company(
    source: Website, record: Record, clock: VirtualClock, web: LocalWeb
) -> None:
    only = {"/": "<p>Write to jane.roe@people.example or to j.doe@gmail.com for anything you may need.</p>"}
    assert "email" not in asked(source, record, clock, web.site("people.example", only))


def test_what_a_site_says_twice_differently_is_not_claimed(
    source: Website, record: Record, clock: VirtualClock, web: LocalWeb
) -> None:
    page = {
        "/": "<p>Our company was founded in 1990.</p><p>Our company, established in 2001, has 20 employees.</p>"
        "<p>We have 900 employees.</p>"
    }
    found = asked(source, record, clock, web.site("unsure.example", page))
    assert "founded_year" not in found
    assert "employee_count" not in found


@pytest.mark.parametrize(
    ("host", "pages", "robots", "error"),
    [
        ("shut.example", {"/": "<p>x"}, "User-agent: *\nDisallow: /", SubjectRefusedError),
        ("denied.example", {"/": Said("no", 403)}, None, SubjectRefusedError),
        ("empty.example", {}, None, SourceAnswerError),
        ("pdf.example", {"/": Said(b"%PDF", headers={"Content-Type": "application/pdf"})}, None, SourceAnswerError),
        ("down.example", {"/": Said("oops", 500)}, None, SourceBusyError),
        ("slow.example", {"/": Said(hang=True)}, None, SourceBusyError),
    ],
)
def test_what_went_wrong_says_what_to_do(
    source: Website,
    record: Record,
    clock: VirtualClock,
    web: LocalWeb,
    host: str,
    pages: dict[str, Said | str],
    robots: str | None,
    error: type[Exception],
) -> None:
    with pytest.raises(error):
        asked(source, record, clock, web.site(host, pages, robots))


def test_a_company_without_a_site_is_not_asked_about(source: Website) -> None:
    assert source.question(Subject("company", "1", {"name": "Acme"})) is None
    assert asyncio.run(source.enrich(Subject("company", "1", {"name": "Acme"}))) == []
