"""What a test needs from outside the project, and what happens where it is missing."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from types import ModuleType
from typing import NoReturn

import pytest

ON_CI = os.environ.get("CI") == "true"
ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
ONE_ENGINE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what costs seconds and is the same whichever engine keeps it: reading the web, learning, models that obey attackers."""


def missing_part(what: str, remedy: str) -> NoReturn:
    """Skip with the remedy, or fail where every part must be there."""
    text = f"{what} not found. {remedy}"
    if ON_CI:
        pytest.fail(text)
    pytest.skip(text)


def script(name: str) -> ModuleType:
    """Load a script of ``docs/``, which is no package."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def corpora(folder: str) -> Path:
    """Return a folder of test data that lies beside the checkout."""
    path = SHARED / "corpora" / folder
    if not path.exists():
        missing_part(f"Test data '{folder}'", "It is not part of the project; tests that need it run in CI.")
    return path
