"""What stands in lists, mails and errors is shown in a terminal, and never steers it."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from gtm_pipelines.cli.main import main
from gtm_pipelines.cli.screen import harmless
from gtm_pipelines.workbench import open_workbench
from tests.campaign_parts import add_company, add_contact

STEERING = {
    "clear": "\x1b[2J\x1b[H", "title": "\x1b]0;pwned\x07", "clipboard": "\x1b]52;c;cHduZWQ=\x07",
    "link": "\x1b]8;;https://evil.example\x1b\\here\x1b]8;;\x1b\\", "back": "good\rbad", "up": "\x1b[1A\x1b[2K",
    "hidden": "\x1b[8mhidden", "eight bits": "\x9b2J\x9d0;pwned\x9c", "rub out": "abc\x08\x08\x08xyz\x7f", "bell": "\x07",
    "turned round": "txt.\u202eexe", "isolates": "\u2066\u2067x\u2069", "answerback": "\x05\x1b[c\x1b[6n", "reset": "\x1bc",
    "keys": "\x1b[?1h\x1bP$q\"p\x1b\\", "charset": "\x0e\x1b(0", "markup": "[bold red]x[/] [link=https://evil.example]y[/link]",
}  # fmt: skip


@pytest.mark.parametrize("name", [name for name in STEERING if name != "markup"])
def test_whatever_would_steer_a_terminal_is_shown_as_a_sign(name: str) -> None:
    shown = harmless(STEERING[name])
    assert shown != STEERING[name]
    assert all(sign.isprintable() for sign in shown)


@pytest.mark.parametrize("text", ["Ordinary text\n", "a\tb\r\n", "Привет – “мир” 💡", "\x1b[1mbold\x1b[0m \x1b[31;1mred\x1b[39m"])
def test_lines_tabs_letters_and_the_colours_of_commands_pass(text: str) -> None:
    assert harmless(text) == text


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which companies and people are called so."""
    home = tmp_path_factory.mktemp("steering") / "home"
    bench = open_workbench(home=home)
    for number, text in enumerate(STEERING.values()):
        firm = add_company(bench.record, bench.clock, name=f"F{number} {text}", description=text)
        address = {"email": f"p{number}@firm.example", "full_name": f"P{number} {text}", "position": text}
        add_contact(bench.record, bench.clock, company_id=firm, **address)
    bench.segments.save("Everybody", {"all": []}, by=STEERING["clear"])
    bench.close()
    return home


@pytest.fixture
def steered(filled: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, as the one that commands find."""
    monkeypatch.setenv("GTM_HOME", str(filled))
    return filled


@pytest.mark.parametrize(
    "words", ["contact list", "company list", "segment list", "contact show p1@firm.example", "segment show x\x1b]0;a\x07"]
)
def test_no_command_hands_it_to_the_terminal(steered: Path, capsys: pytest.CaptureFixture[str], words: str) -> None:
    assert steered.is_dir()
    with contextlib.suppress(SystemExit):
        main([word for word in words.split(" ") if word])
    shown = "".join(capsys.readouterr())
    assert shown.strip()
    assert harmless(shown) == shown
    assert "\x1b" not in shown, "nothing of it is a colour of ours"


def test_markup_stands_as_it_was_written(steered: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert steered.is_dir()
    main(["contact", "list"])
    assert "[bold red]x[/] [link=https://evil.example]y[/link]" in capsys.readouterr().out


def test_json_keeps_every_character_and_shows_none_that_steers(steered: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert steered.is_dir()
    main(["contact", "list", "--json"])
    shown = capsys.readouterr().out
    assert harmless(shown) == shown
    held = json.dumps(json.loads(shown))
    assert all(json.dumps(text)[1:-1] in held for text in STEERING.values())


@pytest.mark.slow
def test_in_a_real_terminal_nothing_but_colours_arrives(steered: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "gtm_pipelines.cli", "contact", "list"]
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, env={**os.environ, "GTM_HOME": str(steered)}) as process:
        os.close(theirs)
        shown = b""
        while part := _read(ours):
            shown += part
    os.close(ours)
    assert process.returncode == 0
    text = shown.decode().replace("\r\n", "\n")
    assert "firm.example" in text
    assert harmless(text) == text


def _read(end: int) -> bytes:
    try:
        return os.read(end, 65_536)
    except OSError:  # so Linux says that nobody writes any more
        return b""
