"""What tests of figures share: a workbench that stands for a whole module, since measuring takes longer than reading."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.settings import load_settings
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.engines import ENGINES, lent_record


@pytest.fixture(scope="module", params=ENGINES)
def standing(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """A workbench on each engine that tests fill once and then only read."""
    home = tmp_path_factory.mktemp("standing") / "local"
    with lent_record(request, home) as url:
        clock = VirtualClock(datetime(2026, 3, 4, 10, 0, tzinfo=UTC))
        opened = open_workbench(load_settings(home=home, record_url=url), clock=clock)
        yield opened
        opened.close()
