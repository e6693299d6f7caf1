"""A site is taken for a company's own only where it is named as the company is."""

from __future__ import annotations

import pytest

from gtm_pipelines.enrichment.sources.names import NAMED, SHARED_WORD, TITLE_ONLY, best, judge

OWN = [
    ("Acme Robotics Ltd", "https://www.acmerobotics.com/about", "About us"),
    ("Acme Robotics Ltd", "https://acme-robotics.co.uk", ""),
    ("Müller & Söhne GmbH", "https://mullersohne.de", "Willkommen"),
    ("S.A.P. SE", "https://sap.com", "SAP"),
    ("ООО «Ромашка»", "https://romashka.ru", "Цветы"),
    ("ЗАО «Хлебный дом»", "http://hlebniydom.ru/", "О нас"),
    ("АО «Яблоко»", "https://jabloko.com", ""),
    ("Acme", "acme.io", "Acme"),
]


@pytest.mark.parametrize(("name", "url", "title"), OWN)
def test_a_site_named_as_the_company_is_its_own(name: str, url: str, title: str) -> None:
    found = judge(name, url, title)
    assert found is not None
    assert found.confidence == NAMED


@pytest.mark.parametrize(
    ("name", "url", "title", "confidence"),
    [
        ("Acme Robotics", "https://getacme.com", "Acme Robotics: robots that pack", SHARED_WORD),
        ("Acme Robotics", "https://robonews.com/acme", "Acme Robotics raises money", TITLE_ONLY),
        ("ООО Северный ветер", "https://veter-group.ru", "Северный ветер, официальный сайт", SHARED_WORD),
    ],
)
def test_a_title_alone_is_too_little_to_act_on(name: str, url: str, title: str, confidence: float) -> None:
    found = judge(name, url, title)
    assert found is not None
    assert found.confidence == confidence


@pytest.mark.parametrize(
    ("name", "url", "title"),
    [
        ("Acme Robotics", "https://www.linkedin.com/company/acme-robotics", "Acme Robotics | LinkedIn"),
        ("Acme Robotics", "https://en.wikipedia.org/wiki/Acme", "Acme Robotics"),
        ("ООО Ромашка", "https://www.rusprofile.ru/id/1", "ООО Ромашка"),
        ("Acme Robotics", "https://acme-paint.com", "Acme Paint"),
        ("Acme Robotics", "https://10.0.0.1/", "Acme Robotics"),
        ("Ltd", "https://ltd.com", "Ltd"),
        ("Acme", "", "Acme"),
        ("", "https://acme.com", "Acme"),
    ],
)
def test_listings_and_others_are_not_the_company(name: str, url: str, title: str) -> None:
    assert judge(name, url, title) is None


def test_the_surest_of_several_is_taken() -> None:
    results = [
        ("https://robonews.com/acme", "Acme Robotics raises money"),
        ("https://www.acme-robotics.com/contact", "Contact"),
        ("https://acmerobotics.net", "Acme Robotics"),
    ]
    found = best("Acme Robotics Inc.", results)
    assert found is not None
    assert (found.website, found.domain) == ("https://www.acme-robotics.com", "acme-robotics.com")
