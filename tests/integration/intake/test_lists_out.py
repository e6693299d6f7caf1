"""A list that goes out and comes back changes nothing, whatever stands in its cells."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from gtm_pipelines.errors import InputError
from gtm_pipelines.intake.values import clean
from gtm_pipelines.record.tables import company, contact
from gtm_pipelines.workbench import Workbench
from tests.campaign_parts import add_people

HOSTILE = (
    "=1+1",
    "@SUM(A1)",
    "+cmd|' /C calc'!A0",
    "-2+3+x",
    "'=1+1",
    "''@x",
    "＝1+1",
    "O'Neill",
    "'tis",
    "+49 40 1234567",
    "-12.5",
    "007",
)


def hostile_list(path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("Email", "First name", "Last name", "Title", "Company", "Phone", "City", "Notes", "Sum (€)"))
        for number, text in enumerate(HOSTILE):
            phone = f"+49 40 {number:07d}"
            raw = "'" + text if text.startswith(("'=", "''")) else text
            writer.writerow((f"p{number}@firm.example", "Anna", "Marsh", raw, f"Firm {raw}", phone, raw, raw, raw))


def everything(workbench: Workbench) -> list[dict[str, Any]]:
    with workbench.record.read() as connection:
        return [
            dict(row._mapping)
            for table in (contact, company)
            for row in connection.execute(sa.select(table).order_by(table.c.id))
        ]


def test_a_list_that_goes_out_and_comes_back_changes_nothing(workbench: Workbench, tmp_path: Path) -> None:
    hostile_list(tmp_path / "in.csv")
    workbench.intake.import_file(tmp_path / "in.csv", "contact")
    before = everything(workbench)
    assert {"=1+1", "'=1+1", "＝1+1"} <= {row.get("position") for row in before}
    path = tmp_path / "out.csv"
    assert workbench.lists.export("contact", path, attributes=True) == len(HOSTILE)
    report = workbench.intake.import_file(path, "contact")
    assert (report.rows, report.unchanged) == (len(HOSTILE), len(HOSTILE))
    assert everything(workbench) == before


def test_the_cells_of_a_workbook_are_read_as_they_were(workbench: Workbench, tmp_path: Path) -> None:
    from python_calamine import CalamineWorkbook

    hostile_list(tmp_path / "in.csv")
    workbench.intake.import_file(tmp_path / "in.csv", "contact")
    workbench.lists.export("contact", tmp_path / "out.xlsx", columns=["position", "phone"])
    _, *rows = CalamineWorkbook.from_path(tmp_path / "out.xlsx").get_sheet_by_index(0).to_python()
    held = [[row["position"], row["phone"]] for row in everything(workbench) if "position" in row]
    assert [[clean(str(cell)) for cell in row] for row in rows] == held


def test_no_cell_of_the_file_runs(workbench: Workbench, tmp_path: Path) -> None:
    hostile_list(tmp_path / "in.csv")
    workbench.intake.import_file(tmp_path / "in.csv", "contact")
    workbench.lists.export("contact", tmp_path / "out.csv", attributes=True)
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = {cell for row in csv.reader(file) for cell in row}
    assert "'=1+1" in cells
    assert "+49 40 0000000" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "@", "＝", "+c", "-2+"))]


def test_a_segment_goes_out_with_the_columns_asked_for(workbench: Workbench, tmp_path: Path) -> None:
    add_people(workbench, 4, attributes={"Tier": "gold"})
    workbench.segments.save("Russian", {"all": [{"field": "contact.language", "op": "eq", "value": "ru"}]}, by="anna")
    told: list[tuple[int, int | None]] = []
    columns = ["email", "company.name", "attribute.Tier", "do_not_contact"]
    path = tmp_path / "out.parquet"
    wrote = workbench.lists.export("contact", path, columns=columns, segment="Russian", progress=lambda *at: told.append(at))
    import pyarrow.parquet as pq

    first = {"email": "p0@acme.example", "company_name": "Acme Inc.", "Tier": "gold", "do_not_contact": False}
    assert (wrote, told) == (2, [(2, 2)])
    assert pq.read_table(path).to_pylist()[0] == {k: first[k] for k in ("email", "company_name", "do_not_contact", "Tier")}


def test_a_column_that_is_not_there_is_named(workbench: Workbench, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="workspace_id"):
        workbench.lists.export("contact", tmp_path / "out" / "a.csv", columns=["workspace_id"])
    with pytest.raises(InputError, match="A segment holds contacts"):
        workbench.lists.export("company", tmp_path / "out" / "a.csv", segment="x")
    assert not (tmp_path / "out" / "a.csv").exists()
