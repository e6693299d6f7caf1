"""``gtm company`` and ``gtm contact``: a list in, looked at, and out again."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from gtm_pipelines.cli.main import main

CONTACTS = "E-mail;Имя;Должность;Обувь\nanna@x.test;Анна;Директор;38\nANNA@x.test;;;\nbroken;Б;;\nboris@x.test;=1+1;;\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_bytes(CONTACTS.encode("cp1251"))
    return path


def run(capsys: pytest.CaptureFixture[str], *words: object) -> Any:
    main([*map(str, words), "--json"])
    return json.loads(capsys.readouterr().out)


def test_an_import_prints_counts_that_add_up_and_repeats_without_change(capsys, path: Path, tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.csv"
    first = run(capsys, "contact", "import", path, "--rejects", rejects, "--session-key", "spring")
    counts = {name: first[name] for name in ("rows", "imported", "merged", "unchanged", "rejected")}
    assert counts == {"rows": 4, "imported": 2, "merged": 1, "unchanged": 0, "rejected": 1}
    assert (first["reasons"], first["encoding"], first["delimiter"]) == ({"email.invalid": 1}, "cp1251", ";")
    assert (first["session_key"], first["unmapped"]) == ("spring", ["Обувь"])
    with rejects.open(encoding="utf-8-sig", newline="") as file:
        assert [(row["rejected_line"], row["rejected_code"], row["E-mail"]) for row in csv.DictReader(file)] == [
            ("4", "email.invalid", "broken")
        ]
    second = run(capsys, "contact", "import", path)
    assert (second["imported"], second["merged"], second["unchanged"], second["rejected"]) == (0, 0, 3, 1)


def test_a_dry_run_shows_the_mapping_with_overrides_and_writes_nothing(capsys, path: Path) -> None:
    proposal = run(capsys, "contact", "import", path, "--dry-run", "--map", "Обувь=phone")
    assert {c["column"]: c["field"] for c in proposal["columns"]} == {
        "E-mail": "email", "Имя": "first_name", "Должность": "position", "Обувь": "phone",
    }  # fmt: skip
    assert run(capsys, "contact", "list")["total"] == 0


def test_a_list_is_searched_inspected_and_exported(capsys, path: Path, tmp_path: Path) -> None:
    run(capsys, "contact", "import", path)
    listed = run(capsys, "contact", "list", "--search", "АННА", "--limit", "1")
    assert (listed["total"], [c["email"] for c in listed["contacts"]]) == (1, ["anna@x.test"])
    seen = run(capsys, "contact", "inspect", "Anna@X.test")
    assert {(r["line_number"], r["outcome"]) for r in seen["source_rows"]} == {(2, "imported"), (3, "merged")}
    assert run(capsys, "contact", "export", tmp_path / "out.csv")["written"] == 2
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["first_name"] for row in csv.DictReader(file)} == {"Анна", "'=1+1"}


def test_an_import_says_why_rows_were_rejected_and_how_to_get_them(capsys, path: Path, tmp_path: Path) -> None:
    main(["contact", "import", str(path)])
    told = capsys.readouterr().out
    (batch,) = run(capsys, "import", "list")
    assert f"gtm import rejects {batch['id']} FILE" in told
    lines = told.splitlines()
    (counter,) = [line for line in lines if line.endswith(" rejected")]
    reason = lines[lines.index(counter) + 1]
    assert reason.strip() == "email.invalid: 1"
    assert reason.index("email") > counter.index("rejected")
    main(["contact", "import", str(path), "--rejects", str(tmp_path / "r.csv")])
    told = capsys.readouterr().out
    assert f"The rejected rows are in {tmp_path / 'r.csv'}" in told
    assert "gtm import rejects" not in told


def test_a_workbook_is_described_by_its_sheet_and_the_line_of_its_header(capsys, tmp_path: Path) -> None:
    file = tmp_path / "contacts.xlsx"
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet("Обложка").write(0, 0, "Наши клиенты")
        page = book.add_worksheet("Контакты")
        page.write(0, 0, "Клиенты на март")
        page.write_row(3, 0, ["Email", "Имя"])
        page.write_row(4, 0, ["a@b.test", "Анна"])
    main(["contact", "import", str(file), "--dry-run"])
    told = capsys.readouterr().out
    assert "contacts.xlsx: sheet 'Контакты', header on line 4" in told
    assert "delimiter" not in told
    main(["contact", "import", str(file)])
    assert "of contacts.xlsx (sheet 'Контакты', header on line 4)" in capsys.readouterr().out


def test_an_export_of_every_column_comes_back_as_it_was(capsys, path: Path, tmp_path: Path) -> None:
    run(capsys, "contact", "import", path)
    before = run(capsys, "contact", "inspect", "anna@x.test")["contact"]
    out = tmp_path / "all.csv"
    run(capsys, "contact", "export", out, "--columns", "all")
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["обувь"] for row in rows} == {"38", ""}
    proposal = run(capsys, "contact", "import", out, "--dry-run")
    assert {"id", "batch_id", "merged_into"}.isdisjoint(column["column"] for column in proposal["columns"])
    main(["contact", "import", str(out)])
    (told,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("Left out")]
    named = set(told.partition(": ")[2].split(", "))
    inner = {"id", "batch_id", "session_key", "company_id", "email_key", "function", "seniority", "version", "merged_into"}
    assert inner | {"created_at", "updated_at"} <= named
    assert "обувь" not in named
    assert run(capsys, "contact", "inspect", "anna@x.test")["contact"]["attributes"] == before["attributes"] == {"обувь": "38"}


def test_the_id_of_another_system_is_kept(capsys, tmp_path: Path) -> None:
    path = tmp_path / "crm.csv"
    path.write_text("id,email,seniority,version\n7,anna@x.test,Head,3\n", encoding="utf-8")
    report = run(capsys, "contact", "import", path)
    assert (report["left_out"], report["unmapped"]) == ([], ["id", "seniority", "version"])


def test_companies_have_the_same_commands(capsys, tmp_path: Path) -> None:
    path = tmp_path / "firms.csv"
    path.write_text("Company,INN,Website\nООО «Берёза»,0077,bereza.test\n", encoding="utf-8")
    assert run(capsys, "company", "import", path)["imported"] == 1
    assert run(capsys, "company", "inspect", "0077")["company"]["domain"] == "bereza.test"


def test_a_domain_is_listed_as_people_read_it(capsys, tmp_path: Path) -> None:
    path = tmp_path / "firms.csv"
    path.write_text("Company,Website\nПример,https://пример.рф\n", encoding="utf-8")
    run(capsys, "company", "import", path)
    assert run(capsys, "company", "list")["companies"][0]["domain"] == "xn--e1afmkfd.xn--p1ai"
    main(["company", "list"])
    assert "пример.рф" in capsys.readouterr().out


def test_a_domain_is_found_as_people_write_it(capsys, tmp_path: Path) -> None:
    path = tmp_path / "firms.csv"
    path.write_text("Company,Website\nExample,https://пример.рф\nAnother,another.test\n", encoding="utf-8")
    run(capsys, "company", "import", path)
    assert run(capsys, "company", "inspect", "Пример.рф")["company"]["name"] == "Example"
    assert [one["name"] for one in run(capsys, "company", "list", "--search", "пример")["companies"]] == ["Example"]


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("contact", "import", "{path}", "--map", "nonsense"), 65, "COLUMN=FIELD"),
        (("contact", "import", "{path}", "--map", "Обувь=shoe"), 65, "no field"),
        (("company", "import", "{path}"), 65, "--map"),
        (("contact", "inspect", "nobody@x.test"), 66, "nobody@x.test"),
    ],
)
def test_what_cannot_be_done_says_what_to_do(capsys, path: Path, words: tuple[str, ...], code: int, told: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([word.format(path=path) for word in words])
    assert stopped.value.code == code
    assert told in capsys.readouterr().err
