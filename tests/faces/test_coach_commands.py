"""``gtm coach``: findings, questions, analyses and memory, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gtm_pipelines.cli.main import gtm, main
from tests.coaching_parts import measured


def run(capsys: pytest.CaptureFixture[str], *words: object) -> Any:
    main(["coach", *map(str, words), "--json"])
    return json.loads(capsys.readouterr().out)


def shown(*words: str) -> str:
    result = CliRunner().invoke(gtm, ["coach", *words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def home(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GTM_HOME", str(home))
    measured(home).close()
    return home


def test_findings_name_their_evidence(home: Path, capsys) -> None:
    found = run(capsys, "findings", "autumn")["findings"]
    worst = found[0]
    assert (worst["rule"], worst["severity"], worst["seen"]) == ("bounce_high", "stop", True)
    assert (worst["evidence"][0]["part"], worst["evidence"][0]["whole"]) == (15, 203)
    assert worst["benchmark"]["source"]
    said = shown("findings", "--language", "ru")
    assert "вернулось 15 из 203" in said
    assert "данных мало" in said


def test_a_question_is_answered_and_kept(home: Path, capsys) -> None:
    asked = run(capsys, "ask", "How are we doing?")
    assert asked["answer"]["way"] == "rules"
    again = shown("ask", "А что с возвратами?", "--chat", asked["chat_id"])
    assert "15 из 203" in again
    assert "gtm mailbox list" in again
    assert [one["id"] for one in run(capsys, "chats")["chats"]] == [asked["chat_id"]]
    assert "How are we doing?" in shown("chats")


def test_an_analysis_is_kept_and_listed(home: Path, capsys) -> None:
    first = run(capsys, "analyse", "spring")
    assert (first["analysis"]["number"], first["before"]) == (1, None)
    assert "spring, 2: GREEN" in shown("analyse", "spring")
    assert len(run(capsys, "analyses", "spring")["analyses"]) == 2
    assert "GREEN" in shown("analyses")


def test_memory_is_seen_set_and_forgotten(home: Path, capsys) -> None:
    assert "Nothing yet" in shown("memory", "list")
    assert run(capsys, "memory", "set", "goal", "ten meetings")["source"] == "person"
    assert "ten meetings" in shown("memory", "list")
    assert run(capsys, "memory", "forget", "goal", "--dry-run") == {"forgotten": 1, "dry_run": True}
    assert run(capsys, "memory", "forget", "goal")["forgotten"] == 1
    assert run(capsys, "memory", "list")["beliefs"] == []
    chat = run(capsys, "ask", "Hello")["chat_id"]
    assert "Deleted." in shown("memory", "forget-chat", chat, "--yes")
    assert run(capsys, "chats")["chats"] == []
