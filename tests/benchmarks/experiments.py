"""Plays experiments with a known truth: how often the read-out is wrong, and how often it finds what is there.

.venv/bin/python -m tests.benchmarks.experiments
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from gtm_pipelines.metrics.intervals import arm_size
from gtm_pipelines.metrics.power import curve
from gtm_pipelines.metrics.sequential import ERROR, Watch


@dataclass(frozen=True)
class Played:
    """Shares of campaigns in which any arm was ever found better or worse than the reference, and the looks it took."""

    better: float
    worse: float
    by_look: list[float]
    peeking: float


def play(
    rates: tuple[float, ...],
    *,
    campaigns: int = 2_000,
    batch: int = 50,
    looks: int = 40,
    seed: int = 1,
    delay: float = 0.0,
    drift: float = 0.0,
) -> Played:
    """Play campaigns whose first arm is the reference, with a look after every batch of an arm.

    Args:
        rates: true share of positive answers of each arm.
        batch: people that join each arm between two looks.
        delay: share of answers that come one look later, as they do in life.
        drift: by how much the rate of all arms swings over time, as a share of it.
    """
    coin = np.random.default_rng(seed)
    share = ERROR / (len(rates) - 1)
    watches = [Watch(share, (campaigns,)) for _ in rates[1:]]
    people, answered = np.zeros(len(rates)), np.zeros((len(rates), campaigns))
    late = np.zeros((len(rates), campaigns))
    naive, found = np.zeros(campaigns, dtype=bool), []
    for look in range(looks):
        swing = 1 + drift * np.sin(look)
        people += batch
        fresh = np.array([coin.binomial(batch, rate * swing, campaigns) for rate in rates])
        held = coin.binomial(fresh, delay)
        events = fresh - held + late
        late = held
        for place, watch in enumerate(watches, start=1):
            watch.add(people[place] - answered[place], people[0] - answered[0], events[place], events[0])
            watch.look()
        answered += events
        naive |= _once(answered, people)
        found.append(float(np.mean(np.any([w.verdict == 1 for w in watches], axis=0))))
    worse = float(np.mean(np.any([w.verdict == -1 for w in watches], axis=0)))
    return Played(found[-1], worse, found, float(naive.mean()))


def _once(answered: Any, people: Any) -> Any:
    """Whether a test meant for one look, at 5 %, calls any arm better now."""
    rates = answered / people[:, None]
    pooled = (answered[1:] + answered[0]) / (people[1:] + people[0])[:, None]
    error = np.sqrt(np.maximum(pooled * (1 - pooled), 1e-12) * (1 / people[1:] + 1 / people[0])[:, None])
    return ((rates[1:] - rates[0]) / error > 1.959964).any(axis=0)


def main() -> None:
    """Print what the changelog cites."""
    start = time.perf_counter()
    for rates in ((0.02, 0.02), (0.05, 0.05), (0.03,) * 4):
        for extra in ({}, {"delay": 0.5, "drift": 0.5}):
            found = play(rates, **extra)
            print(f"no difference, {rates} {extra}: better {found.better:.2%}, worse {found.worse:.2%}; "
                  f"a plain test after every batch {found.peeking:.1%}")  # fmt: skip
    for low, high in ((0.02, 0.04), (0.03, 0.06), (0.05, 0.10)):
        looks = -(-(arm_size(low, high) or 0) * 3 // 2 // 50)
        found = play((low, high), looks=looks)
        told = curve(high, low, 50, 50, looks)[-1]
        print(f"{low:.0%} doubled, {looks * 50} an arm: found {found.better:.1%}, computed {told:.1%}, "
              f"in half of them by {50 * (1 + next((i for i, f in enumerate(found.by_look) if f >= 0.5), looks))}")  # fmt: skip
    print(f"{time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
