"""Who types something wrong is told what was meant, and a command that can be pasted as it stands."""

from __future__ import annotations

import json
import shlex
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


def test_a_suggested_command_can_be_pasted_whatever_the_name(capsys, people: Path) -> None:
    run(capsys, "contact", "import", people)
    everybody = {"all": [{"field": "contact.email", "op": "is_not_empty"}]}
    run(capsys, "segment", "create", "all of them", "--filter", json.dumps(everybody))
    given = ("--segment", "all of them", "--pack", "cold-email", "--mailbox", "anna")
    main(["campaign", "create", "Anna's spring sale", *given])
    suggested = capsys.readouterr().out.split("Next: ")[1]
    assert shlex.split(suggested) == ["gtm", "campaign", "draft", "Anna's spring sale"]
    said = refused(capsys, "company", "inspect", "Acme Widgets").split("Try: ")[1]
    assert shlex.split(said) == ["gtm", "company", "list", "--search", "Acme Widgets"]


def test_a_company_or_a_person_is_inspected_by_name_and_several_are_a_choice(capsys, people: Path) -> None:
    run(capsys, "contact", "import", people)
    people.write_text(
        "company,domain\nAcme Widgets Ltd,acme.example\nAcme,acme2.example\nАкме,a.example\nАкме,b.example\n", encoding="utf-8"
    )
    run(capsys, "company", "import", people)
    assert run(capsys, "company", "inspect", "acme widgets")["company"]["domain"] == "acme.example"
    assert run(capsys, "company", "inspect", "ACME")["company"]["domain"] == "acme2.example"
    assert run(capsys, "contact", "inspect", "anna lee")["contact"]["email"] == "a@x.example"
    assert run(capsys, "contact", "inspect", "B@x.example")["contact"]["full_name"] == "Boris Lee"
    choice = refused(capsys, "company", "inspect", "акме")
    assert "a.example" in choice
    assert "b.example" in choice
    assert "b@x.example" in refused(capsys, "contact", "inspect", "Lee")


def test_who_names_nobody_acts_by_their_login_name(capsys, people: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = run(capsys, "contact", "import", people)["batch_id"]
    everybody = {"all": [{"field": "contact.email", "op": "is_not_empty"}]}
    monkeypatch.delenv("GTM_PERSON")
    monkeypatch.setenv("LOGNAME", "DOMAIN\\anna lee")
    assert run(capsys, "segment", "create", "all", "--filter", json.dumps(everybody))["created_by"] == "person:DOMAIN-anna-lee"
    monkeypatch.setenv("GTM_PERSON", "anna")
    run(capsys, "import", "undo", batch, "--yes")
    assert run(capsys, "import", "show", batch)["undone_by"] == "person:anna"
    main(["suppress", "add", "--help"])
    assert "your login name" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("as_json", [(), ("--json",)])
def test_a_dry_run_that_could_not_be_imported_fails_and_says_what_to_do(capsys, people: Path, as_json: tuple[str, ...]) -> None:
    people.write_text("mood of day,shoe\ngood,41\n", encoding="utf-8")
    said = refused(capsys, "contact", "import", people, "--dry-run", *as_json)
    assert "No column was found for email" in said
    assert "--map 'mood of day=email'" in said
    main(["contact", "import", str(people), "--dry-run", "--map", "mood of day=last_name"])
