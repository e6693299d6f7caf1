"""Of many groups only those are called apart that are, whatever their rank."""

from __future__ import annotations

import random

from gtm_pipelines.metrics.apart import told_apart
from gtm_pipelines.metrics.model import Measure, measure


def rate(part: int, whole: int, floor: int = 100) -> Measure:
    return measure("reply_rate", part, whole, floor)


def test_overlapping_rates_are_not_ranked() -> None:
    assert told_apart([("a", rate(12, 200)), ("b", rate(18, 200))]) == ()


def test_a_plain_difference_is_told_with_its_size() -> None:
    (found,) = told_apart([("low", rate(4, 400)), ("high", rate(60, 400))])
    assert (found.higher, found.lower) == ("high", "low")
    assert 0 < found.low < 0.14 < found.high


def test_a_group_below_its_floor_is_not_compared() -> None:
    assert told_apart([("small", rate(50, 60)), ("large", rate(10, 1000))]) == ()


def test_what_two_groups_show_is_not_enough_among_twenty() -> None:
    pair = [("a", rate(10, 200)), ("b", rate(24, 200))]
    rest = [(f"c{number}", rate(16, 200)) for number in range(18)]
    assert len(told_apart(pair)) == 1
    assert told_apart([*pair, *rest]) == ()


def test_alike_groups_are_seldom_called_apart() -> None:
    dice = random.Random(5)
    wrong = 0
    for _ in range(100):
        groups = [(str(name), rate(sum(dice.random() < 0.06 for _ in range(150)), 150)) for name in range(5)]
        wrong += bool(told_apart(groups))
    assert wrong <= 9
