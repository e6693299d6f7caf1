"""What two values of one field say, in binary logarithms of a likelihood ratio.

A shared value says the more the seldomer it is; a differing one says how seldom one
company or person is recorded in two ways. The weights for differing values are
rounded shares: -1 half as likely of one as of two, -3 an eighth, -6 a sixtieth.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from gtm_pipelines.matching.model import Reason
from gtm_pipelines.matching.spelling import alike, sound
from gtm_pipelines.matching.terms import Terms

ALIKE_FROM = 0.88
"""Jaro-Winkler similarity from which two words are taken for spellings of one (Winkler 1990 uses 0.88)."""
PLACE_FROM = 0.9
"""The same for whole values, such as names of places: ``Moscow`` and ``Москва``."""
SPELT_OTHERWISE = 0.6
"""Share of the weight of an equal word that a similar one keeps."""


def same_or_not(
    terms: Terms,
    field: str,
    left: str | None,
    right: str | None,
    *,
    usual: str,
    most: float,
    differing: float,
    spelt: bool = False,
) -> Iterator[Reason]:
    """Weigh two values that are the same or not; nothing where one is missing.

    Args:
        terms: how common the values are.
        field: of the list, named in the reason.
        left: value of the older row.
        right: value of the newer one.
        usual: kind of value, for how common it is where the list is small.
        most: most bits that sharing it may say, where sharing does not prove identity.
        differing: bits of differing, unless the list has told better.
        spelt: two spellings count too, as of a place; never of a key.
    """
    if not left or not right:
        return
    if left == right:
        yield Reason(field, left, right, min(most, max(0.0, terms.bits(field, left, usual=usual))), "same")
    elif spelt and not left.isdigit() and alike(sound(left), sound(right)) >= PLACE_FROM:
        yield Reason(field, left, right, SPELT_OTHERWISE * min(most, max(0.0, terms.bits(field, left, usual=usual))), "similar")
    else:
        yield Reason(field, left, right, terms.differing(field, differing), "different")


@lru_cache(maxsize=100_000)
def closeness(left: str, right: str) -> float:
    """Return how much of a word's weight two words share: 1 equal, 0.9 one sound, less for a likely misspelling, else 0."""
    if left == right:
        return 1.0
    if sound(left) == sound(right) and not left.isdigit():
        return 0.9
    shorter, longer = sorted((left, right), key=len)
    if len(shorter) >= 3 and longer.startswith(shorter) and not longer[len(shorter) :].isdigit():
        return SPELT_OTHERWISE
    if len(shorter) >= 3 and alike(sound(left), sound(right)) >= ALIKE_FROM:
        return SPELT_OTHERWISE
    return 0.0


def aligned(left: Sequence[str], right: Sequence[str]) -> tuple[list[tuple[str, str, float]], list[str], list[str]]:
    """Match the words of two names, equal ones first; return the matches and what is left over on each side."""
    matches = [(word, word, 1.0) for word in dict.fromkeys(left) if word in right]
    held = {word for word, _, _ in matches}
    over_left, over_right = [w for w in left if w not in held], [w for w in right if w not in held]
    for word in list(over_left):
        best = max(over_right, key=lambda other: closeness(word, other), default=None)
        if best is not None and (share := closeness(word, best)):
            matches.append((word, best, share))
            over_left.remove(word)
            over_right.remove(best)
    return matches, over_left, over_right
