"""``gtm duplicate``: looked for, listed, merged, kept apart and taken back from the terminal."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gtm_pipelines.cli.main import main
from gtm_pipelines.errors import ConflictError

LIST = "Name,Website,City\nAcme Rockets GmbH,acme.example,Hamburg\nACME ROCKETS,acme.test,Hamburg\n"


@pytest.fixture
def pair(capsys: pytest.CaptureFixture[str], tmp_path, home) -> dict[str, Any]:
    """Import two spellings of one company and return the pair that is proposed."""
    file = tmp_path / "companies.csv"
    file.write_text(LIST, encoding="utf-8")
    run(capsys, "company", "import", file)
    found = run(capsys, "duplicate", "find")
    assert found["open"] == 1
    return run(capsys, "duplicate", "list")["pairs"][0]


def run(capsys: pytest.CaptureFixture[str], *words: object) -> Any:
    main([*map(str, words), "--json"])
    return json.loads(capsys.readouterr().out)


def test_a_pair_is_shown_merged_and_taken_back(capsys, pair) -> None:
    shown = run(capsys, "duplicate", "show", pair["id"])
    assert {reason["field"] for reason in shown["reasons"]} >= {"name", "city"}
    merged = run(capsys, "duplicate", "merge", pair["id"], "--winner", pair["right_id"], "--choose", "name=loser", "--by", "anna")
    assert (merged["winner_id"], merged["chosen"]["name"]["of"]) == (pair["right_id"], "loser")
    assert run(capsys, "company", "list")["total"] == 1
    merges = run(capsys, "duplicate", "list", "--status", "merged")
    assert [one["id"] for one in merges["merges"]] == [merged["id"]]
    assert merges["total"] == 1
    assert run(capsys, "duplicate", "undo", merged["id"], "--by", "anna")["undone_by"] == "person:anna"
    assert run(capsys, "company", "list")["total"] == 2


def test_a_pair_is_kept_apart_for_good(capsys, pair) -> None:
    assert run(capsys, "duplicate", "apart", pair["id"], "--by", "anna")["status"] == "apart"
    assert run(capsys, "duplicate", "find", "--everything")["open"] == 0


def test_what_a_person_keeps_apart_is_merged_only_when_asked_for_so(capsys, pair) -> None:
    run(capsys, "duplicate", "apart", pair["id"], "--by", "anna")
    with pytest.raises(SystemExit) as stopped:
        main(["duplicate", "merge", pair["id"], "--by", "boris"])
    said = capsys.readouterr().err
    assert stopped.value.code == ConflictError.exit_code
    assert "anna kept the two apart on 20" in said
    assert "--anyway" in said
    assert f"gtm duplicate undo {pair['id']}" in said
    with pytest.raises(SystemExit):
        main(["duplicate", "merge", pair["left_id"], pair["right_id"], "--kind", "company", "--by", "boris"])
    capsys.readouterr()
    assert run(capsys, "company", "list")["total"] == 2
    assert run(capsys, "duplicate", "merge", pair["id"], "--anyway", "--by", "boris")["kind"] == "company"
    assert run(capsys, "company", "list")["total"] == 1


def test_a_pair_kept_apart_is_asked_about_again_once_that_is_taken_back(capsys, pair) -> None:
    run(capsys, "duplicate", "apart", pair["id"], "--by", "anna")
    assert run(capsys, "duplicate", "undo", pair["id"], "--by", "anna")["status"] == "open"
    assert run(capsys, "duplicate", "list")["total"] == 1
    run(capsys, "duplicate", "merge", pair["id"], "--by", "anna")
    with pytest.raises(SystemExit):
        main(["duplicate", "undo", pair["id"], "--by", "anna"])


def test_tables_are_for_people(capsys, pair) -> None:
    main(["duplicate", "list"])
    assert "Acme Rockets" in capsys.readouterr().out
    main(["duplicate", "show", pair["id"]])
    assert "speaks for" in capsys.readouterr().out
    main(["duplicate", "find"])
    assert "wait for a person" in capsys.readouterr().out


def test_a_machine_cannot_merge(capsys, pair) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["duplicate", "merge", pair["id"], "--by", "system:night"])
    assert stopped.value.code == 77


def test_many_pairs_are_looked_at_first_then_merged_and_taken_back_together(capsys, pair) -> None:
    above = ("--above", 0.5, "--kind", "company", "--by", "anna")
    assert run(capsys, "duplicate", "merge", *above, "--dry-run")["pairs"] == 1
    assert run(capsys, "company", "list")["total"] == 2
    merged = run(capsys, "duplicate", "merge", *above, "--yes")
    assert (merged["done"], run(capsys, "company", "list")["total"]) == (1, 1)
    assert run(capsys, "duplicate", "undo", merged["act"], "--by", "anna")["done"] == 1
    assert run(capsys, "company", "list")["total"] == 2


def test_the_list_shows_both_kinds(capsys, pair) -> None:
    assert run(capsys, "duplicate", "list")["totals"] == {"company": 1, "contact": 0}
    main(["duplicate", "list"])
    told = capsys.readouterr().out
    assert "company: 1-1 of 1" in told
    assert "No contact pairs wait" in told
