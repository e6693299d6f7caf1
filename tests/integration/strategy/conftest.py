"""Rooms of a strategy service, closed after the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.record.engine import Record
from tests.integration.strategy.parts import Room, room

Open = Callable[..., Room]


@pytest.fixture
def opened(record: Record, clock: VirtualClock) -> Iterator[Open]:
    """Open a service over the saved pages of a site, of some kinds or all."""
    rooms: list[Room] = []

    def over(site: str = "harbourline", *kinds: str) -> Room:
        rooms.append(room(record, clock, site, *kinds))
        return rooms[-1]

    yield over
    for each in rooms:
        each.llm.close()


@pytest.fixture
def written(opened: Open) -> Room:
    """A service with the strategy 'Spring', all of whose documents are written."""
    bench = opened()
    bench.service.new("Spring", "https://harbourline.test", by="anna")
    bench.service.run("Spring", by="anna")
    return bench
