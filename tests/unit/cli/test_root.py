"""The root of the command line: errors become exit codes and words, never traces."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from gtm_pipelines.cli.main import COMMANDS, main


def run(*arguments: str) -> int:
    try:
        main(list(arguments))
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def test_help_lists_every_command_with_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--help") == 0
    shown = capsys.readouterr().out
    assert [name for name in COMMANDS if f"  {name} " not in shown] == []


def test_an_unknown_command_is_answered_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("nonsense") == 2
    assert "No such command" in capsys.readouterr().err


def test_wrong_settings_stop_every_command_with_the_name_of_the_setting(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GTM_APP_PORT", "none")
    assert run("db", "status") == 78
    shown = capsys.readouterr()
    assert "app_port (GTM_APP_PORT)" in shown.err
    assert "Traceback" not in shown.err + shown.out


def test_a_backup_goes_round_through_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GTM_HOME", str(tmp_path / "home"))
    assert run("db", "status", "--json") == 0
    before = json.loads(capsys.readouterr().out)
    assert before["revision"] is None
    assert run("db", "upgrade", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"before": None, "after": before["wanted"], "backup": None}
    assert run("db", "backup", str(tmp_path / "b.sqlite"), "--json") == 0
    assert json.loads(capsys.readouterr().out)["size_bytes"] > 0
    assert run("db", "backup", str(tmp_path / "b.sqlite")) == 75
    assert run("db", "restore", str(tmp_path / "b.sqlite"), "--by", "eva") == 0
    assert run("db", "restore", str(tmp_path / "b.sqlite")) == 75
    assert "--force" in capsys.readouterr().err


def test_a_restore_takes_the_old_figures_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("GTM_HOME", str(home))
    assert run("db", "upgrade") == 0
    assert run("db", "backup", str(tmp_path / "b.sqlite")) == 0
    (home / "warehouse.duckdb").write_bytes(b"old")
    (home / "marts").mkdir()
    assert run("db", "restore", str(tmp_path / "b.sqlite"), "--force") == 0
    assert not (home / "warehouse.duckdb").exists()
    assert not (home / "marts").exists()
    with sqlite3.connect(home / "record.sqlite") as record:
        assert record.execute("SELECT fingerprint FROM installation").fetchall() == [("restored",)]
