"""Both clocks keep the same promise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gtm_pipelines.clock import Clock, SystemClock, VirtualClock

START = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize("clock", [SystemClock(), VirtualClock(START)])
def test_a_clock_tells_utc_and_sleeps_forward(clock: Clock) -> None:
    moment, span = clock.now(), clock.monotonic()
    clock.sleep(0.01)
    assert moment.utcoffset() == timedelta(0)
    assert clock.now() - moment >= timedelta(milliseconds=9)
    assert clock.monotonic() - span >= 0.009


def test_a_virtual_clock_moves_only_when_told() -> None:
    clock = VirtualClock(START)
    assert clock.now() == clock.now() == START
    clock.advance(hours=2, minutes=30)
    assert clock.now() == datetime(2026, 3, 4, 12, 30, tzinfo=UTC)
