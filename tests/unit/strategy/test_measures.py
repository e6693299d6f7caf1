"""How good context is, how sure a document is, and in which forms documents come: measured without a model."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from gtm_pipelines.enrichment.model import Page
from gtm_pipelines.errors import InputError
from gtm_pipelines.llm.schema import closed
from gtm_pipelines.strategy.assess import assess_document, assess_pages, freshness
from gtm_pipelines.strategy.context import needed, plain_address
from gtm_pipelines.strategy.documents import FORMS, KINDS
from gtm_pipelines.strategy.model import GATE, quality_of
from gtm_pipelines.strategy.programs import answer_form, task_of

NOW = datetime(2026, 3, 4, 10, tzinfo=UTC)


def page(kind: str, characters: int = 1_500, hours: float = 0) -> Page:
    return Page("https://a.test", "https://a.test", kind, "A", "x" * characters, "en", {}, NOW - timedelta(hours=hours))


@pytest.mark.parametrize(
    ("score", "word"),
    [(0.81, "sufficient"), (0.8, "partial"), (0.6, "partial"), (0.59, "insufficient"), (0.4, "insufficient"), (0.39, "missing")],
)
def test_scores_have_the_words_of_the_specification(score: float, word: str) -> None:
    assert quality_of(score) == word


@pytest.mark.parametrize(
    ("pages", "passes"),
    [
        ([page("home")], False),
        ([page("home", 3_500)], False),
        ([page("home", 3_500), page("about", 800)], True),
        ([page("home"), page("product"), page("about")], True),
        ([page("home", 90), page("product", 90), page("about", 90), page("pricing", 90)], False),
        ([page("home", hours=400), page("product", hours=400), page("about", hours=400)], False),
    ],
)
def test_the_gate_lets_an_ordinary_website_pass_and_a_home_page_alone_not(pages: list[Page], passes: bool) -> None:
    assert (assess_pages(pages, NOW, source="website").score >= GATE) is passes


def test_nothing_read_is_missing_and_says_so() -> None:
    found = assess_pages([], NOW, source="website")
    assert (found.score, found.quality, found.gaps) == (0.0, "missing", ("nothing was read",))
    assert assess_document(None, "target_company", NOW).gaps == ("no target company is written yet",)


def test_context_is_fresh_for_its_lifetime_and_worthless_after_another() -> None:
    week = 7 * 24
    assert [freshness(hours, "website_content") for hours in (0, week, 1.5 * week, 2 * week, 3 * week)] == [1, 1, 0.5, 0, 0]


def test_a_document_brings_those_it_requires_first() -> None:
    assert needed("positioning", {}) == ["target_company", "target_persona", "positioning"]
    assert needed("email_strategy", {"target_company": 1, "product_overview": 1}) == [
        "target_persona", "positioning", "email_strategy",
    ]  # fmt: skip
    assert needed("data_sources", {}) == ["target_company", "data_sources"]


def test_one_address_is_known_by_all_its_spellings() -> None:
    spellings = ("https://www.Acme.example/", "acme.example", "http://acme.example#x", " https://acme.example. ")
    assert {plain_address(each) for each in spellings} == {"acme.example"}
    assert plain_address("acme.example/de/") == "acme.example/de"
    for wrong in ("acme", "ftp://acme.example", "acme .example", ""):
        with pytest.raises(InputError):
            plain_address(wrong)


@pytest.mark.parametrize("kind", KINDS)
def test_every_form_is_closed_and_takes_nothing_else(kind) -> None:
    form = FORMS[kind]
    if kind != "data_sources":
        assert closed(answer_form(kind))["additionalProperties"] is False
        for section in form.model_fields:
            assert list(closed(answer_form(kind, section))["properties"]) == ["quotes", "document"]
    with pytest.raises(ValidationError, match="Extra inputs"):
        form.model_validate({name: None if "Claim | None" in str(f.annotation) else () for name, f in form.model_fields.items()}
                            | {"send_mail": True})  # fmt: skip


def test_guidance_stands_in_the_task_and_the_language_is_named() -> None:
    task = task_of("positioning", "ru", guidance="Мы продаём и в Казахстане.", section="voice")
    assert "in Russian" in task
    assert "Мы продаём и в Казахстане." in task
    assert "only the section 'voice'" in task
