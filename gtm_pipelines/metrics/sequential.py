"""Evidence that one arm is answered more than another, which holds however often one looks.

The anytime-valid logrank test: J. ter Schure, M. F. Pérez-Ortiz, A. Ly and P. Grünwald,
New England Journal of Statistics in Data Science 2 (2024) 190-214, doi 10.51387/24-NEJSDS65.
When somebody answers, the arms alike in effect, it is the first arm's person with the
chance of its share of all who could still answer; were it answered ``ratio`` times as
often, with a greater one. The likelihood of every ratio against a ratio of 1, mixed over
a prior, is a martingale where there is no difference, so the chance that it ever reaches
``1 / error`` is at most ``error`` (Ville 1939): one may look after every mail, and stop.
Answers counted together between two looks are drawn without replacement, which spreads
less than the binomial used here (Hoeffding, JASA 58 (1963) 13-30, theorem 4): the test
then errs on the side of saying nothing. The ratios not refused so far are an interval
that holds at every look at once.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

ERROR = 0.05
"""Chance of ever calling arms different, in either direction, that are alike; over all arms of an experiment together."""

SPREAD = math.log(2)
"""Standard deviation of the prior of the logarithm of the ratio: two of three true effects lie between half and double."""

_STEP, _REACH = 0.02, 160
"""Ratios from 1/24.5 to 24.5, 2 % apart."""


def grid() -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return the logarithms of the ratios looked at, and those of their prior weights, which sum to 1."""
    import numpy as np

    ratios = np.arange(-_REACH, _REACH + 1) * _STEP
    weights = np.exp(-0.5 * (ratios / SPREAD) ** 2)
    return ratios, np.log(weights / weights.sum())


class Watch:
    """Watches two arms look by look; many pairs of arms at once where counts are arrays.

    Args:
        error: chance of a false alarm over all looks, in either direction.
        shape: of the counts; empty for one pair of arms.
    """

    def __init__(self, error: float = ERROR, shape: tuple[int, ...] = ()) -> None:
        import numpy as np

        self._threshold = -math.log(error)
        self._ratios, self._prior = grid()
        self._likelihood = np.zeros((*shape, len(self._ratios)))
        self._low = np.zeros(shape, dtype=int)
        self._high = np.full(shape, len(self._ratios) - 1)
        self.verdict = np.zeros(shape, dtype=int)

    def add(self, at_risk: Any, other_at_risk: Any, events: Any, other_events: Any) -> None:
        """Take in what happened in one stratum since the last look.

        Args:
            at_risk: people of the arm who could have answered.
            other_at_risk: people of the reference who could.
            events: those of the arm who did.
            other_events: those of the reference who did.
        """
        import numpy as np

        risk, both = np.asarray(at_risk, dtype=float), np.asarray(events, dtype=float) + other_events
        share = risk / np.maximum(risk + other_at_risk, 1)
        scale = np.log1p(share[..., None] * np.expm1(self._ratios))
        self._likelihood += np.asarray(events, dtype=float)[..., None] * self._ratios - both[..., None] * scale

    def look(self) -> Any:
        """Return 1 where the arm has been found better so far, -1 where worse, else 0; a finding stands."""
        import numpy as np

        inside = self.evidence[..., None] - self._likelihood < self._threshold
        low, high = inside.argmax(-1), inside.shape[-1] - 1 - inside[..., ::-1].argmax(-1)
        overlap = (np.maximum(low, self._low) <= np.minimum(high, self._high)) & inside.any(-1)
        self._low = np.where(overlap, np.maximum(low, self._low), self._low)
        self._high = np.where(overlap, np.minimum(high, self._high), self._high)
        found = np.where(inside[..., _REACH], 0, np.where(low > _REACH, 1, -1))
        self.verdict = np.where(self.verdict == 0, found, self.verdict)
        return self.verdict

    @property
    def evidence(self) -> Any:
        """Logarithm of how many times likelier the answers are under the prior than under no difference."""
        import numpy as np

        weighed = self._likelihood + self._prior
        most = weighed.max(-1)
        return most + np.log(np.exp(weighed - most[..., None]).sum(-1))

    @property
    def ratio(self) -> tuple[float, float | None]:
        """How many times as often the arm is answered, at least and at most, over all looks; no end where none is known."""
        low, high = int(self._low), int(self._high)
        last = len(self._ratios) - 1
        return (
            0.0 if low == 0 else math.exp(self._ratios[low - 1]),
            None if high == last else math.exp(self._ratios[high + 1]),
        )
