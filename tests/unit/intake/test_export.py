"""A list that leaves the record opens in a spreadsheet and runs nothing there, and comes back as it was."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm_pipelines.errors import InputError
from gtm_pipelines.intake.export import format_of, safe_cell, write_csv, write_table
from gtm_pipelines.intake.formulas import neutralise, restore, runs
from gtm_pipelines.intake.values import clean

PAYLOADS = (
    "=1+1", '=HYPERLINK("x")', "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3+cmd|x", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1+A1", "－A1",
    "＠SUM(A1)", " =1+1", "\u00a0=1+1",
)  # fmt: skip
PLAIN = ("+44 20 7946 0958", "+49 (40) 123-45", "-12.5", "+7", "Anna", "007", "анна@пример.test", "O'Neill", "'tis", "")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_cell_that_a_spreadsheet_would_run_is_made_text(payload: str) -> None:
    assert safe_cell(payload) == "'" + payload
    assert restore(safe_cell(payload)) == payload


@pytest.mark.parametrize("value", PLAIN)
def test_numbers_telephones_and_names_stay_as_they_are(value: str) -> None:
    assert safe_cell(value) == value
    assert restore(value) == value


@given(st.text(alphabet=st.sampled_from("'=+-@\t\r＝＋－＠ 1aж(").filter(bool) | st.characters(codec="utf-8"), max_size=12))
def test_every_text_comes_back_and_none_runs(text: str) -> None:
    assert not runs(neutralise(text))
    assert restore(neutralise(text)) == text


@pytest.mark.parametrize(("cell", "value"), [("'=1+1", "=1+1"), ("''=1", "'=1"), ("'+49 40 1", "+49 40 1"), ("'tis", "'tis")])
def test_a_cell_that_comes_in_is_read_as_it_was_before_it_left(cell: str, value: str) -> None:
    assert clean(cell) == value


def test_a_written_list_reads_back_the_same(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    rows = [{"name": 'A "quoted", name\nof two lines', "city": None}, {"name": "Ёлка", "city": "Казань"}]
    assert write_csv(path, ["name", "city"], rows) == 2
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.DictReader(file)) == [{"name": 'A "quoted", name\nof two lines', "city": ""}, rows[1]]
    assert list(tmp_path.iterdir()) == [path]


ROW: dict[str, Any] = {"name": "=1+1", "size": 40, "listed": True, "added": datetime(2026, 3, 4, 10, tzinfo=UTC), "none": None}


def test_a_workbook_holds_texts_as_texts_and_numbers_as_numbers(tmp_path: Path) -> None:
    from python_calamine import CalamineWorkbook

    path = tmp_path / "out.xlsx"
    assert write_table(path, list(ROW), [ROW, {"name": "+49 40 1"}], format="xlsx") == 2
    header, first, second = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    assert header == list(ROW)
    assert first[:3] == ["=1+1", 40.0, True]
    assert first[3] == ROW["added"].replace(tzinfo=None)
    assert second[0] == "+49 40 1"


def test_no_cell_of_a_workbook_is_a_formula(tmp_path: Path) -> None:
    import zipfile

    path = tmp_path / "out.xlsx"
    write_table(path, ["name"], [{"name": payload} for payload in PAYLOADS], format="xlsx")
    sheet = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert 'quotePrefix="1"' in zipfile.ZipFile(path).read("xl/styles.xml").decode()


def test_a_parquet_file_keeps_types_and_texts_as_they_are(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    path = tmp_path / "out.parquet"
    kinds = {"size": int, "listed": bool, "added": datetime}
    assert write_table(path, list(ROW), [ROW] * 25_000, format="parquet", kinds=kinds) == 25_000
    assert pq.read_table(path).slice(0, 1).to_pylist() == [ROW]


def test_a_file_that_could_not_be_written_whole_is_not_there(tmp_path: Path) -> None:
    def broken() -> Iterator[dict[str, Any]]:
        yield {"name": "Anna"}
        raise InputError("stop")

    for name in ("a.csv", "a.xlsx", "a.parquet"):
        with pytest.raises(InputError):
            write_table(tmp_path / name, ["name"], broken(), format=format_of(Path(name)))
    assert not list(tmp_path.iterdir())


def test_the_format_is_chosen_by_the_name_or_by_a_person(tmp_path: Path) -> None:
    assert (format_of(Path("a.XLSX")), format_of(Path("a.txt"), "csv")) == ("xlsx", "csv")
    with pytest.raises(InputError, match=r"\.csv, \.xlsx or \.parquet"):
        format_of(Path("a.txt"))


def test_more_rows_than_a_sheet_holds_are_refused_before_they_are_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"\.parquet"):
        write_table(tmp_path / "a.xlsx", ["name"], [], format="xlsx", total=2_000_000)
