"""What a month will have cost by its end, and how sure that is. Pure arithmetic."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

FEWEST = 7
"""Whole days that must be known: with fewer, not even every day of a week was seen."""
WINDOW = 28
"""Days that are looked back on: four whole weeks, so that each weekday weighs alike."""
DRAWS = 1000
SURE = 0.8


@dataclass(frozen=True)
class Forecast:
    """US dollars a month will have cost.

    Attributes:
        expected: the mean.
        low: below which it ends one time in ten.
        high: above which it ends one time in ten.
        days: on how many past days this rests.
    """

    expected: float
    low: float
    high: float
    days: int


def forecast(spent: float, daily: Sequence[float], left: float, seed: int = 0) -> Forecast | None:
    """Return how a month ends if its other days are like the past ones; ``None`` while too few are known.

    A bootstrap in two steps (B. Efron and R. Tibshirani, An Introduction to the Bootstrap, 1993, chapters 6 and 8): the past
    days are drawn anew, since they are a sample themselves, and the days to come are drawn from those.

    Args:
        spent: in the month so far.
        daily: of each whole day before today, oldest first, days without spending too.
        left: days of the month still to come; what is left of today is a part of one.
        seed: of the draws, so that the same past gives the same forecast.
    """
    past = list(daily)[-WINDOW:]
    if len(past) < FEWEST:
        return None
    whole, part = int(left), left - int(left)
    draw = random.Random(seed)  # noqa: S311 - reproducible, not secret
    ends = []
    for _ in range(DRAWS):
        seen = draw.choices(past, k=len(past))
        ends.append(spent + sum(draw.choices(seen, k=whole)) + part * draw.choice(seen))
    ends.sort()
    tail = (1 - SURE) / 2
    expected = spent + left * sum(past) / len(past)
    return Forecast(expected, ends[int(tail * DRAWS)], ends[int((1 - tail) * DRAWS) - 1], len(past))
