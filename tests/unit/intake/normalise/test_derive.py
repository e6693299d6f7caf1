"""Codes stand beside the values they are read from, and follow them."""

from __future__ import annotations

from typing import Any

from gtm_pipelines.intake.mapping import map_columns
from gtm_pipelines.intake.merge import COMPANY, CONTACT, Entity, merge
from gtm_pipelines.intake.model import Kind
from gtm_pipelines.intake.normalise.derive import company_codes, contact_codes
from gtm_pipelines.intake.prepare import preparer
from gtm_pipelines.intake.records import Records
from gtm_pipelines.intake.sheet import Candidate


def prepared(kind: Kind, **cells: str) -> Candidate:
    mapping = map_columns(kind, tuple(cells))
    prepare = preparer(mapping, source=None, lawful_basis=None)
    return prepare(Records([2], [""], [[cell] for cell in cells.values()])).candidate(0)


def entity(policy: Any, candidate: Candidate) -> Entity:
    return Entity("1", None, dict.fromkeys(policy.columns) | candidate.values, dict(candidate.attributes))


IVAN = {
    "email": "ivan@romashka.example", "full_name": "Иванов Иван Петрович", "position": "Коммерческий директор",
    "phone": "8 (343) 123-45-67", "country": "Россия", "city": "Екатеринбург",
}  # fmt: skip


def test_a_person_gets_codes_and_keeps_the_words() -> None:
    values = prepared("contact", **IVAN).values
    assert values["phone"] == "8 (343) 123-45-67"
    assert values["phone_e164"] == "+73431234567"
    assert (values["first_name"], values["middle_name"], values["last_name"]) == ("Иван", "Петрович", "Иванов")
    assert (values["function"], values["seniority"]) == ("sales", "c_level")
    assert (values["country_code"], values["time_zone"]) == ("RU", "Asia/Yekaterinburg")


def test_a_company_gets_codes_and_keeps_the_words() -> None:
    values = prepared(
        "company", name="ООО «Ромашка»", country="Германия", city="Berlin", phone="030 1234567", industry="Banking"
    ).values
    assert values["name"] == "ООО «Ромашка»"
    assert (values["legal_form"], values["country_code"], values["time_zone"]) == ("ООО", "DE", "Europe/Berlin")
    assert (values["phone_e164"], values["industry_code"]) == ("+49301234567", "banking")


def test_what_cannot_be_read_stays_as_it_is_and_gets_no_code() -> None:
    values = prepared("contact", email="a@b.example", phone="ask Anna", country="Wonderland", position="—").values
    assert (values["phone"], values["country"]) == ("ask Anna", "Wonderland")
    assert not {"phone_e164", "country_code", "time_zone", "function", "seniority"} & set(values)


def test_columns_and_single_records_get_the_same_codes() -> None:
    person = prepared("contact", **IVAN).values
    assert contact_codes(person) == {name: person[name] for name in contact_codes(person)}
    firm = prepared("company", name="Acme Ltd", country="UK", phone="020 7946 0018", industry="SaaS").values
    assert set(company_codes(firm)) == {"legal_form", "country_code", "phone_e164", "industry_code", "time_zone"}
    assert company_codes(firm) == {name: firm[name] for name in company_codes(firm)}


def test_a_new_title_brings_its_function_and_seniority() -> None:
    held = entity(CONTACT, prepared("contact", **IVAN))
    merge(CONTACT, held, prepared("contact", **(IVAN | {"position": "Главный бухгалтер"})))
    assert (held.values["position"], held.values["function"]) == ("Главный бухгалтер", "finance")
    assert held.values["seniority"] == "head"


def test_a_country_that_comes_later_completes_the_phone_of_before() -> None:
    held = entity(COMPANY, prepared("company", name="Acme", domain="acme.example", phone="030 1234567"))
    assert held.values["phone_e164"] is None
    merge(COMPANY, held, prepared("company", name="Acme", domain="acme.example", country="Germany"))
    assert held.values["phone_e164"] == "+49301234567"
    assert held.values["time_zone"] == "Europe/Berlin"


def test_the_code_of_a_value_that_did_not_win_does_not_stand_beside_the_one_that_did() -> None:
    held = entity(COMPANY, prepared("company", name="Acme", domain="acme.example", phone="call us", country="DE"))
    merge(COMPANY, held, prepared("company", name="Acme", domain="acme.example", phone="+1 415 555 2671", country="US"))
    assert (held.values["phone"], held.values["phone_e164"], held.values["country_code"]) == ("call us", None, "DE")


def test_a_time_zone_that_a_file_states_is_not_guessed_over() -> None:
    held = entity(CONTACT, prepared("contact", email="a@b.example", time_zone="Asia/Tokyo", country="Japan"))
    merge(CONTACT, held, prepared("contact", email="a@b.example", city="Berlin"))
    assert held.values["time_zone"] == "Asia/Tokyo"
