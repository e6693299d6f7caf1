"""Probable duplicates are found, proposed with reasons, and decided by people."""

from __future__ import annotations

import pytest

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.errors import ConflictError, InputError, NotFoundError, PolicyError
from gtm_pipelines.workbench import Workbench
from tests.integration.matching.parts import add_company, add_contact, change, row


def test_a_company_under_two_spellings_is_proposed_with_its_reasons(workbench: Workbench) -> None:
    one = add_company(workbench, "Yandex LLC", country="Russia", city="Moscow")
    other = add_company(workbench, "ООО Яндекс", country="Russia", city="Москва")
    add_company(workbench, "Rostelecom", country="Russia", city="Moscow")
    report = workbench.matching.find("company")
    (pair,) = workbench.matching.page("company")
    assert (pair.left_id, pair.right_id) == (one, other)
    assert report.proposed == 1
    assert pair.score > 0.5
    assert {"name", "country"} <= {reason.field for reason in pair.reasons}


def test_a_person_with_two_addresses_is_proposed(workbench: Workbench) -> None:
    add_contact(workbench, "Sergey Ivanov", "s.ivanov@romashka.example", company_name="Romashka", phone="+7 495 111-22-33")
    add_contact(workbench, "Сергей Иванов", "ivanov.s@mail.ru", company_name="Ромашка", phone="8 (495) 111 22 33")
    add_contact(workbench, "Olga Petrova", "o.petrova@romashka.example", company_name="Romashka", phone="+7 495 111-22-33")
    workbench.matching.find("contact")
    (pair,) = workbench.matching.page("contact")
    assert {pair.left["full_name"], pair.right["full_name"]} == {"Sergey Ivanov", "Сергей Иванов"}


def test_colleagues_and_namesakes_elsewhere_are_not_proposed(workbench: Workbench) -> None:
    add_contact(workbench, "Anna Keller", "anna@keller.example", company_name="Keller AG", city="Hamburg")
    add_contact(workbench, "Peter Keller", "peter@keller.example", company_name="Keller AG", city="Hamburg")
    add_contact(workbench, "Anna Kunz", "kunz@north.example", company_name="North Ltd", city="Leeds")
    workbench.matching.find("contact")
    assert workbench.matching.page("contact") == []


def test_a_second_search_weighs_only_what_changed(workbench: Workbench, clock: VirtualClock) -> None:
    add_company(workbench, "Siemens Gamesa")
    clock.advance(minutes=1)
    workbench.matching.find("company")
    clock.advance(minutes=1)
    assert workbench.matching.find("company").changed == 0
    add_company(workbench, "SIEMENS GAMESA GmbH")
    again = workbench.matching.find("company")
    assert (again.changed, again.proposed) == (1, 1)


def test_a_pair_kept_apart_is_never_proposed_again(workbench: Workbench) -> None:
    add_company(workbench, "Vector Ltd")
    add_company(workbench, "VECTOR LTD.")
    workbench.matching.find("company")
    (pair,) = workbench.matching.page("company")
    kept = workbench.matching.apart(pair.id, by="anna")
    assert (kept.status, kept.decided_by) == ("apart", "person:anna")
    workbench.matching.find("company", everything=True)
    assert workbench.matching.page("company") == []


def test_a_pair_that_is_no_longer_alike_is_withdrawn(workbench: Workbench, clock: VirtualClock) -> None:
    add_company(workbench, "Acme Rockets")
    other = add_company(workbench, "ACME ROCKETS")
    workbench.matching.find("company")
    clock.advance(minutes=1)
    change(workbench, "company", other, name="Beta Foods", name_key="beta foods")
    assert workbench.matching.find("company").withdrawn == 1
    assert workbench.matching.page("company") == []


def test_a_merge_fills_what_was_empty_and_keeps_what_differs_as_a_fact(workbench: Workbench) -> None:
    one = add_company(workbench, "Acme Rockets", city="Hamburg", domain="acme.example")
    other = add_company(workbench, "ACME Rockets GmbH", city="Bremen", phone="+49 421 1", tin="DE1")
    merge = workbench.matching.merge((one, other), kind="company", by="anna", winner=one)
    winner, loser = row(workbench, "company", one), row(workbench, "company", other)
    assert (winner["city"], winner["phone"], winner["tin"], winner["merged_into"]) == ("Hamburg", "+49 421 1", "DE1", None)
    assert (loser["merged_into"], loser["tin"], loser["city"]) == (one, None, "Bremen")
    assert merge.chosen["city"]["of"] == "winner"
    assert merge.chosen["phone"] == {"of": "loser", "value": "+49 421 1", "other": None, "why": "the other was empty"}


def test_a_person_chooses_field_by_field(workbench: Workbench) -> None:
    one = add_contact(workbench, "Ann Marsh", "ann@old.example", city="Leeds")
    other = add_contact(workbench, "Ann Marsh", "ann@new.example", city="York")
    workbench.matching.merge((one, other), kind="contact", by="anna", winner=one, choices={"email": "loser"})
    winner, loser = row(workbench, "contact", one), row(workbench, "contact", other)
    assert (winner["email"], winner["email_key"], winner["city"]) == ("ann@new.example", "ann@new.example", "Leeds")
    assert loser["email_key"] == "ann@old.example"


def test_a_merge_taken_back_restores_both_and_asks_again(workbench: Workbench) -> None:
    one = add_contact(workbench, "Ann Marsh", "ann@old.example", city="Leeds")
    other = add_contact(workbench, "Ann Marsh", None, city="York", linkedin_url="https://www.linkedin.com/in/ann")
    before = [row(workbench, "contact", each) for each in (one, other)]
    merge = workbench.matching.merge((one, other), kind="contact", by="anna", winner=one, choices={"city": "loser"})
    assert row(workbench, "contact", one)["linkedin_url"]
    workbench.matching.undo(merge.id, by="anna")
    for was in before:
        now = row(workbench, "contact", was["id"])
        assert {n: v for n, v in now.items() if n not in ("version", "updated_at")} == {
            n: v for n, v in was.items() if n not in ("version", "updated_at")
        }
    assert len(workbench.matching.page("contact")) == 1
    with pytest.raises(ConflictError):
        workbench.matching.undo(merge.id, by="anna")


def test_what_changed_since_the_merge_survives_taking_it_back(workbench: Workbench) -> None:
    one = add_contact(workbench, "Ann Marsh", "ann@old.example")
    other = add_contact(workbench, "Ann Marsh", "ann@new.example", city="York", position="CTO")
    merge = workbench.matching.merge((one, other), kind="contact", by="anna", winner=one)
    change(workbench, "contact", one, city="Berlin", do_not_contact=True)
    workbench.matching.undo(merge.id, by="anna")
    winner, loser = row(workbench, "contact", one), row(workbench, "contact", other)
    assert (winner["city"], winner["position"]) == ("Berlin", None)
    assert winner["do_not_contact"]
    assert loser["do_not_contact"]


def test_the_contacts_of_a_merged_company_move_and_come_back(workbench: Workbench) -> None:
    one, other = add_company(workbench, "Acme"), add_company(workbench, "ACME Inc")
    ann = add_contact(workbench, "Ann Marsh", "ann@acme.example", company_id=other)
    merge = workbench.matching.merge((one, other), kind="company", by="anna", winner=one)
    assert row(workbench, "contact", ann)["company_id"] == one
    workbench.matching.undo(merge.id, by="anna")
    assert row(workbench, "contact", ann)["company_id"] == other


def test_a_suppressed_address_of_the_merged_row_stops_the_person(workbench: Workbench) -> None:
    one = add_contact(workbench, "Ann Marsh", "ann@new.example")
    other = add_contact(workbench, "Ann Marsh", "ann@old.example")
    workbench.suppressions.add("address", "ann@old.example", reason="unsubscribed", source="person:anna")
    merge = workbench.matching.merge((one, other), kind="contact", by="anna", winner=one)
    assert row(workbench, "contact", one)["do_not_contact"]
    assert "unsubscribed" in merge.chosen["do_not_contact"]["why"]


def test_only_a_person_decides(workbench: Workbench) -> None:
    one, other = add_company(workbench, "Acme"), add_company(workbench, "ACME Inc")
    for by in ("system:nightly", "drafter:baseline"):
        with pytest.raises(PolicyError):
            workbench.matching.merge((one, other), kind="company", by=by)
    with pytest.raises(InputError):
        workbench.matching.apart((one, other), kind="company", by=" ")


def test_a_row_merged_twice_is_resolved_to_the_one_that_stands(workbench: Workbench) -> None:
    a, b, c = (add_company(workbench, name) for name in ("Acme", "ACME Inc", "Acme Incorporated"))
    first = workbench.matching.merge((a, b), kind="company", by="anna", winner=a)
    workbench.matching.merge((b, c), kind="company", by="anna", winner=c)
    assert row(workbench, "company", a)["merged_into"] == c
    with pytest.raises(ConflictError, match="already"):
        workbench.matching.merge((a, c), kind="company", by="anna")
    with pytest.raises(ConflictError, match="later"):
        workbench.matching.undo(first.id, by="anna")


def test_unknown_pairs_and_rows_are_named(workbench: Workbench) -> None:
    with pytest.raises(NotFoundError, match="gtm duplicate list"):
        workbench.matching.get("nothing")
    one = add_company(workbench, "Acme")
    with pytest.raises(NotFoundError):
        workbench.matching.merge((one, "nothing"), kind="company", by="anna")
    with pytest.raises(NotFoundError):
        workbench.matching.undo("nothing", by="anna")
