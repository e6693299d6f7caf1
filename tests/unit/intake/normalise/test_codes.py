"""Countries, languages and industries get their codes."""

from __future__ import annotations

import gettext

import pycountry
import pytest

from gtm_pipelines.intake.normalise.countries import country_code
from gtm_pipelines.intake.normalise.industries import INDUSTRIES, industry_code
from gtm_pipelines.intake.normalise.languages import language_code


def names_of(country: object) -> set[str]:
    return {
        name for part in ("alpha_2", "alpha_3", "name", "official_name", "common_name") if (name := getattr(country, part, None))
    }


def test_every_english_name_of_the_standard_is_known() -> None:
    missed = {(c.alpha_2, name) for c in pycountry.countries for name in names_of(c) if country_code(name) != c.alpha_2}
    assert {name for code, name in missed if code not in ("HM", "LK")} == set()


def test_no_russian_name_of_the_standard_is_taken_for_another_country() -> None:
    russian = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=["ru"]).gettext
    answers = [(c.alpha_2, country_code(russian(name))) for c in pycountry.countries for name in names_of(c)]
    assert {(code, answer) for code, answer in answers if answer not in (None, code)} == set()
    assert sum(answer == code for code, answer in answers) > 0.9 * len(answers)


@pytest.mark.parametrize(
    ("text", "code"),
    [("UK", "GB"), ("usa", "US"), ("U.S.A.", "US"), ("South Korea", "KR"), ("Россия", "RU"), ("РФ", "RU"),
     ("США", "US"), ("ОАЭ", "AE"),
     ("England", "GB"), ("Deutschland", "DE"), ("España", "ES"), ("Turkey", "TR"), ("Niger", "NE"),
     ("Белоруссия", "BY"), ("юар", "ZA")],
)  # fmt: skip
def test_everyday_names_are_known(text: str, code: str) -> None:
    assert country_code(text) == code


@pytest.mark.parametrize("text", ["", "EU", "Europe", "Moscow", "Republic", "United", "EMEA", "n/a", "x" * 500])
def test_what_names_no_country_has_no_code(text: str) -> None:
    assert country_code(text) is None


def test_languages_are_known_by_code_and_name() -> None:
    texts = ("en", "EN-us", "English", "русский", "Русский язык", "Deutsch", "zh_CN", "fra", "Китайский", "Klingon", "xx", "")
    assert list(map(language_code, texts)) == ["en", "en", "en", "ru", "ru", "de", "zh", "fr", "zh", None, None, None]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Information Technology & Services", "software"),
        ("Разработка компьютерного программного обеспечения", "software"),
        ("Hospital & Health Care", "healthcare"),
        ("Oil & Energy", "energy_utilities"),
        ("Торговля оптовая компьютерами", "wholesale"),
        ("Строительство жилых и нежилых зданий", "construction"),
        ("Производство хлеба", "food_beverage"),
        ("Деятельность автомобильного грузового транспорта", "logistics"),
        ("Marketing and Advertising", "marketing_services"),
        ("Legal Services", "legal"),
        ("Venture Capital & Private Equity", "investment"),
        ("Machinery", "manufacturing"),
        ("Basket weaving of the third kind", None),
    ],
)
def test_industries_fall_into_one_small_vocabulary(text: str, code: str | None) -> None:
    assert industry_code(text) == code


def test_a_code_is_its_own_code() -> None:
    assert [industry_code(code) for code in INDUSTRIES] == list(INDUSTRIES)
