"""Two thousand campaigns with a known truth, looked at after every batch."""

from __future__ import annotations

import pytest

from gtm_pipelines.metrics.intervals import arm_size
from gtm_pipelines.metrics.power import curve
from tests.benchmarks.experiments import play

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("rates", [(0.02, 0.02), (0.05, 0.05), (0.03, 0.03, 0.03, 0.03)])
@pytest.mark.parametrize("life", [{}, {"delay": 0.5, "drift": 0.5}], ids=["steady", "late answers, good and bad weeks"])
def test_without_a_difference_at_most_one_in_twenty_is_ever_called_better(
    rates: tuple[float, ...], life: dict[str, float]
) -> None:
    found = play(rates, **life)  # type: ignore[arg-type]
    assert found.better <= 0.05
    assert found.better + found.worse <= 0.05
    assert found.peeking > 0.10, "the same looks with a test for one look would not be wrong often: the trial is too easy"


@pytest.mark.parametrize(("low", "high"), [(0.02, 0.04), (0.03, 0.06), (0.05, 0.10)])
def test_a_doubling_is_found_as_often_as_computed(low: float, high: float) -> None:
    looks = -(-(arm_size(low, high) or 0) * 3 // 2 // 50)
    found = play((low, high), looks=looks)
    told = curve(high, low, 50, 50, looks)
    assert told[-1] > 0.7
    for look in range(looks // 3, looks):
        assert found.by_look[look] == pytest.approx(told[look], abs=0.05)
    assert found.worse < 0.005
