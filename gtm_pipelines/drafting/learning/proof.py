"""Whether a new version is better than the old one, on cases neither has seen: the same cases for both, in pairs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

RESAMPLES = 10_000
LEVEL = 0.95
LEAST_COMPANIES = 10
"""Fewer companies than this prove nothing: resampling so few makes intervals too narrow. Our choice."""
RULE = (
    f"better where the {LEVEL:.0%} interval of the mean difference, from a paired bootstrap over companies "
    f"({RESAMPLES:,} resamples), lies above zero, and there are at least {LEAST_COMPANIES} companies"
)
Verdict = Literal["better", "undecided", "worse", "not_enough_data"]


@dataclass(frozen=True)
class Pair:
    """One held-out case, scored with both versions. ``group`` is the company."""

    key: str
    group: str
    old: float
    new: float


@dataclass(frozen=True)
class Proof:
    """What the held-out cases say.

    Attributes:
        low: lower end of the interval of ``difference``; ``None`` where there was nothing to resample.
        needed: about how many more companies are wanted, where they were too few.
    """

    cases: int
    companies: int
    old: float | None
    new: float | None
    difference: float | None
    low: float | None
    high: float | None
    better: int
    worse: int
    verdict: Verdict
    needed: int = 0


def prove(pairs: Sequence[Pair], *, seed: int) -> Proof:
    """Compare two versions; companies, not mails, are resampled, as mails to one company are alike (Efron & Tibshirani 1993)."""
    import numpy as np

    groups: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        groups[pair.group].append(pair)
    if not pairs:
        return Proof(0, 0, None, None, None, None, None, 0, 0, "not_enough_data", LEAST_COMPANIES)
    sums = np.array([sum(pair.new - pair.old for pair in group) for _, group in sorted(groups.items())])
    sizes = np.array([len(group) for _, group in sorted(groups.items())])
    drawn = np.random.default_rng(seed).integers(0, len(sums), size=(RESAMPLES, len(sums)))
    means = sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    low, high = (float(end) for end in np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]))
    old, new = sum(pair.old for pair in pairs) / len(pairs), sum(pair.new for pair in pairs) / len(pairs)
    missing = max(0, LEAST_COMPANIES - len(groups))
    return Proof(
        cases=len(pairs), companies=len(groups), old=round(old, 6), new=round(new, 6), difference=round(new - old, 6),
        low=round(low, 6), high=round(high, 6), better=sum(pair.new > pair.old for pair in pairs),
        worse=sum(pair.new < pair.old for pair in pairs), needed=missing,
        verdict="not_enough_data" if missing else "better" if low > 0 else "worse" if high < 0 else "undecided",
    )  # fmt: skip
