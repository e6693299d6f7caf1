"""Cells as people type them: names in the order the column says, several addresses, poorer words for the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from gtm_pipelines.intake.model import ImportReport
from gtm_pipelines.record import contacts
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
