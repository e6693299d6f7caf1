"""Sets one arm of an experiment beside another and says whether the difference can be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gtm_pipelines.metrics.intervals import arm_size, difference

Verdict = Literal["not_enough_data", "undecided", "better", "worse"]


@dataclass(frozen=True)
class Comparison:
    """One arm less another, in shares.

    Attributes:
        difference: share of the arm less share of the other; ``None`` while either has no messages.
        low: lower end of the 95 % interval of the difference.
        high: upper end of it.
        enough: both arms have reached the floor.
        needed: about how many more messages each arm wants before the difference, if it
            is as large as it looks, can be told with 95 % confidence and 80 % power;
            0 once it is told, ``None`` where the arms are alike and no number would do.
    """

    difference: float | None
    low: float
    high: float
    enough: bool
    needed: int | None
    verdict: Verdict


def compare(positive: int, delivered: int, other_positive: int, other_delivered: int, floor: int) -> Comparison:
    """Compare an arm with the reference.

    Args:
        positive: messages of the arm that were answered with interest.
        delivered: messages of the arm that arrived.
        other_positive: the same of the reference.
        other_delivered: the same of the reference.
        floor: delivered messages below which an arm is not judged.
    """
    low, high = difference(positive, delivered, other_positive, other_delivered)
    smaller = min(delivered, other_delivered)
    gap = positive / delivered - other_positive / other_delivered if smaller else None
    if smaller < floor:
        return Comparison(gap, low, high, False, floor - smaller, "not_enough_data")
    if low > 0:
        return Comparison(gap, low, high, True, 0, "better")
    if high < 0:
        return Comparison(gap, low, high, True, 0, "worse")
    size = arm_size(positive / delivered, other_positive / other_delivered) if smaller else None
    return Comparison(gap, low, high, True, None if size is None else max(1, size - smaller), "undecided")
