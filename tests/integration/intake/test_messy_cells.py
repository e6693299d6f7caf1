"""Cells as people type them: names in the order the column says, several addresses, poorer words for the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from gtm_pipelines.intake.model import ImportReport
from gtm_pipelines.record import contacts
from gtm_pipelines.record.facts import of_subject
from gtm_pipelines.workbench import Workbench
from tests.integration.intake.parts import write


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "list.csv"


def bring(workbench: Workbench, path: Path, *rows: dict[str, str]) -> ImportReport:
    return workbench.intake.import_file(write(path, *rows), "contact")


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
