"""What a test needs from outside the project, and what happens where it is missing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NoReturn

import pytest

ON_CI = os.environ.get("CI") == "true"
ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


def missing_part(what: str, remedy: str) -> NoReturn:
    """Skip with the remedy, or fail where every part must be there."""
    text = f"{what} not found. {remedy}"
    if ON_CI:
        pytest.fail(text)
    pytest.skip(text)


def corpora(folder: str) -> Path:
    """Return a folder of test data that lies beside the checkout."""
    path = SHARED / "corpora" / folder
    if not path.exists():
        missing_part(f"Test data '{folder}'", "It is not part of the project; tests that need it run in CI.")
    return path
