"""A forecast of a month says how sure it is, and is as sure as it says."""

from __future__ import annotations

import random

import pytest

from gtm_pipelines.metrics.forecast import FEWEST, WINDOW, forecast


def test_with_less_than_a_week_nothing_is_told() -> None:
    assert forecast(5.0, [1.0] * (FEWEST - 1), 10) is None


def test_even_days_end_where_they_lead() -> None:
    found = forecast(10.0, [2.0] * 20, 5)
    assert found is not None
    assert (found.expected, found.low, found.high, found.days) == pytest.approx((20.0, 20.0, 20.0, 20))


def test_a_month_that_is_over_is_what_was_spent() -> None:
    found = forecast(10.0, [0.0, 9.0] * 10, 0)
    assert found is not None
    assert (found.low, found.expected, found.high) == (10.0, 10.0, 10.0)


def test_only_the_last_weeks_count() -> None:
    found = forecast(0.0, [100.0] * 50 + [1.0] * WINDOW, 3)
    assert found is not None
    assert found.expected == pytest.approx(3.0)


def test_the_same_past_gives_the_same_forecast() -> None:
    daily = [float(day % 5) for day in range(28)]
    assert forecast(3.0, daily, 9.5, seed=4) == forecast(3.0, daily, 9.5, seed=4)


def test_eight_months_in_ten_end_within_the_forecast() -> None:
    dice = random.Random(11)
    spend = lambda: dice.lognormvariate(0, 0.8) if dice.random() < 0.7 else 0.0  # noqa: E731
    held = 0
    for month in range(150):
        found = forecast(0.0, [spend() for _ in range(28)], 12, seed=month)
        assert found is not None
        held += found.low <= sum(spend() for _ in range(12)) <= found.high
    assert 0.68 <= held / 150 <= 0.92
