"""The set-up file: runs a command when all is set up, and says what to do when it is not. No network is used."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.parts import ROOT

pytestmark = [pytest.mark.house, pytest.mark.slow]

BASE = str(Path(sys.base_prefix) / "bin" / f"python{sys.version_info[0]}.{sys.version_info[1]}")
"""The Python that .venv was made from, as a user would start it."""
PROGRAM = "import sys; print('ran', sys.argv[1:], sys.prefix); sys.exit(7)"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what the set-up reads, in a path with a space and a letter outside ASCII."""
    folder = tmp_path / "my проект"
    folder.mkdir()
    for name in ("bootstrap.py", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def start(checkout: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Start the file with an empty home, no uv on the path and no index for pip."""
    base = {"PATH": "/usr/bin:/bin", "HOME": str(checkout), "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull, "LANG": "C.UTF-8"}
    command = [BASE, str(checkout / "bootstrap.py"), *arguments]
    return subprocess.run(command, env=base | env, cwd="/", capture_output=True, text=True, check=False)


def pretend_set_up(checkout: Path) -> None:
    """Make the environment and the stamp that a finished set-up leaves."""
    venv.create(checkout / ".venv", with_pip=False)
    program = checkout / ".venv" / "bin" / "program.py"
    program.write_text(PROGRAM, "utf-8")
    shell = checkout / ".venv" / "bin" / "program"
    shell.write_text('#!/bin/sh\nexec python "$(dirname "$0")/program.py" "$@"\n', "utf-8")
    shell.chmod(0o755)
    code = "import bootstrap; bootstrap.STAMP.write_text(bootstrap.wanted(), 'utf-8')"
    subprocess.run([sys.executable, "-c", code], cwd=checkout, check=True)


def test_a_finished_set_up_runs_the_command_at_once_as_it_was_given(checkout: Path) -> None:
    pretend_set_up(checkout)
    done = start(checkout, "program", "--json", "два слова")
    assert done.stdout == f"ran ['--json', 'два слова'] {checkout / '.venv'}\n"
    assert (done.stderr, done.returncode) == ("", 7)


def test_a_changed_lock_is_set_up_again_and_a_failure_names_the_next_step(checkout: Path) -> None:
    pretend_set_up(checkout)
    with (checkout / "requirements.lock").open("a", encoding="utf-8") as lock:
        lock.write("# changed\n")
    done = start(checkout, "program")
    assert done.returncode == 1
    assert "run the same command again" in done.stderr
    assert done.stdout == ""


def test_a_set_up_that_was_cut_off_is_begun_anew(checkout: Path) -> None:
    assert start(checkout, "program").returncode == 1
    leftover = checkout / ".venv" / "half-installed"
    leftover.touch()
    done = start(checkout, "program")
    assert "removing .venv" in done.stderr
    assert not leftover.exists()


def test_a_moved_checkout_is_set_up_anew(checkout: Path) -> None:
    pretend_set_up(checkout)
    moved = checkout.rename(checkout.with_name("moved"))
    assert "another place" in start(moved, "program").stderr


def test_an_environment_that_somebody_else_made_is_not_removed(checkout: Path) -> None:
    venv.create(checkout / ".venv", with_pip=False)
    (checkout / ".venv" / "theirs").touch()
    start(checkout, "program")
    assert (checkout / ".venv" / "theirs").exists()


def test_settings_that_send_pip_elsewhere_do_not(checkout: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    done = start(checkout, "program", PIP_TARGET=str(elsewhere), PIP_USER="1", PIP_REQUIRE_VIRTUALENV="1")
    assert "No matching distribution" in done.stderr
    assert not elsewhere.exists()


def test_without_a_command_it_names_one(checkout: Path) -> None:
    assert "gtm demo" in start(checkout).stderr


def test_an_unknown_command_is_said_to_be_unknown(checkout: Path) -> None:
    pretend_set_up(checkout)
    done = start(checkout, "nonsense")
    assert (done.returncode, "There is no 'nonsense'" in done.stderr) == (1, True)


def test_a_python_that_is_too_old_is_told_so(checkout: Path) -> None:
    code = "import sys; sys.version_info = (3, 9, 1); sys.version = '3.9.1 (old)'; import bootstrap; bootstrap.main(['gtm'])"
    done = subprocess.run([sys.executable, "-c", code], cwd=checkout, capture_output=True, text=True, check=False)
    assert (done.returncode, "Python 3.11 to 3.14 is needed and this is 3.9.1" in done.stderr) == (1, True)
