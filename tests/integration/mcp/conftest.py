"""One filled workbench for every test of the server for AI tools."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from gtm_pipelines.workbench import Workbench
from tests.mcp_parts import filled, places_in


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """A workbench with two people written to, one of whom answered."""
    opened = filled(tmp_path_factory.mktemp("mcp"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def places(bench: Workbench) -> dict[str, Any]:
    """What stands for the words in capitals in ``TOOLS``."""
    return places_in(bench)
