"""How likely it is that one arm is better than another, given the counts and a stated prior."""

from __future__ import annotations

import math
from typing import NamedTuple


class Prior(NamedTuple):
    """A Beta prior of a share: as if ``yes`` of ``yes + no`` messages had been seen before."""

    yes: int
    no: int


PRIOR = Prior(1, 49)
"""2 % of mails answered with interest, held as loosely as 50 messages would: what others report lies
between 0.1 % and 5 % (data/reference/benchmarks.csv, positive_reply_rate)."""


def chance_better(positive: int, delivered: int, other_positive: int, other_delivered: int, prior: Prior = PRIOR) -> float:
    """Return the probability that the first share is the greater one, each Beta-Binomial under ``prior``.

    Exact, by the sum of J. D. Cook, Exact calculation of beta inequalities, UT MD Anderson
    technical report 54 (2005), as E. Miller, Formulas for Bayesian A/B testing (2015), writes it.

    Raises:
        ValueError: more were positive than delivered.
    """
    if not (0 <= positive <= delivered and 0 <= other_positive <= other_delivered):
        raise ValueError("more positive than delivered")
    yes, no = positive + prior.yes, delivered - positive + prior.no
    other_yes, other_no = other_positive + prior.yes, other_delivered - other_positive + prior.no
    terms = (
        _log_beta(other_yes + i, no + other_no) - math.log(no + i) - _log_beta(1 + i, no) - _log_beta(other_yes, other_no)
        for i in range(yes)
    )
    return min(1.0, math.fsum(math.exp(term) for term in terms))


def _log_beta(first: float, second: float) -> float:
    return math.lgamma(first) + math.lgamma(second) - math.lgamma(first + second)
