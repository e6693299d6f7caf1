"""What fields say about two rows: more the rarer they are, and nothing where one is silent."""

from __future__ import annotations

from typing import Any

import pytest

from gtm_pipelines.errors import InputError, PolicyError
from gtm_pipelines.matching.companies import Companies
from gtm_pipelines.matching.contacts import Contacts
from gtm_pipelines.matching.model import PROPOSED_FROM, Reason, check_kind, person, prior, probability
from gtm_pipelines.matching.terms import Terms

NOBODY = Terms(50, {})


def likely(kind: Any, left: dict[str, Any], right: dict[str, Any], terms: Terms = NOBODY) -> float:
    """Return how likely two rows with these fields are one."""
    blank = dict.fromkeys(kind.columns)
    return probability(terms.rows, kind.weigh(kind.read(blank | left), kind.read(blank | right), terms))


def company(name: str, **values: Any) -> dict[str, Any]:
    return {"name": name} | values


def contact(full_name: str, **values: Any) -> dict[str, Any]:
    first, _, last = full_name.partition(" ")
    return {"full_name": full_name, "first_name": first, "last_name": last} | values


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Siemens Gamesa Renewable Energy, S.A.", "SIEMENS GAMESA RENEWABLE ENERGY SA"),
        ("Gazprom Neft", "ПАО «Газпром нефть»"),
        ("Thermo Fisher Scientific Inc.", "THERMO FISHER SCIENTIFIC DL 1"),
        ("Face Book", "Facebook"),
        ("Accsys Technologies PLC", "ACCSYS TECH.PLC  EO -,05"),
    ],
)
def test_spellings_of_one_company_are_proposed(one: str, other: str) -> None:
    assert likely(Companies, company(one, country="X"), company(other, country="X")) >= PROPOSED_FROM


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Siemens AG", "Siemens Energy AG"),
        ("Asian Hotels (East) Limited", "Jyske Invest"),
        ("Growth Fund 2", "Growth Fund 3"),
        ("Bank of Ireland", "Bank of Scotland"),
    ],
)
def test_other_companies_are_not(one: str, other: str) -> None:
    assert likely(Companies, company(one), company(other)) < PROPOSED_FROM


def test_two_tax_numbers_are_two_companies() -> None:
    assert likely(Companies, company("Acme Rockets", tin="1"), company("Acme Rockets", tin="2")) < PROPOSED_FROM


def test_a_free_mail_domain_says_nothing() -> None:
    blank = dict.fromkeys(Companies.columns)
    assert Companies.read(blank | company("Acme", domain="gmail.com")).domain is None


def test_a_rare_name_says_more_than_a_common_one() -> None:
    common = Terms(2_000, {"first": {"ivan": 120}, "last": {"ivanov": 90}})
    one, other = contact("Ivan Ivanov", city="Omsk"), contact("Ivan Ivanov", city="Perm")
    assert likely(Contacts, one, other, common) < likely(Contacts, one, other, Terms(2_000, {}))


def test_colleagues_are_not_one_person_whatever_they_share() -> None:
    shared = {"company_name": "Keller AG", "email_domain": "keller.example", "city": "Hamburg", "attributes": {"Badge": "A1"}}
    assert likely(Contacts, contact("Anna Keller", **shared), contact("Peter Keller", **shared)) < PROPOSED_FROM


@pytest.mark.parametrize("column", ["комментарий", "комментарий_менеджера", "Notes", "примечание", "заметки", "recent_news"])
def test_what_people_wrote_freely_is_no_evidence(column: str) -> None:
    blank = dict.fromkeys(Contacts.columns)
    row = contact("Anna Keller", attributes={column: "Перезвонить", "табельный_номер": "A-1"})
    assert [name for name, _ in Contacts.read(blank | row).attributes] == ["табельный_номер"]


def test_a_sentence_is_no_evidence_whatever_its_column_is_called() -> None:
    blank = dict.fromkeys(Contacts.columns)
    said = {"discussed": "We met her at the fair in May and agreed to call"}
    assert Contacts.read(blank | contact("Anna Keller", attributes=said)).attributes == ()


def test_a_reason_bears_the_header_of_its_attribute() -> None:
    blank = dict.fromkeys(Contacts.columns)
    one, other = (Contacts.read(blank | contact("Анна Ким", attributes={"табельный_номер": "A-1"})) for _ in range(2))
    assert "табельный_номер" in {reason.field for reason in Contacts.weigh(one, other, NOBODY)}


def test_two_role_mailboxes_of_one_firm_are_two_desks() -> None:
    shared = {"company_name": "Внешний", "email_domain": "vneshny.example"}
    one, other = ({"email_key": f"{role}@vneshny.example"} | shared for role in ("info", "hr"))
    assert likely(Contacts, contact("Общий Ящик", **one), contact("Общий Ящик", **other)) < PROPOSED_FROM


def test_a_role_mailbox_is_not_the_person_who_shares_its_telephone() -> None:
    shared = {"company_name": "Keller AG", "email_domain": "keller.example", "phone": "+49 40 5550101"}
    desk, person_ = {"email_key": "info@keller.example"} | shared, {"email_key": "a.keller@keller.example"} | shared
    assert likely(Contacts, contact("", **desk), contact("Anna Keller", **person_)) < PROPOSED_FROM


def test_a_telephone_that_many_give_says_less_than_one_that_two_share() -> None:
    one, other = contact("Ivan Ivanov", phone="+7 495 1112233"), contact("Ivan Ivanov", phone="8 495 111 22 33")
    board = Terms(2_000, {"phone": {"951112233": 9}})
    assert likely(Contacts, one, other, board) < likely(Contacts, one, other, Terms(2_000, {"phone": {"951112233": 2}}))


@pytest.mark.parametrize(("short", "full"), [("Bob", "Robert"), ("Маша", "Мария"), ("Sasha", "Alexander"), ("Дима", "Dmitriy")])
def test_a_short_form_of_a_first_name_is_the_name(short: str, full: str) -> None:
    shared = {"company_name": "Keller AG", "email_domain": "keller.example", "city": "Hamburg"}
    assert likely(Contacts, contact(f"{short} Wendelin", **shared), contact(f"{full} Wendelin", **shared)) >= PROPOSED_FROM


def test_names_in_the_other_order_are_as_common_as_in_theirs() -> None:
    common = Terms(50_000, {"first": {"anna": 900}, "last": {"ivanova": 700}})
    straight = likely(Contacts, contact("Anna Ivanova"), contact("Anna Ivanova"), common)
    assert likely(Contacts, contact("Ivanova Anna"), contact("Anna Ivanova"), common) <= straight


def test_a_list_with_few_duplicates_wants_more_evidence_for_each() -> None:
    list_ = Terms(50_000, {})
    few = list_.estimate([-30.0] * 9_990 + [30.0] * 10, pairs=100_000)
    many = list_.estimate([-30.0] * 5_000 + [30.0] * 5_000, pairs=100_000)
    reasons = [Reason("name", "a", "a", 16.5, "same")]
    assert few.likely(reasons) < PROPOSED_FROM <= many.likely(reasons)
    assert list_.estimate([], pairs=0) == list_


def test_two_profiles_are_two_people_though_their_addresses_look_alike() -> None:
    base = "https://www.linkedin.com/in/ann-marsh-"
    reasons = Contacts.weigh(
        Contacts.read(dict.fromkeys(Contacts.columns) | contact("Ann Marsh", linkedin_url=base + "1")),
        Contacts.read(dict.fromkeys(Contacts.columns) | contact("Ann Marsh", linkedin_url=base + "2")),
        NOBODY,
    )
    assert {reason.field: reason.verdict for reason in reasons}["profile"] == "different"


def test_a_field_that_always_differs_speaks_against_nobody_once_learnt() -> None:
    pair = [
        Reason("first_name", "a", "a", 14, "same"),
        Reason("last_name", "b", "b", 14, "same"),
        Reason("row", "1", "2", -0.7, "different"),
    ]
    learnt = Terms(100, {}).learn([pair] * 40)
    assert learnt.differing("row", -0.7) > -0.7
    assert learnt.differing("unheard of", -0.7) == -0.7


def test_the_odds_fall_with_the_length_of_the_list() -> None:
    assert prior(1_000_000) < prior(100)
    assert 0 < probability(100, []) < 0.001


def test_kinds_and_people_are_checked() -> None:
    with pytest.raises(InputError, match="company"):
        check_kind("segment")
    with pytest.raises(PolicyError):
        person("system:night")
    assert person("anna") == "person:anna"
