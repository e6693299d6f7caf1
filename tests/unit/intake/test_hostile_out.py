"""Every harmful text that goes out as a list is a text there, and comes back as it was."""

from __future__ import annotations

import csv
import re
import zipfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from starlette.testclient import TestClient

from gtm_pipelines.api.unsubscribe import create_app
from gtm_pipelines.errors import NotFoundError
from gtm_pipelines.intake.export import safe_cell, write_table
from gtm_pipelines.intake.formulas import restore, runs
from tests.hostile_texts import FORMULAS, PAYLOADS

_UNWRITABLE = re.compile(r"[\x00-\x1f\ufffe\uffff]|\s+$|^\s+")


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_runs_in_no_cell_and_comes_back(text: str) -> None:
    assert not runs(safe_cell(text))
    assert restore(safe_cell(text)) == text


def test_a_csv_of_harmful_texts_runs_nowhere_and_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    write_table(path, [PAYLOADS[0], "=1+1"], [{PAYLOADS[0]: text, "=1+1": text} for text in PAYLOADS])
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    assert not [cell for row in (header, *rows) for cell in row if runs(cell)]
    assert [restore(cell) for cell in header] == [PAYLOADS[0], "=1+1"]
    assert [[restore(cell) for cell in row] for row in rows] == [[text, text] for text in PAYLOADS]


def test_a_workbook_of_harmful_texts_holds_no_formula_and_no_link(tmp_path: Path) -> None:
    from python_calamine import CalamineWorkbook

    path = tmp_path / "out.xlsx"
    write_table(path, ["text", "=1+1"], [{"text": text} for text in PAYLOADS], format="xlsx")
    with zipfile.ZipFile(path) as archive:
        written = archive.read("xl/worksheets/sheet1.xml").decode()
        assert not [name for name in archive.namelist() if "externalLink" in name or ("rels" in name and "sheet1" in name)]
    assert not re.search(r"<f[ >]|<hyperlink", written)
    header, *rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    assert header == ["text", "=1+1"]
    held = [restore(str(row[0])) for row in rows]
    assert [_UNWRITABLE.sub("", one) for one in held] == [_UNWRITABLE.sub("", text) for text in PAYLOADS]


def test_a_parquet_file_of_harmful_texts_keeps_them_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    write_table(path, ["text"], [{"text": text} for text in PAYLOADS], format="parquet")
    assert pl.read_parquet(path)["text"].to_list() == list(PAYLOADS)


@pytest.mark.parametrize("kind", ["polars", "pandas"])
def test_a_notebook_shows_them_as_text(kind: str) -> None:
    frame: Any = pl.DataFrame({"text": PAYLOADS, "<img src=x onerror=window.__ran(1)>": PAYLOADS})
    shown = (frame if kind == "polars" else frame.to_pandas())._repr_html_()
    inside = re.sub(r"<style.*?</style>", "", shown, flags=re.S)
    tags = set(re.findall(r"<\s*/?\s*([a-zA-Z]+)", inside))
    assert tags <= {"div", "table", "thead", "tbody", "tr", "th", "td", "small", "p"}


@pytest.mark.parametrize("text", [text for text in PAYLOADS if "<" in text][:60])
def test_the_page_of_a_link_that_does_not_work_shows_them_as_text(text: str) -> None:
    def refused(_token: str) -> Any:
        raise NotFoundError(f"Nothing is called {text}.")

    answer = TestClient(create_app(refused)).post("/unsubscribe/x")
    assert answer.status_code == 404
    tags = set(re.findall(r"<\s*/?\s*([a-zA-Z!]+)", answer.text))
    assert tags <= {"!doctype", "html", "meta", "title", "body", "h"} | {"h1", "p"}
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
