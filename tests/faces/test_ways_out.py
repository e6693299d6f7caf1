"""Who types something wrong is told what was meant, and a command that can be pasted as it stands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gtm_pipelines.cli.main import main


def run(capsys: pytest.CaptureFixture[str], *words: object) -> Any:
    main([*map(str, words), "--json"])
    return json.loads(capsys.readouterr().out)


def refused(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    """Run a command that fails; return what it says."""
    with pytest.raises(SystemExit) as stopped:
        main([*map(str, words)])
    assert stopped.value.code not in (0, 1)
    return capsys.readouterr().err


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text("email,name\na@x.example,Anna Lee\nb@x.example,Boris Lee\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("asked", "meant"),
    [("contry", "contact.country"), ("contact.postion", "contact.position"), ("company.employes", "company.employee_count")],
)
def test_an_unknown_field_is_answered_with_the_closest_three(capsys, asked: str, meant: str) -> None:
    said = refused(capsys, "segment", "values", asked)
    assert meant in said.split("Did you mean ")[1].split("?")[0]
    assert "gtm segment fields" in said
    assert len(said) < 400


def test_an_import_is_found_by_the_beginning_of_its_id(capsys, people: Path, tmp_path: Path) -> None:
    first = run(capsys, "contact", "import", people)["batch_id"]
    people.write_text("email\nc@x.example\n", encoding="utf-8")
    second = run(capsys, "contact", "import", people)["batch_id"]
    shared = next(n for n in range(len(first)) if first[n] != second[n])
    assert run(capsys, "import", "show", second[: shared + 1])["batch_id"] == second
    assert run(capsys, "import", "rejects", first[: shared + 1], tmp_path / "out.csv")["written"] == 0
    assert f"{first} (people.csv)" in refused(capsys, "import", "show", first[:4])
    assert run(capsys, "import", "undo", second[: shared + 1], "--yes")["removed"] == 1


def test_an_unknown_import_is_answered_with_how_to_find_one(capsys) -> None:
    assert "gtm import list" in refused(capsys, "import", "undo", "zzz", "--yes")
