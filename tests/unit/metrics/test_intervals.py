"""Intervals against published values and each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm_pipelines.metrics.intervals import arm_size, difference, wilson


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        # R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_agrees_with_the_published_table(successes: int, trials: int, low: float, high: float) -> None:
    assert wilson(successes, trials) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        # R. G. Newcombe, Statistics in Medicine 17 (1998) 873-890, table II, method 10
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 20), 0.6791, 1.0000),
    ],
)
def test_the_difference_agrees_with_the_published_table(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
) -> None:
    assert difference(*first, *second) == pytest.approx((low, high), abs=5e-5)


def test_nothing_is_known_without_trials() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert difference(0, 0, 3, 10) == (-1.0, 1.0)


@pytest.mark.parametrize(("successes", "trials"), [(-1, 5), (6, 5), (1, 0)])
def test_more_successes_than_trials_are_refused(successes: int, trials: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        wilson(successes, trials)


@given(st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_share_lies_in_its_interval(counts: tuple[int, int]) -> None:
    successes, trials = counts
    low, high = wilson(successes, trials)
    assert 0 <= low <= successes / trials <= high <= 1
    assert low < high


@given(st.integers(0, 50), st.integers(50, 5_000))
def test_more_of_the_same_is_surer(successes: int, trials: int) -> None:
    low, high = wilson(successes, trials)
    surer_low, surer_high = wilson(successes * 4, trials * 4)
    assert surer_high - surer_low < high - low


def test_an_arm_needs_the_number_of_the_textbook() -> None:
    # two-sided 5 %, power 80 %: 10 % against 15 % wants 686 an arm
    assert arm_size(0.10, 0.15) == 686
    assert arm_size(0.15, 0.10) == 686
    assert arm_size(0.04, 0.04) is None
