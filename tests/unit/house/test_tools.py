"""Lint, format, types and layers hold, as part of the tests, so that one command tells all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.parts import ROOT

pytestmark = [pytest.mark.house, pytest.mark.slow, pytest.mark.timeout(600)]

BIN = Path(sys.executable).parent
TOOLS = {
    "lint": ["ruff", "check", "--quiet", "."],
    "format": ["ruff", "format", "--check", "--quiet", "."],
    "types": ["mypy"],
    "layers": ["lint-imports", "--no-cache"],
}


@pytest.mark.parametrize("name", TOOLS)
def test_the_project_passes_its_own_check_of(name: str) -> None:
    tool, *arguments = TOOLS[name]
    done = subprocess.run([BIN / tool, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(TOOLS[name])}\n{done.stdout}{done.stderr}"
