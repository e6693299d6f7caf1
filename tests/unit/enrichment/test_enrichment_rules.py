"""What titles and addresses tell without asking anybody."""

from __future__ import annotations

import pytest

from gtm_pipelines.enrichment.model import address_verdict, job_function, seniority


@pytest.mark.parametrize(
    ("title", "level", "function"),
    [
        ("CTO", "c_level", "technology"),
        ("Founder & CEO", "founder", "general_management"),
        ("Head of Sales", "head", "sales"),
        ("VP Operations", "vp", "operations"),
        ("Marketing Director", "director", "marketing"),
        ("Accountant", None, "finance"),
        ("Генеральный директор", "c_level", "general_management"),
        ("Технический директор", "director", "technology"),
        ("Руководитель ИТ", "head", "technology"),
        ("Руководитель отдела продаж", "head", "sales"),
        ("Бухгалтер", None, "finance"),
        ("Офис-менеджер", None, "operations"),
        ("", None, None),
        ("Victor", None, None),
    ],
)
def test_a_title_tells_seniority_and_function_in_both_languages(title: str, level: str | None, function: str | None) -> None:
    assert (seniority(title), job_function(title)) == (level, function)


@pytest.mark.parametrize(
    ("address", "is_valid", "verdict"),
    [
        ("anna@firm.example", True, "valid"),
        ("Info@Firm.example", True, "role"),
        ("anna@gmail.com", True, "freemail"),
        ("anna@yandex.ru", True, "freemail"),
        ("x@mailinator.com", True, "disposable"),
        ("anna@", False, "invalid"),
    ],
)
def test_an_address_is_judged_by_its_form_and_its_provider(address: str, is_valid: bool, verdict: str) -> None:
    assert address_verdict(address, is_valid=is_valid)[0] == verdict


def test_good_syntax_alone_is_no_more_than_barely_enough() -> None:
    assert address_verdict("anna@firm.example", is_valid=True) == ("valid", 0.6)
