"""What addresses tell without asking anybody."""

from __future__ import annotations

import pytest

from gtm_pipelines.enrichment.model import address_verdict


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
