"""How common a value is, and so how much it says when two rows share it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as plain_field
from functools import cached_property

from gtm_pipelines.matching.model import Reason, prior, probability, share_of

USUAL: Mapping[str, float] = {"first": 1 / 300, "last": 1 / 3_000, "country": 1 / 8, "city": 1 / 150, "state": 1 / 30,
                              "industry": 1 / 40, "word": 1 / 20_000, "generic": 1 / 40, "place": 1 / 500}  # fmt: skip
"""Share of all rows that hold an average value of a field, in a base nobody has seen. Orders of magnitude are enough:
the list's own counts outweigh them as soon as it has some thousand rows."""
FAMILIAR = 1_000
"""Rows whose worth of usual values is added to the list's own counts, so that ten rows do not set the frequencies."""
_RARE = 1 / 50_000
SURE_FROM = 0.9
RAREST = 1 / 500
"""Duplicates for each row that a list is taken to have at least."""
EXPECTED = 300
"""Rows' worth of one duplicate each that is added to what a list tells, so that a short list does not set it."""
_STEPS = 25
LEAST_SURE = 30
"""Sure pairs that a field needs before its own record of agreement is believed."""


@dataclass(frozen=True)
class Terms:
    """Counts of the values that more than one row holds.

    Attributes:
        rows: how many rows there are.
        counts: field → value → rows that hold it, where two or more do.
        agreement: field → share of surely the same pairs in which it agrees, where that was learnt.
        rarity: binary logarithm of how many duplicates there are for each row; 0 until it was learnt.
        repeats: field → chance that two rows picked blindly share a value of it.
    """

    rows: int
    counts: Mapping[str, Mapping[str, int]]
    agreement: Mapping[str, float] = plain_field(default_factory=dict)
    rarity: float = 0.0
    repeats: Mapping[str, float] = plain_field(default_factory=dict)

    def likely(self, reasons: Iterable[Reason]) -> float:
        """Return how likely a pair of this list is one."""
        return probability(self.rows, reasons, self.rarity)

    def count(self, field: str, value: str) -> int:
        """Return how many rows hold ``value``; one for what no second row holds."""
        return self.counts.get(field, {}).get(value, 1)

    def bits(self, field: str, value: str, *, usual: str | None = None) -> float:
        """Return the binary logarithm of how seldom ``value`` is."""
        key = (field, value, usual)
        if (known := self._told.get(key)) is None:
            known = self._told[key] = self._bits(field, value, usual)
        return known

    @cached_property
    def _told(self) -> dict[tuple[str, str, str | None], float]:
        """What was asked before: the same words come again with every pair."""
        return {}

    def _bits(self, field: str, value: str, usual: str | None) -> float:
        share = USUAL.get(usual or field, _RARE)
        return math.log2((self.rows + FAMILIAR) / (self.count(field, value) + share * FAMILIAR))

    def column_bits(self, field: str, value: str) -> float:
        """Return ``bits`` for a column nobody knows, whose usual values are as common as its own are."""
        share = max(self.repeats.get(field, 0.0), _RARE)
        return math.log2((self.rows + FAMILIAR) / (self.count(field, value) + share * FAMILIAR))

    def differing(self, field: str, usual: float) -> float:
        """Return what a difference in ``field`` weighs: ``usual`` until the list has told how often one and the same differs.

        Then the mean of both: the pairs it was learnt from are the cleaner ones.
        """
        agreed = self.agreement.get(field)
        return usual if agreed is None else (usual + max(-5.0, math.log2(1 - agreed))) / 2

    def learn(self, pairs: Iterable[Sequence[Reason]]) -> Terms:
        """Return these counts with the agreement of each field, learnt from pairs that are sure without it.

        One step of what Fellegi and Sunter's model is usually fitted with (expectation and
        maximisation), for differences only: a column of row numbers then speaks against nobody.
        """
        seen: Counter[str] = Counter()
        agreed: Counter[str] = Counter()
        for reasons in pairs:
            for left_out in reasons:
                if probability(self.rows, [r for r in reasons if r is not left_out]) >= SURE_FROM:
                    seen[left_out.field] += 1
                    agreed[left_out.field] += left_out.verdict != "different"
        learnt = {name: (agreed[name] + 1) / (count + 2) for name, count in seen.items() if count >= LEAST_SURE}
        return replace(self, agreement=learnt)

    def estimate(self, weights: Sequence[float], pairs: int) -> Terms:
        """Return these counts with the number of duplicates learnt from a sample of the pairs that share something.

        The share of the mixture that Fellegi and Sunter's model leaves to be estimated, by
        expectation and maximisation with the weights held: a list of few duplicates needs more
        evidence for each than one in which every second row is there twice.

        Args:
            weights: what speaks for and against each sampled pair, in bits.
            pairs: how many there are of which they are a sample.
        """
        if not weights:
            return self
        each, rarity = pairs / len(weights), 0.0
        for _ in range(_STEPS):
            found = each * sum(share_of(prior(self.rows) + rarity + weight) for weight in weights)
            rarity = math.log2(min(1.0, max(RAREST, (found + EXPECTED) / (self.rows + EXPECTED))))
        return replace(self, rarity=rarity)
