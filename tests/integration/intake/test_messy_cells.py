"""Cells as people type them: names in the order the column says, several addresses, poorer words for the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from gtm_pipelines.intake.model import ImportReport
from gtm_pipelines.record import contacts, suppressions
from gtm_pipelines.record.facts import of_subject
from gtm_pipelines.workbench import Workbench
from tests.integration.intake.parts import everything, outcome, write


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "list.csv"


def bring(workbench: Workbench, path: Path, *rows: dict[str, str]) -> ImportReport:
    return workbench.intake.import_file(write(path, *({"city": "", **row} for row in rows)), "contact")


@pytest.mark.parametrize(
    ("header", "written", "first", "last"),
    [
        ("ФИО", "Ivanov Ivan", "Ivan", "Ivanov"),
        ("ФИО", "Kim Anna", "Anna", "Kim"),
        ("Фамилия и имя", "Пак Чжун", "Чжун", "Пак"),
        ("ФИО контакта", "Ivan Petrov", "Ivan", "Petrov"),
        ("Full name", "Kim Anna", "Kim", "Anna"),
    ],
)
def test_a_name_is_read_in_the_order_its_column_says_unless_its_words_say_otherwise(
    workbench: Workbench, path: Path, header: str, written: str, first: str, last: str
) -> None:
    bring(workbench, path, {header: written, "email": "a@x.example"})
    person = contacts.get(workbench.record, "a@x.example")
    assert (person.first_name, person.last_name, person.full_name) == (first, last, f"{first} {last}")


@pytest.mark.parametrize(
    ("known", "later", "stands"),
    [
        ("Chief Technology Officer, EMEA", "CTO", "Chief Technology Officer, EMEA"),
        ("Sales Manager, DACH", "Manager", "Sales Manager, DACH"),
        ("Генеральный директор филиала", "Ген. дир.", "Генеральный директор филиала"),
        ("CTO", "Chief Technology Officer", "Chief Technology Officer"),
        ("Chief Technology Officer", "CEO", "CEO"),
        ("Former CTO", "CTO", "CTO"),
        ("Deputy Sales Director", "Sales Director", "Sales Director"),
    ],
)
def test_a_title_that_only_shortens_the_known_one_is_kept_beside_it(
    workbench: Workbench, path: Path, known: str, later: str, stands: str
) -> None:
    for title in (known, later):
        bring(workbench, path, {"email": "a@x.example", "title": title})
    person = contacts.get(workbench.record, "a@x.example")
    assert person.position == stands
    kept = {row.value for row in of_subject(workbench.record, person.id) if row.field == "position"}
    assert kept >= {known, later} - {stands}
    bring(workbench, path, {"email": "a@x.example", "title": later})
    assert contacts.get(workbench.record, "a@x.example").position == stands


SEVERAL = [
    "a@x.example; b@x.example",
    "a@x.example, b@x.example",
    "a@x.example\nb@x.example",
    "Anna Lee <a@x.example>, b@x.example",
    '"Lee, Anna" <a@x.example>\nBoris <b@x.example>',
    "nobody@; a@x.example; A@x.example / b@x.example",
]


@pytest.mark.parametrize("cell", SEVERAL)
def test_of_several_addresses_the_first_is_written_to_and_the_others_are_known(
    workbench: Workbench, path: Path, cell: str
) -> None:
    report = bring(workbench, path, {"email": cell, "first name": "Anna"}, {"email": "c@x.example", "first name": "C"})
    assert outcome(report) == (2, 0, 0, 0)
    anna = contacts.get(workbench.record, "a@x.example")
    assert (anna.email, anna.attributes) == ("a@x.example", {"other_emails": "b@x.example"})
    assert [(row.field, row.value) for row in of_subject(workbench.record, anna.id)] == [("email", "b@x.example")]
    again = bring(workbench, path, {"email": cell, "first name": "Anna"}, {"email": "c@x.example", "first name": "C"})
    assert outcome(again) == (0, 0, 2, 0)


def test_a_cell_in_which_no_address_can_be_told_is_refused(workbench: Workbench, path: Path) -> None:
    report = bring(workbench, path, *({"email": cell} for cell in ("john,doe@x.example", "a@; b@", "write to a@x.example")))
    assert report.reasons == {"email.invalid": 3}


@pytest.mark.parametrize("stopped", ["a@x.example", "b@x.example"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_who_asked_not_to_be_written_to_at_one_address_is_not_written_to_at_another(
    workbench: Workbench, path: Path, stopped: str, when: str
) -> None:
    steps = [
        lambda: workbench.suppressions.add("address", stopped, reason="asked", source="person:anna"),
        lambda: bring(workbench, path, {"email": "a@x.example; b@x.example"}),
    ]
    for step in steps if when == "before" else reversed(steps):
        step()
    with workbench.record.read() as connection:
        found = suppressions.find(connection, workbench.record.workspace_id, address="a@x.example", company_id=None)
    assert found == "address: asked"


def test_a_row_that_gives_a_further_address_to_somebody_protected_protects_that_one_too(workbench: Workbench, path: Path) -> None:
    bring(workbench, path, {"email": "a@x.example", "do not contact": "yes"}, {"email": "b@x.example", "do not contact": ""})
    bring(workbench, path, {"email": "b@x.example; a@x.example"})
    assert contacts.get(workbench.record, "b@x.example").do_not_contact
    bring(workbench, path, {"email": "new@x.example; a@x.example"})
    assert contacts.count(workbench.record) == 2


def test_a_row_with_an_erased_person_among_its_addresses_is_refused(workbench: Workbench, path: Path) -> None:
    workbench.privacy.erase_person("b@x.example", by="person:anna")
    report = bring(workbench, path, {"email": "a@x.example; b@x.example"})
    assert report.reasons == {"person.erased": 1}


def test_erasing_a_person_takes_their_further_addresses_with_them(workbench: Workbench, path: Path) -> None:
    bring(workbench, path, {"email": "a@x.example; canary@x.example"}, {"email": "c@x.example"})
    workbench.privacy.erase_person("a@x.example", by="person:anna")
    assert "canary" not in repr(everything(workbench))


def test_undoing_the_list_that_gave_a_further_address_first_leaves_it_to_the_next(workbench: Workbench, path: Path) -> None:
    first = bring(workbench, path, {"email": "a@x.example; b@x.example", "city": "Leeds"})
    bring(workbench, path, {"email": "a@x.example; b@x.example", "city": "Leeds", "note": "x"})
    workbench.intake.undo(first.batch_id, by="person:anna")
    anna = contacts.get(workbench.record, "a@x.example")
    assert [row.value for row in of_subject(workbench.record, anna.id)] == ["b@x.example"]
