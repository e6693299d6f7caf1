"""Which of several groups can be told apart, and which only look different."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import NormalDist

from gtm_pipelines.metrics.intervals import difference
from gtm_pipelines.metrics.model import Measure

ERROR = 0.05
"""Chance that any pair at all is called apart where none is."""


@dataclass(frozen=True)
class Apart:
    """Two groups whose rates differ: ``higher`` less ``lower`` lies between ``low`` and ``high``, at the error shared by all."""

    higher: str
    lower: str
    low: float
    high: float


def told_apart(groups: Sequence[tuple[str, Measure]], error: float = ERROR) -> tuple[Apart, ...]:
    """Return the pairs that can be told apart, the widest gap first; groups below their floor are not compared.

    The error is shared by all pairs (Bonferroni: O. J. Dunn, JASA 56 (1961) 52-64), since of many segments two always look
    different. People who are in two groups make the groups alike, so that real differences are rather missed than invented.
    """
    judged = [(name, m) for name, m in groups if m.enough and m.denominator]
    pairs = list(combinations(judged, 2))
    if not pairs:
        return ()
    z = NormalDist().inv_cdf(1 - error / (2 * len(pairs)))
    found = []
    for (name, one), (other_name, other) in pairs:
        low, high = difference(one.numerator, one.denominator, other.numerator, other.denominator, z)
        if low > 0:
            found.append(Apart(name, other_name, low, high))
        elif high < 0:
            found.append(Apart(other_name, name, -high, -low))
    return tuple(sorted(found, key=lambda one: -one.low))
