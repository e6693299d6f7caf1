"""Agreement of a judge with people, and how sure it is. Pure arithmetic, seeded.

Cohen's kappa (Educational and Psychological Measurement 20, 1960) with a bootstrap interval over its 2x2 table; the area
under the ROC curve with the interval of Hanley and McNeil (Radiology 143, 1982); shares with Wilson's (JASA 22, 1927).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Z = 1.959963984540054
RESAMPLES, SEED = 2_000, 20_260_101
WANTED_HALF_WIDTH = 0.2
"""A kappa is told to about this much either way; with less it could be anything between poor and good."""


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Bin:
    """Drafts whose score lies between two bounds, and the share of them that people took as they were."""

    low: float
    high: float
    drafts: int
    mean: float
    share: Estimate


def wilson(hits: int, trials: int) -> Estimate:
    """Return a share with Wilson's interval; without trials nothing is known."""
    if trials == 0:
        return Estimate(math.nan, 0.0, 1.0)
    share, scale = hits / trials, 1 + Z * Z / trials
    centre = (share + Z * Z / (2 * trials)) / scale
    half = Z * math.sqrt(share * (1 - share) / trials + Z * Z / (4 * trials * trials)) / scale
    return Estimate(share, max(0.0, centre - half), min(1.0, centre + half))


def kappa(pairs: Sequence[tuple[bool, bool]]) -> Estimate | None:
    """Return Cohen's kappa of two verdicts on each draft; ``None`` where one of them never differs."""
    import numpy as np

    cells = np.array([sum(pair == (a, b) for pair in pairs) for a in (True, False) for b in (True, False)])
    value = _kappa(*cells.tolist())
    if value is None:
        return None
    drawn = np.random.Generator(np.random.PCG64(SEED)).multinomial(len(pairs), cells / len(pairs), size=RESAMPLES)
    found = sorted(one for row in drawn.tolist() if (one := _kappa(*row)) is not None)
    return Estimate(value, found[int(0.025 * len(found))], found[min(len(found) - 1, int(0.975 * len(found)))])


def _kappa(both: float, first: float, second: float, neither: float) -> float | None:
    total = both + first + second + neither
    chance = ((both + first) * (both + second) + (neither + first) * (neither + second)) / total**2
    return None if chance >= 1 else ((both + neither) / total - chance) / (1 - chance)


def auc(scores: Sequence[float], truths: Sequence[bool]) -> Estimate | None:
    """Return how often a draft that people took scores above one that they did not; ``None`` without both."""
    good = sum(truths)
    bad = len(truths) - good
    if not good or not bad:
        return None
    ranks = _ranks(scores)
    area = (sum(rank for rank, truth in zip(ranks, truths, strict=True) if truth) - good * (good + 1) / 2) / (good * bad)
    q1, q2 = area / (2 - area), 2 * area * area / (1 + area)
    spread = area * (1 - area) + (good - 1) * (q1 - area**2) + (bad - 1) * (q2 - area**2)
    half = Z * math.sqrt(max(0.0, spread) / (good * bad))
    return Estimate(area, max(0.0, area - half), min(1.0, area + half))


def _ranks(scores: Sequence[float]) -> list[float]:
    order = sorted(range(len(scores)), key=lambda place: scores[place])
    ranks, at = [0.0] * len(scores), 0
    while at < len(order):
        after = at
        while after < len(order) and scores[order[after]] == scores[order[at]]:
            after += 1
        for place in order[at:after]:
            ranks[place] = (at + after + 1) / 2
        at = after
    return ranks


def bins(scores: Sequence[float], truths: Sequence[bool], count: int = 5) -> tuple[Bin, ...]:
    """Return how a score bears on what people took, in bins of equal width; empty ones are left out."""
    found = []
    for number in range(count):
        low, high = number / count, (number + 1) / count
        inside = [(s, t) for s, t in zip(scores, truths, strict=True) if low <= s < high or (number == count - 1 and s == 1.0)]
        if inside:
            share = wilson(sum(truth for _, truth in inside), len(inside))
            found.append(Bin(low, high, len(inside), sum(score for score, _ in inside) / len(inside), share))
    return tuple(found)


def wanted(pairs: Sequence[tuple[bool, bool]], floor: int) -> int:
    """Return about how many more decided drafts tell kappa to ``WANTED_HALF_WIDTH``, and at least ``floor`` in all.

    By the large-sample error of kappa, sqrt(po (1 - po) / n) / (1 - pe), at the agreement seen so far.
    """
    total = len(pairs)
    if total < floor:
        return floor - total
    same = sum(one == other for one, other in pairs) / total
    first, second = sum(one for one, _ in pairs) / total, sum(other for _, other in pairs) / total
    chance = first * second + (1 - first) * (1 - second)
    if chance >= 1:
        return floor
    needed = (Z / WANTED_HALF_WIDTH) ** 2 * same * (1 - same) / (1 - chance) ** 2
    return max(0, math.ceil(needed) - total)
