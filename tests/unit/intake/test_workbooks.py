"""A workbook is read like any other list: its rows, its values as they are shown, its dangers refused."""

from __future__ import annotations

import datetime as dt
import gc
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from gtm_pipelines.errors import InputError
from gtm_pipelines.intake.decode import examine
from gtm_pipelines.intake.read import lay_out, rows
from gtm_pipelines.intake.xlsx import check_size


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """A cover, a list with a title above it and a hole in it, and a second list."""
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Cover").write(0, 0, "Our clients")
        page = book.add_worksheet("List")
        page.write(0, 0, "Clients, as of March")
        page.write_row(2, 0, ["Email", "Tax number", "Size", "Since", "Sum", "Active"])
        page.write_row(3, 0, ["a@b.example", "00123", 42])
        page.write_datetime(3, 3, dt.datetime(2026, 1, 2), book.add_format({"num_format": "dd.mm.yyyy"}))  # noqa: DTZ001 - a cell has no zone
        page.write_formula(3, 4, "=C4*2", None, 84)
        page.write_boolean(3, 5, True)
        page.write_row(5, 0, ["c@d.example", "'+49", 3.5, "one\ntwo"])
        book.add_worksheet("Other").write_row(0, 0, ["Email", "Name"])
        book.get_worksheet_by_name("Other").write_row(1, 0, ["e@f.example", "Eve"])
        hidden = book.add_worksheet("Hidden")
        hidden.write_row(0, 0, ["Email", "Secret"])
        hidden.hide()
    return path


def test_the_first_sheet_with_a_table_is_read_with_the_numbers_of_its_rows(workbook: Path) -> None:
    layout = lay_out(examine(workbook))
    assert layout.header == ("Email", "Tax number", "Size", "Since", "Sum", "Active")
    assert layout.header_line == 3
    first, second = rows(layout)
    assert (first.line, first.cells) == (4, ["a@b.example", "00123", "42", "2026-01-02", "84", "TRUE"])
    assert (second.line, second.cells) == (6, ["c@d.example", "'+49", "3.5", "one two", "", ""])
    assert first.raw == "a@b.example\t00123\t42\t2026-01-02\t84\tTRUE\n"


def test_another_sheet_is_read_by_its_name(workbook: Path) -> None:
    layout = lay_out(examine(workbook, "Other"))
    assert [row.cells for row in rows(layout)] == [["e@f.example", "Eve"]]
    assert lay_out(examine(workbook)).file.sha256 != layout.file.sha256


def test_a_sheet_that_is_not_there_is_named_with_those_that_are(workbook: Path) -> None:
    with pytest.raises(InputError, match=r"no sheet 'Nope'.*Cover, List, Other, Hidden"):
        examine(workbook, "Nope")


def test_the_text_of_a_sheet_is_gone_when_nobody_reads_it_any_more(workbook: Path) -> None:
    file = examine(workbook)
    content = file.content
    assert content is not None
    assert content.is_file()
    del file
    gc.collect()
    assert not content.exists()


def test_a_bomb_is_refused_before_it_goes_off(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/worksheets/sheet1.xml", "w") as member:
        for _ in range(80):
            member.write(b"0" * (1 << 20))
    assert path.stat().st_size < 1 << 20
    with pytest.raises(InputError, match="unpacks to more than"):
        examine(path)


def test_an_honest_workbook_is_not_taken_for_a_bomb(workbook: Path) -> None:
    check_size(workbook)


@pytest.mark.parametrize("content", [b"PK\x03\x04 not really", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 neither"])
def test_what_only_begins_like_a_workbook_is_refused_with_advice(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(content)
    with pytest.raises(InputError, match="save it"):
        examine(path)


def test_a_zip_without_a_workbook_is_refused_with_advice(tmp_path: Path) -> None:
    path = tmp_path / "lists.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("list.csv", "Email\na@b.example\n")
    with pytest.raises(InputError, match=r"looks like a ZIP archive .*Unpack it"):
        examine(path)


def test_a_sheet_of_a_text_file_is_no_sheet(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Email\na@b.example\n", encoding="utf-8")
    with pytest.raises(InputError, match="no workbook"):
        examine(path, "List")


def test_what_a_killed_process_left_of_a_workbook_is_swept_away(
    workbook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left = tmp_path / f"gtm-sheet-{ended.pid}-abc.tsv"
    mine = tmp_path / f"gtm-sheet-{os.getpid()}-abc.tsv"
    for file in (left, mine):
        file.write_text("anna@firm.example")
    examine(workbook)
    assert not left.exists()
    assert mine.exists()
