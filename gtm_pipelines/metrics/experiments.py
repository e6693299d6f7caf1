"""Sets one arm of an experiment beside another and says whether the difference can be told."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from gtm_pipelines.metrics.bayes import chance_better
from gtm_pipelines.metrics.intervals import difference
from gtm_pipelines.metrics.sequential import ERROR, Watch

Verdict = Literal["reference", "not_enough_data", "undecided", "better", "worse"]
_FOUND: dict[int, Verdict] = {0: "undecided", 1: "better", -1: "worse"}
ALIKE = 100_000
"""More people than this an arm, and no number would do: the arms are as good as alike."""


class Step(NamedTuple):
    """What happened in two arms on one day, in one stratum such as a campaign."""

    day: date | None
    stratum: str
    entered: int
    other_entered: int
    events: int
    other_events: int


class Tally(NamedTuple):
    """People of an arm: of ``whole``, ``part`` did it."""

    part: int
    whole: int

    @property
    def rate(self) -> float:
        """The share; 0 while there is nobody."""
        return self.part / self.whole if self.whole else 0.0


@dataclass(frozen=True)
class Watched:
    """What watching two arms day by day came to.

    Attributes:
        ratio_low: how many times as often the arm did it, at least, whenever one looks.
        ratio_high: at most; ``None`` while no end is known.
        decided_on: the day from which the verdict stands.
        evidence: logarithm of how many times likelier a difference is than none.
        intervals: the ratio as known on each day.
    """

    verdict: Verdict
    ratio_low: float
    ratio_high: float | None
    decided_on: date | None
    evidence: float
    intervals: tuple[tuple[date | None, float, float | None], ...]


@dataclass(frozen=True)
class Comparison:
    """One arm less another, in shares.

    Attributes:
        difference: share of the arm less share of the other; ``None`` while either has nobody.
        low: lower end of the 95 % interval of the difference, for one look.
        high: upper end of it.
        chance: probability that the arm's share is the greater, under the stated prior.
        enough: both arms have reached the floor.
        needed: about how many more people the arm wants before the difference, if it is as
            large as it looks, can be told; 0 once it is told, ``None`` where the arms are
            alike and no number would do.
    """

    difference: float | None
    low: float
    high: float
    chance: float
    enough: bool
    needed: int | None
    verdict: Verdict
    watched: Watched


def watch(steps: Iterable[Step], error: float = ERROR) -> Watched:
    """Watch two arms over their days, in order; whoever did it leaves those who could.

    Args:
        steps: what happened, any order; days of several strata are one look.
        error: chance of a false finding over all days.
    """
    held, decided, intervals = Watch(error), None, []
    risk: dict[str, tuple[int, int]] = {}
    ordered = sorted(steps, key=lambda step: (step.day or date.min, step.stratum))
    for place, step in enumerate(ordered):
        mine, other = risk.get(step.stratum, (0, 0))
        mine, other = mine + step.entered, other + step.other_entered
        held.add(mine, other, step.events, step.other_events)
        risk[step.stratum] = mine - step.events, other - step.other_events
        if place + 1 < len(ordered) and ordered[place + 1].day == step.day:
            continue
        if held.look() != 0 and decided is None:
            decided = step
        intervals.append((step.day, *held.ratio))
    verdict = _FOUND[int(held.verdict)]
    return Watched(verdict, *held.ratio, decided.day if decided else None, float(held.evidence), tuple(intervals))


def compare(arm: Tally, other: Tally, steps: Sequence[Step], floor: int, error: float = ERROR) -> Comparison:
    """Compare an arm with the reference.

    Args:
        arm: people of the arm who were delivered to, and those who answered with interest.
        other: the same of the reference.
        steps: the same, day by day.
        floor: people delivered to below which an arm is not judged.
        error: chance of a false finding of this comparison.
    """
    low, high = difference(*arm, *other)
    smaller, watched = min(arm.whole, other.whole), watch(steps, error)
    enough = smaller >= floor
    missing = more(arm, other, watched.evidence, error) if watched.verdict == "undecided" else 0
    return Comparison(
        difference=arm.rate - other.rate if smaller else None,
        low=low,
        high=high,
        chance=chance_better(*arm, *other),
        enough=enough,
        needed=missing if enough else floor - smaller,
        verdict=watched.verdict if enough else "not_enough_data",
        watched=watched,
    )


def more(arm: Tally, other: Tally, evidence: float, error: float) -> int | None:
    """Return about how many more people the arm wants until the evidence suffices.

    A. Wald, Annals of Mathematical Statistics 16 (1945) 117-186: what is missing over what
    one more person adds on average, if the shares are what they look like now; less what
    it costs that the ratio itself must be learnt, half the logarithm of the people (Laplace).
    """
    share = arm.whole / max(1, arm.whole + other.whole)
    answers = share * arm.rate + (1 - share) * other.rate
    if not arm.whole or arm.rate == other.rate:
        return None
    mine = share * arm.rate / answers
    gain = sum(p * math.log(p / q) for p, q in ((mine, share), (1 - mine, 1 - share)) if p)
    wanted = 0.0
    for _ in range(10):
        learnt = math.log1p(wanted / arm.whole) / 2
        wanted = share * (-math.log(error) - evidence + learnt) / (answers * gain)
    return max(1, math.ceil(wanted)) if wanted <= ALIKE else None
