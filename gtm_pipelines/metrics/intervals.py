"""Intervals of shares, and how many messages a comparison needs. Pure arithmetic."""

from __future__ import annotations

import math

Z_95 = 1.959963984540054
"""Two-sided 95 % quantile of the normal distribution."""

Z_POWER_80 = 0.8416212335729143
"""Quantile for a power of 80 %."""


def wilson(successes: int, trials: int, z: float = Z_95) -> tuple[float, float]:
    """Return the Wilson score interval of a share, from 0 to 1.

    E. B. Wilson, JASA 22 (1927) 209-212; recommended for small counts by Brown, Cai
    and DasGupta, Statistical Science 16 (2001) 101-133. Without trials nothing is
    known: (0, 1).

    Raises:
        ValueError: ``successes`` is not between 0 and ``trials``.
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} of {trials} is no share")
    if trials == 0:
        return 0.0, 1.0
    share = successes / trials
    scale = 1 + z * z / trials
    centre = (share + z * z / (2 * trials)) / scale
    half = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials)) / scale
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == trials else min(1.0, centre + half)
    return low, high


def difference(successes: int, trials: int, other_successes: int, other_trials: int, z: float = Z_95) -> tuple[float, float]:
    """Return the interval of the first share less the second, 95 % unless ``z`` says otherwise.

    Hybrid score interval, method 10 of R. G. Newcombe, Statistics in Medicine 17
    (1998) 873-890. Without trials on either side nothing is known: (-1, 1).
    """
    if trials == 0 or other_trials == 0:
        return -1.0, 1.0
    first, second = successes / trials, other_successes / other_trials
    first_low, first_high = wilson(successes, trials, z)
    second_low, second_high = wilson(other_successes, other_trials, z)
    gap = first - second
    return (
        max(-1.0, gap - math.hypot(first - first_low, second_high - second)),
        min(1.0, gap + math.hypot(first_high - first, second - second_low)),
    )


def arm_size(first: float, second: float) -> int | None:
    """Return how many trials each arm needs to tell two shares apart, 95 % sure with 80 % power.

    J. L. Fleiss, Statistical Methods for Rates and Proportions, 2nd ed., formula 3.14
    without continuity correction. ``None`` where the shares are equal: no number would do.
    """
    if first == second:
        return None
    mean = (first + second) / 2
    spread = Z_95 * math.sqrt(2 * mean * (1 - mean))
    spread += Z_POWER_80 * math.sqrt(first * (1 - first) + second * (1 - second))
    return math.ceil(spread * spread / (first - second) ** 2)
