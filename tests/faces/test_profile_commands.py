"""``gtm profile``, and the options of an import that make and use one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gtm_pipelines.cli.main import gtm, main


def run(capsys: pytest.CaptureFixture[str], *words: object) -> Any:
    main([*map(str, words), "--json"])
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def people(capsys, tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text("Private,Email,Name\na@x.test,info@x.test,Anna\n", encoding="utf-8")
    run(capsys, "contact", "import", path, "--map", "Private=email", "--save-profile", "Fair")
    return path


def test_a_saved_profile_is_listed_shown_and_used(capsys, people: Path) -> None:
    (listed,) = run(capsys, "profile", "list")["profiles"]
    assert (listed["name"], listed["kind"]) == ("Fair", "contact")
    assert run(capsys, "profile", "show", "Fair")["columns"] == {"Private": "email", "Email": "attribute", "Name": "full_name"}
    assert run(capsys, "contact", "import", people, "--dry-run")["profile"] == "Fair"
    assert "Read by profile 'Fair'" in CliRunner().invoke(gtm, ["contact", "import", str(people), "--dry-run"]).output


def test_deleting_says_first_what_it_would_delete(capsys, people: Path) -> None:
    assert run(capsys, "profile", "delete", "Fair", "--dry-run")["deleted"] is False
    assert run(capsys, "profile", "delete", "Fair")["deleted"] is True
    assert run(capsys, "profile", "list")["profiles"] == []
    assert run(capsys, "contact", "import", people, "--dry-run")["profile"] is None


def test_a_sheet_of_a_workbook_is_imported_by_name(capsys, tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("One").write_row(0, 0, ["Email", "Name"])
        second = book.add_worksheet("Two")
        second.write_row(0, 0, ["Email", "Name"])
        second.write_row(1, 0, ["b@x.test", "Boris"])
    report = run(capsys, "contact", "import", path, "--sheet", "Two")
    assert (report["imported"], report["file_name"]) == (1, "book.xlsx")
