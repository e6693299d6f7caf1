"""``gtm person``: everything about one person, given to them or erased."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gtm_pipelines.cli.main import gtm, main


@pytest.fixture
def people(capsys, tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text("email,name\nzina@x.test,Zina Rarename\nboris@x.test,Boris Other\n", encoding="utf-8")
    run(capsys, "contact", "import", path)
    return path


def run(capsys: pytest.CaptureFixture[str], *words: object) -> Any:
    main([*map(str, words), "--json"])
    return json.loads(capsys.readouterr().out)


def test_a_person_is_exported_to_a_file(capsys, people: Path, tmp_path: Path) -> None:
    written = run(capsys, "person", "export", "ZINA@x.test", tmp_path / "her.json")
    assert written["counts"]["contact"] == 1
    told = json.loads((tmp_path / "her.json").read_text("utf-8"))
    assert told["import_row"][0]["raw"] == "zina@x.test,Zina Rarename\n"


def test_of_whom_nothing_is_known_no_file_is_written(capsys, people: Path, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["person", "export", "nobody@x.test", str(tmp_path / "n.zip")])
    assert stopped.value.code == 66
    assert "Nothing is known about 'nobody@x.test'" in capsys.readouterr().err
    assert not (tmp_path / "n.zip").exists()


def test_a_file_of_another_form_is_refused_with_what_would_do(capsys, people: Path, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["person", "export", "zina@x.test", str(tmp_path / "her.csv")])
    said = capsys.readouterr().err
    assert stopped.value.code == 65
    assert (".json" in said, ".zip" in said, (tmp_path / "her.csv").exists()) == (True, True, False)


def test_erasing_asks_first_and_says_what_it_would_erase(capsys, people: Path) -> None:
    refused = CliRunner().invoke(gtm, ["person", "erase", "zina@x.test"], input="n\n")
    assert "contact: 1" in refused.output
    assert "cannot be undone" in refused.output
    assert run(capsys, "person", "erase", "zina@x.test", "--dry-run")["counts"] == {"contact": 1, "import_row": 1}
    assert run(capsys, "contact", "list")["total"] == 2
    done = run(capsys, "person", "erase", "zina@x.test", "--yes", "--by", "person:anna")
    assert (done["contacts"], done["suppressed"], run(capsys, "contact", "list")["total"]) == (1, 1, 1)
    assert run(capsys, "contact", "import", people)["reasons"] == {"person.erased": 1}


def test_an_unknown_id_is_said_to_be_unknown(capsys) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["person", "erase", "0123", "--yes"])
    assert stopped.value.code == 66
    assert "0123" in capsys.readouterr().err
