"""Columns without a telling header are known by what stands in them."""

from __future__ import annotations

import pytest

from gtm_pipelines.intake.detect import is_inn
from gtm_pipelines.intake.mapping import map_columns

MAILS = ["anna@client.example", "john@firm.test", "olga@shop.example", "not yet"] * 2 + ["x@y.example"] * 4


@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        ("contact", MAILS, "email"),
        ("contact", ["https://www.linkedin.com/in/a", "linkedin.com/in/b", "https://de.linkedin.com/in/c"], "linkedin_url"),
        ("contact", ["+49 30 1234567", "8 (495) 123-45-67", "(415) 555-2671"], "phone"),
        ("contact", ["Germany", "Россия", "USA", "France"], "country"),
        ("contact", ["Иванов Иван Иванович", "Петрова Анна Сергеевна", "Ким Мария Львовна"], "full_name"),
        ("contact", ["CEO", "Head of Sales", "Главный бухгалтер"], "position"),
        ("company", ["https://a.example", "www.b.test", "c.example/about"], "website"),
        ("company", ["7707083893", "7736050003", "500100732259"], "tin"),
        ("company", ["7707083890", "7736050001", "500100732250"], None),
        ("company", ["https://registry.example/1", "https://registry.example/2", "https://registry.example/3"], None),
        ("contact", ["2024-01-01", "2024-02-01", "2025-03-01"], None),
        ("contact", ["1234567", "2345678", "3456789"], None),
        ("contact", ["Germany", "blue", "red", "green"], None),
    ],
)
def test_values_tell_what_a_column_holds(kind, values: list[str], field: str | None) -> None:
    mapping = map_columns(kind, ("column 1",), values=[values])
    assert list(mapping.columns) == ([field] if field else [])


def test_the_addresses_of_somebody_else_are_not_the_contact_s() -> None:
    assert map_columns("contact", ("Contact Owner",), values=[MAILS]).columns == {}


def test_a_header_is_not_believed_against_its_values() -> None:
    mapping = map_columns(
        "contact", ("Email", "URL"), values=[MAILS, ["https://a.example", "https://b.test", "https://c.example"]]
    )
    assert mapping.by_column == {"Email": "email", "URL": "company_domain"}


def test_of_two_columns_for_one_field_the_filled_one_gets_it() -> None:
    mapping = map_columns("contact", ("Work Phone", "Mobile"), values=[[], ["+49 30 1234567"]])
    assert mapping.by_column == {"Mobile": "phone"}


def test_a_state_is_kept_under_one_name_whatever_the_vendor_calls_it() -> None:
    for header in ("State", "State/Region", "Mailing State/Province", "Область"):
        assert map_columns("contact", ("Email", header)).attributes == {"state": 1}


def test_tax_numbers_are_known_by_their_check_digits() -> None:
    assert [is_inn(x) for x in ("7707083893", "500100732259", "7707083894", "123", "", "770708389x")] == [
        True,
        True,
        False,
        False,
        False,
        False,
    ]
