"""``gtm import``: past imports, their refused rows, and taking one back."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gtm_pipelines.cli.main import gtm, main
from gtm_pipelines.cli.output import Stopped, workbench


@pytest.fixture
def batch_id(capsys, tmp_path: Path) -> str:
    path = tmp_path / "people.csv"
    path.write_text("email,name\na@x.test,Anna\nb@x.test,Boris\nbroken,Vera\n", encoding="utf-8")
    return str(run(capsys, "contact", "import", path, "--source", "fair")["batch_id"])


def run(capsys: pytest.CaptureFixture[str], *words: object) -> Any:
    main([*map(str, words), "--json"])
    return json.loads(capsys.readouterr().out)


def test_imports_are_listed_and_shown(capsys, batch_id: str) -> None:
    (listed,) = run(capsys, "import", "list")
    assert (listed["id"], listed["rows"], listed["rejected"], listed["status"]) == (batch_id, 3, 1, "finished")
    shown = run(capsys, "import", "show", batch_id)
    assert shown["imported"] + shown["merged"] + shown["unchanged"] + shown["rejected"] == shown["rows"] == 3
    assert (shown["source"], shown["examples"]["email.invalid"][0]["raw"]) == ("fair", "broken,Vera\n")
    told = CliRunner().invoke(gtm, ["import", "show", batch_id]).output
    assert "email.invalid: 1" in told
    assert "'email' = email" in told


def test_rejected_rows_are_written(capsys, batch_id: str, tmp_path: Path) -> None:
    assert run(capsys, "import", "rejects", batch_id, tmp_path / "out.csv")["written"] == 1
    assert "rejected_reason" in (tmp_path / "out.csv").read_text("utf-8-sig")


def test_an_undo_asks_first_and_says_what_it_would_do(capsys, batch_id: str) -> None:
    refused = CliRunner().invoke(gtm, ["import", "undo", batch_id], input="n\n")
    assert "people.csv, contacts of this import:" in refused.output
    assert "2 known from it alone: would be removed" in refused.output
    assert "other imports" not in refused.output, "what is nought is not told"
    assert run(capsys, "contact", "list")["total"] == 2
    assert run(capsys, "import", "undo", batch_id, "--dry-run")["removed"] == 2
    assert run(capsys, "contact", "list")["total"] == 2
    done = run(capsys, "import", "undo", batch_id, "--yes", "--by", "person:anna")
    assert (done["removed"], done["kept"], run(capsys, "contact", "list")["total"]) == (2, 0, 0)
    assert run(capsys, "import", "show", batch_id)["undone_by"] == "person:anna"


def test_an_undo_says_in_words_what_it_did(capsys, batch_id: str, tmp_path: Path) -> None:
    other = tmp_path / "more.csv"
    other.write_text("email,name\na@x.test,Anna\n", encoding="utf-8")
    run(capsys, "contact", "import", other)
    main(["import", "undo", batch_id, "--yes"])
    told = capsys.readouterr().out
    assert "1 known from it alone: removed" in told
    assert "1 in other imports too: set back to what those say" in told
    assert "Import the file again" in told


def test_who_says_no_is_told_that_nothing_was_changed(capsys, batch_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    with pytest.raises(SystemExit) as stopped:
        main(["import", "undo", batch_id])
    assert stopped.value.code == 130
    assert "Stopped. Nothing was changed." in capsys.readouterr().err


@pytest.mark.parametrize("writes", [False, True])
def test_a_stop_says_whether_anything_was_written_before(home: Path, *, writes: bool) -> None:
    def work() -> None:
        with workbench() as bench:
            if writes:
                bench.suppressions.add("address", "a@x.test", reason="asked", source="test")
            bench.suppressions.list()
            raise KeyboardInterrupt

    with pytest.raises(Stopped) as stop:
        work()
    assert stop.value.kept is writes


def test_an_unknown_import_is_said_to_be_unknown(capsys) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["import", "show", "nothing"])
    assert stopped.value.code == 66
    assert "nothing" in capsys.readouterr().err
