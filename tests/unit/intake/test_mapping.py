"""Columns find their fields by their headers, and the user's word is above that."""

from __future__ import annotations

import pytest

from gtm_pipelines.errors import InputError
from gtm_pipelines.intake.fields import fields, synonyms
from gtm_pipelines.intake.headers import COMPANY_SYNONYMS, CONTACT_SYNONYMS
from gtm_pipelines.intake.mapping import map_columns, missing, require
from gtm_pipelines.intake.merge import COMPANY, CONTACT


def test_english_headers_of_common_exports_are_understood() -> None:
    apollo = ("First Name", "Last Name", "Title", "Company Name for Emails", "Company", "Email", "Person Linkedin Url", "Website")
    assert map_columns("contact", apollo).by_column == {
        "First Name": "first_name", "Last Name": "last_name", "Title": "position", "Company": "company_name",
        "Email": "email", "Person Linkedin Url": "linkedin_url", "Website": "company_domain",
    }  # fmt: skip


def test_russian_headers_are_understood() -> None:
    header = ("ИНН", "ОГРН", "Наименование организации", "Сайт", "Отрасль", "Численность", "Город", "Выручка")
    assert list(map_columns("company", header).columns) == [
        "tin", "registration_number", "name", "website", "industry", "employee_count", "city", "revenue",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "header", ["E-mail", "EMAIL", " e_mail ", "EmailAddress", "Email Address", "Электронная почта", "e-mail*"]
)
def test_spelling_and_signs_of_a_header_do_not_matter(header: str) -> None:
    assert map_columns("contact", (header,)).columns == {"email": 0}


@pytest.mark.parametrize(
    "header", ["Кол-во сотрудников", "Количество сотрудников", "Численность", "Штат", "Кол-во сотрудников, чел."]
)
def test_a_russian_column_of_how_many_work_there_is_understood(header: str) -> None:
    assert map_columns("company", ("Компания", header)).columns == {"name": 0, "employee_count": 1}


def test_what_is_not_mapped_is_kept_as_an_attribute() -> None:
    mapping = map_columns("company", ("Company", "Recent news", "Tech stack", "Комментарий менеджера"))
    assert mapping.attributes == {"recent_news": 1, "tech_stack": 2, "комментарий_менеджера": 3}


def test_the_first_of_two_columns_for_one_field_gets_it() -> None:
    mapping = map_columns("contact", ("Email", "Phone", "Mobile", "Work Email"))
    assert mapping.by_column == {"Email": "email", "Phone": "phone"}
    assert mapping.unmapped == ("Mobile", "Work Email")


def test_an_override_wins_over_the_header() -> None:
    mapping = map_columns("contact", ("Email", "Private", "Company"), {"private": "email", "Company": "attribute"})
    assert mapping.by_column == {"Private": "email"}
    assert mapping.unmapped == ("Email", "Company")


@pytest.mark.parametrize(
    ("overrides", "told"),
    [({"Nope": "email"}, "no column 'Nope'"), ({"A": "shoe_size"}, "no field"), ({"A": "email", "B": "email"}, "Two columns")],
)
def test_an_override_that_cannot_be_meant_is_refused(overrides: dict[str, str], told: str) -> None:
    with pytest.raises(InputError, match=told):
        map_columns("contact", ("A", "B"), overrides)


def test_a_file_without_anything_to_tell_its_rows_apart_is_refused_with_the_option_to_use() -> None:
    mapping = map_columns("contact", ("Shoe size", "Mood"))
    assert missing(mapping) == ("email or linkedin_url or full_name or last_name",)
    with pytest.raises(InputError, match=r'--map "Shoe size=email"'):
        require(mapping, "list.csv")


def test_every_field_can_be_stored() -> None:
    derived = {"do_not_contact", "unsubscribed", "full_name", "company_domain", "company_tin"}
    assert set(fields("company")) - derived <= set(COMPANY.columns)
    assert set(fields("contact")) - derived <= set(CONTACT.columns)


@pytest.mark.parametrize("kind", ["company", "contact"])
def test_no_header_is_claimed_by_two_fields(kind) -> None:
    table = COMPANY_SYNONYMS if kind == "company" else CONTACT_SYNONYMS
    names = [name.strip() for names in table.values() for name in names.split(",")]
    assert sorted({n for n in names if names.count(n) > 1}) == []
    assert {known.field for known in synonyms(kind).values()} == set(table)


@pytest.mark.parametrize("header", ["Head count", "Headcount", "# Employees", "Employees #", "Employee range"])
def test_the_size_of_a_company_is_known_by_what_people_call_it(header: str) -> None:
    assert map_columns("company", ("Name", header)).columns["employee_count"] == 1
