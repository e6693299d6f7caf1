"""How often, and how soon, an experiment that is looked at after every batch finds a difference that is there.

Computed, not simulated: the counts of positive answers of both arms walk over a lattice,
a binomial step a batch, and whoever crosses the bound of ``sequential`` is taken out and
counted. Its only liberty is that the share of those who could still answer is taken for
what it is on average.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gtm_pipelines.errors import InputError
from gtm_pipelines.metrics.intervals import arm_size
from gtm_pipelines.metrics.sequential import ERROR, grid

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

LOOKS = 50
_COARSE = 4
"""Ratios 8 % apart are enough to see where the bound lies."""
_MOST = 400_000
"""People in the smaller arm beyond which a plan is not worth making."""


@dataclass(frozen=True)
class Plan:
    """What an experiment needs, looked at about fifty times on the way.

    Attributes:
        rate: share of positive answers in the reference arm.
        lift: how many times as many the other arm shall have.
        power: chance of finding that.
        error: chance of a false finding, over all looks, arms and both directions.
        arm: people each compared arm needs, delivered.
        reference: people the reference arm needs, delivered.
        total: people all arms need.
        typical: people all arms have by when half of such experiments are over.
        fixed: people all arms would need under one single look at the end.
        monthly: messages delivered a month; 0 where there will be none, ``None`` where nothing is known of it.
        months: how long that takes at ``monthly`` messages a month; ``None`` without them.
    """

    rate: float
    lift: float
    power: float
    error: float
    arm: int
    reference: int
    total: int
    typical: int
    fixed: int
    monthly: int | None
    months: float | None


def plan(
    rate: float,
    lift: float,
    *,
    power: float = 0.8,
    arms: int = 2,
    reference_share: float | None = None,
    error: float = ERROR,
    monthly: int | None = None,
) -> Plan:
    """Return how many people an experiment needs.

    Args:
        rate: expected share of positive answers in the reference arm.
        lift: how many times as many another arm shall have, such as 2.
        power: wanted chance of finding it.
        arms: arms in all, the reference included.
        reference_share: share of people in the reference arm; the same as the others if absent.
        error: chance of a false finding over all arms.
        monthly: messages delivered a month.

    Raises:
        InputError: a figure makes no sense, or more people would be needed than anybody has.
    """
    own = reference_share if reference_share is not None else 1 / arms if arms else 0
    wrong = not (0 < rate < 1 and 0 < rate * lift < 1 and lift != 1 and 0.05 <= power <= 0.99 and arms >= 2 and 0 < own < 1)
    if wrong:
        raise InputError(
            "A plan wants a rate between 0 and 1, a lift other than 1 that leaves the rate below 1, a power between 0.05 "
            "and 0.99, and two arms or more."
        )
    each, share = (1 - own) / (arms - 1), error / (arms - 1)
    people = 3 * (arm_size(rate, rate * lift) or 1) / min(own, each)
    while people * min(own, each) <= _MOST:
        sizes = max(1, round(people * each / LOOKS)), max(1, round(people * own / LOOKS))
        found = curve(rate * lift, rate, *sizes, LOOKS, share, better=lift > 1)
        if found[-1] >= power:
            enough, half = (1 + next(i for i, f in enumerate(found) if f >= goal) for goal in (power, min(power, 0.5)))
            return _planned((rate, lift, power, error), arms, sizes, (enough, half), monthly)
        people *= 2
    raise InputError(f"Such a difference would want more than {_MOST:,} people an arm. Look for a bigger one.")


def _planned(
    asked: tuple[float, float, float, float], arms: int, sizes: tuple[int, int], looks: tuple[int, int], monthly: int | None
) -> Plan:
    rate, lift, power, error = asked
    batch = sizes[0] * (arms - 1) + sizes[1]
    total, fixed = looks[0] * batch, (arm_size(rate, rate * lift) or 0) * arms
    months = total / monthly if monthly else None
    return Plan(
        rate, lift, power, error, looks[0] * sizes[0], looks[0] * sizes[1], total, looks[1] * batch, fixed, monthly, months
    )


def curve(
    rate: float, other_rate: float, batch: int, other_batch: int, looks: int, error: float = ERROR, *, better: bool = True
) -> list[float]:
    """Return, for each look, the chance that the arm has been found better (or worse) by then.

    Args:
        rate: true share of positive answers in the arm.
        other_rate: the same in the reference.
        batch: people that join the arm between two looks.
        other_batch: people that join the reference.
        looks: how many looks.
        error: chance of a false finding of this comparison.
        better: count findings of better, else of worse.
    """
    import numpy as np

    share = _share(rate, other_rate, batch, other_batch, looks)
    rows, columns = _reach(rate, batch, looks), _reach(other_rate, other_batch, looks)
    bounds = _bounds(rows, columns, share, error)
    found, wanted = [0.0], 1 if better else -1
    where, before, other_before = np.ones((1, 1)), (0, 1), (0, 1)
    for (low, high), (other_low, other_high) in zip(rows, columns, strict=True):
        where = _steps(rate, batch, before, (low, high)).T @ where
        where = where @ _steps(other_rate, other_batch, other_before, (other_low, other_high))
        here = bounds[low:high, other_low:other_high]
        found.append(found[-1] + float(where[here == wanted].sum()))
        where[here != 0] = 0.0
        before, other_before = (low, high), (other_low, other_high)
    return found[1:]


def _share(rate: float, other_rate: float, batch: int, other_batch: int, looks: int) -> float:
    """Return the arm's share of those who could still answer, on average over the looks: those answered before have left."""
    left = 1 - sum(1 / look for look in range(1, looks + 1)) / looks
    risk, other_risk = batch * (1 - left * rate), other_batch * (1 - left * other_rate)
    return risk / (risk + other_risk)


def _reach(rate: float, batch: int, looks: int) -> list[tuple[int, int]]:
    """Return, for each look, the counts there may be, but for one case in a thousand million."""
    spread = [6 * math.sqrt(rate * batch * look) + 6 for look in range(1, looks + 1)]
    means = [rate * batch * look for look in range(1, looks + 1)]
    return [(max(0, math.floor(mean - wide)), math.ceil(mean + wide)) for mean, wide in zip(means, spread, strict=True)]


def _bounds(rows: list[tuple[int, int]], columns: list[tuple[int, int]], share: float, error: float) -> Array:
    """Return 1 where so many answers of each arm say better, -1 where worse, else 0; only where a look may find them."""
    import numpy as np

    ratios, prior = (part[::_COARSE] for part in grid())
    prior = prior + math.log(_COARSE)
    scale = np.log1p(share * np.expm1(ratios))
    found = np.zeros((rows[-1][1], columns[-1][1]), dtype=np.int8)
    for mine in range(rows[-1][1]):
        looks = [place for place, (low, high) in enumerate(rows) if low <= mine < high]
        other = np.arange(columns[looks[0]][0], columns[looks[-1]][1])
        weighed = prior + mine * ratios - (mine + other)[:, None] * scale
        most = weighed.max(1)
        crossed = most + np.log(np.exp(weighed - most[:, None]).sum(1)) >= -math.log(error)
        found[mine, other] = np.where(crossed, np.where(mine * (1 - share) > other * share, 1, -1), 0)
    return found


def _steps(rate: float, batch: int, before: tuple[int, int], after: tuple[int, int]) -> Array:
    """Return the chance of passing with one batch from each count ``before`` to each ``after``."""
    import numpy as np

    gained = np.arange(after[0], after[1])[None, :] - np.arange(before[0], before[1])[:, None]
    chances = [
        math.lgamma(batch + 1)
        - math.lgamma(k + 1)
        - math.lgamma(batch - k + 1)
        + k * math.log(rate)
        + (batch - k) * math.log1p(-rate)
        for k in range(batch + 1)
    ]
    possible = (gained >= 0) & (gained <= batch)
    return np.where(possible, np.exp(np.array(chances))[np.clip(gained, 0, batch)], 0.0)
