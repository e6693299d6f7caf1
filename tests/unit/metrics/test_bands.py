"""Figures of others lie on a chart as shares, with their ends where they have two."""

from __future__ import annotations

from gtm_pipelines.metrics.benchmarks import bands
from gtm_pipelines.metrics.model import Benchmark


def benchmark(metric: str, low: float | None, value: float | None, high: float | None, unit: str = "percent") -> Benchmark:
    return Benchmark(metric, "all", low, value, high, unit, "sent", "", "somebody", "2026", "low")


def test_a_range_is_a_stripe_and_a_figure_a_line() -> None:
    known = [benchmark("reply_rate", None, 3.4, None), benchmark("positive_reply_rate", 1, None, 5)]
    (line,), (stripe,) = bands(known, "reply_rate"), bands(known, "positive_reply_rate")
    assert (line.low, line.high) == (0.034, 0.034)
    assert (stripe.low, stripe.high) == (0.01, 0.05)


def test_what_is_no_share_is_not_drawn() -> None:
    assert bands([benchmark("reply_rate", 30, None, 50, unit="emails per day")], "reply_rate") == ()
