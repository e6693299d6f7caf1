"""A list that leaves the record opens in a spreadsheet and runs nothing there."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from gtm_pipelines.intake.export import safe_cell, write_csv


@pytest.mark.parametrize("payload", ["=1+1", '=HYPERLINK("x")', "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3+cmd|x", "\t=1", "\r=1"])
def test_a_cell_that_a_spreadsheet_would_run_is_made_text(payload: str) -> None:
    assert safe_cell(payload) == "'" + payload


@pytest.mark.parametrize("value", ["+44 20 7946 0958", "-12.5", "Anna", "007", "анна@пример.test"])
def test_numbers_telephones_and_names_stay_as_they_are(value: str) -> None:
    assert safe_cell(value) == value


def test_a_written_list_reads_back_the_same(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    rows = [{"name": 'A "quoted", name\nof two lines', "city": None}, {"name": "Ёлка", "city": "Казань"}]
    assert write_csv(path, ["name", "city"], rows) == 2
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.DictReader(file)) == [{"name": 'A "quoted", name\nof two lines', "city": ""}, rows[1]]
    assert list(tmp_path.iterdir()) == [path]
