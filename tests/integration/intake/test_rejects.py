"""Refused rows go out in a file that can be corrected and imported as it is."""

from __future__ import annotations

import csv
from pathlib import Path

from gtm_pipelines.record import contacts
from gtm_pipelines.workbench import Workbench
from tests.integration.intake.parts import outcome

LIST = 'Имя;E-mail;Обувь\nАнна;anna@x.test;38\nБорис;boris(at)x.test;"4\n1"\nВера;vera@x.test;37;лишнее;и ещё\nГлеб\n'


def bad_list(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_bytes(LIST.encode("cp1251"))
    return path


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_file_has_the_columns_of_the_list_and_ours(workbench: Workbench, tmp_path: Path) -> None:
    report = workbench.intake.import_file(bad_list(tmp_path), "contact")
    assert workbench.intake.write_rejects(report.batch_id, tmp_path / "rejected.csv") == 3
    rows = table(tmp_path / "rejected.csv")
    assert list(rows[0]) == ["Имя", "E-mail", "Обувь", "rejected_line", "rejected_code", "rejected_reason", "rejected_text"]
    assert (rows[0]["Имя"], rows[0]["Обувь"], rows[0]["rejected_line"], rows[0]["rejected_text"]) == ("Борис", "4\n1", "3", "")
    assert [(r["rejected_code"], r["E-mail"], r["rejected_text"]) for r in rows[1:]] == [
        ("row.too_long", "", "Вера;vera@x.test;37;лишнее;и ещё"), ("row.too_short", "", "Глеб"),
    ]  # fmt: skip


def test_imported_as_it_is_nothing_is_taken_that_was_refused(workbench: Workbench, tmp_path: Path) -> None:
    report = workbench.intake.import_file(bad_list(tmp_path), "contact")
    workbench.intake.write_rejects(report.batch_id, tmp_path / "rejected.csv")
    again = workbench.intake.import_file(tmp_path / "rejected.csv", "contact")
    assert (outcome(again), again.reasons) == ((0, 0, 0, 3), {"email.invalid": 1, "row.empty": 2})


def test_corrected_it_is_imported_and_our_columns_are_left_aside(workbench: Workbench, tmp_path: Path) -> None:
    report = workbench.intake.import_file(bad_list(tmp_path), "contact")
    path = tmp_path / "rejected.csv"
    workbench.intake.write_rejects(report.batch_id, path)
    rows = table(path)
    rows[0]["E-mail"] = "boris@x.test"
    rows[1] |= {"Имя": "Вера", "E-mail": "vera@x.test"}
    rows[2] |= {"Имя": "Глеб", "E-mail": "gleb@x.test"}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    assert "rejected_line" not in workbench.intake.propose(path, "contact").unmapped
    again = workbench.intake.import_file(path, "contact")
    assert outcome(again) == (3, 0, 0, 0)
    assert contacts.get(workbench.record, "boris@x.test").attributes == {"обувь": "4 1"}
    assert contacts.get(workbench.record, "gleb@x.test").first_name == "Глеб"


def test_a_report_gives_reasons_with_examples_and_how_it_was_read(workbench: Workbench, tmp_path: Path) -> None:
    batch_id = workbench.intake.import_file(bad_list(tmp_path), "contact", source="fair", lawful_basis="consent").batch_id
    report = workbench.intake.report(batch_id)
    assert (report.rows, report.imported, report.rejected) == (4, 1, 3)
    assert {code: [r.line_number for r in rows] for code, rows in report.examples.items()} == {
        "email.invalid": [3], "row.too_long": [5], "row.too_short": [6],
    }  # fmt: skip
    assert (report.mapping, report.unmapped) == ({"Имя": "first_name", "E-mail": "email"}, ("Обувь",))
    assert (report.source, report.lawful_basis, report.undone_by) == ("fair", "consent", None)
