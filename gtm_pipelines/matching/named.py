"""What two names of companies say about whether they are one, in binary logarithms of a likelihood ratio."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from gtm_pipelines.matching.model import BASE, Reason, Verdict
from gtm_pipelines.matching.namewords import REGIONS, WEAK
from gtm_pipelines.matching.naming import Naming, share
from gtm_pipelines.matching.spelling import alike, sound
from gtm_pipelines.matching.terms import Terms

OTHER_TELLING = -5.0
"""Bits of the seldomest word of a name that the other lacks."""
OTHER_WORD, OTHER_REGION = -3.0, -5.0
CLASH = -4.0
"""Bits of two names that each have a word the other lacks: funds of one house, firms of one town."""
OTHER_NUMBERS = -6.0
"""Bits of two different numbers: two branches, funds or papers."""
OTHER_FORM, SAME_FORM = -1.5, 2.5
BY_DESCRIPTION = -1.0
"""Bits that a name is worth less for standing in the description only."""
COMMON = 10.0
"""Bits under which one word alone is not a name: American, Pacific."""
SOUND_FROM = 4
"""Letters from which equal sound says something; ``T.T.`` and ``T`` sound alike too."""
EXPLAINED = 7.0
"""Bits that the equal words have to say before the others pass as abbreviations."""


def weigh_names(left: str, right: str, lefts: Sequence[Naming], rights: Sequence[Naming], terms: Terms) -> Iterator[Reason]:
    """Yield what the names say, by whichever of the names of both that are most alike.

    Args:
        left: the name of the older row as it is shown.
        right: that of the newer one.
        lefts: the names the older goes by, its own first.
        rights: those of the newer.
        terms: how common the words are.
    """
    best: tuple[float, Verdict] | None = None
    for one_place, one in enumerate(lefts):
        for other_place, other in enumerate(rights):
            weight, verdict = weigh_two(Naming(*one), Naming(*other), terms)
            weight += BY_DESCRIPTION * ((one_place > 0) + (other_place > 0))
            if best is None or weight > best[0]:
                best = weight, verdict
    if best is not None:
        yield Reason("name", left, right, *best)


def weigh_two(left: Naming, right: Naming, terms: Terms) -> tuple[float, Verdict]:
    """Return what two names say, and whether they are the same."""
    ceiling = math.log2(terms.rows + BASE)
    if left.joined == right.joined:
        return _same(left, right, terms, ceiling), "same"
    if _initials(left, right):
        return 5.0, "similar"
    if min(len(left.joined), len(right.joined)) >= SOUND_FROM and sound(left.joined) == sound(right.joined):
        return ceiling + 1 + _form(left, right) + _weak_words(left.weak, right.weak), "similar"
    weight = _similar(left, right, terms, ceiling)
    return weight, "similar" if weight > 0 else "different"


def _same(left: Naming, right: Naming, terms: Terms, ceiling: float) -> float:
    told = sum(word_bits(terms, word) for word in set(left.strong))
    generic = all(word in WEAK or len(word) < 2 for word in left.strong)
    common = len(left.strong) == 1 and told < COMMON and left.weak != right.weak
    floor = 0.0 if generic or common else ceiling + (3.5 if len(left.strong) > 1 else 3 if len(left.joined) > 4 else 1)
    weight = min(max(told, floor), ceiling + 7)
    return weight + _form(left, right) + _weak_words(left.weak, right.weak)


def _form(left: Naming, right: Naming) -> float:
    if left.form is None or right.form is None:
        return 0.0
    return SAME_FORM if left.form == right.form else OTHER_FORM


def _weak_words(left: Sequence[str], right: Sequence[str]) -> float:
    """Weigh words such as Group: shared they say a little, lacking almost nothing, and two different ones tell firms apart."""
    over_left, over_right = [w for w in left if w not in right], [w for w in right if w not in left]
    if over_left and over_right:
        return CLASH
    return -0.5 * (len(over_left) + len(over_right)) if over_left or over_right else float(bool(left))


def _similar(left: Naming, right: Naming, terms: Terms, ceiling: float) -> float:
    cut = {*left.cut, *right.cut}
    matches, over_left, over_right = _aligned((*left.strong, *left.weak), (*right.strong, *right.weak), cut)
    weight = sum(part * word_bits(terms, word) for word, _, part in matches)
    if not matches and alike(left.joined, right.joined) >= 0.93:
        weight = ceiling / 2
    clear = sum(word_bits(terms, word) for word, _, part in matches if part > 0.8)
    spare_left, spare_right = _spare(over_left), _spare(over_right)
    if clear >= EXPLAINED and not spare_left and not spare_right and left.strong[0] not in over_left:
        weight = max(weight, ceiling + 2)
    weight = min(weight, ceiling + 5) + _left_over(over_left, over_right) + _form(left, right)
    if spare_left and spare_right:
        weight += CLASH
    elif (spare_left and over_right) or (spare_right and over_left):
        weight += CLASH / 2
    return weight + sum(
        OTHER_TELLING for one, spare in ((left, spare_left), (right, spare_right)) if _telling(one, terms) in spare
    )


def _spare(words: Sequence[str]) -> list[str]:
    return [word for word in words if word not in WEAK and len(word) > 1]


def _telling(one: Naming, terms: Terms) -> str:
    """The seldomest word of a name, by which people know the company."""
    return max(one.strong, key=lambda word: (word_bits(terms, word), word))


def word_bits(terms: Terms, word: str) -> float:
    """Return what it says that two names share a word; next to nothing for letters and numbers."""
    if len(word) < 2 or word.isdigit():
        return 0.5
    return max(0.5, terms.bits("word", word, usual="generic" if word in WEAK else "word"))


def _left_over(left: Sequence[str], right: Sequence[str]) -> float:
    """Weigh the words that only one name has."""
    weight = 0.0
    for word in (*left, *right):
        weight -= (
            0.5 if word in WEAK or len(word) < 2 else 1 if word.isdigit() else -OTHER_REGION if word in REGIONS else -OTHER_WORD
        )
    numbered = [any(any(c.isdigit() for c in word) for word in words) for words in (left, right)]
    return weight + (OTHER_NUMBERS if all(numbered) else 0.0)


def _initials(left: Naming, right: Naming) -> bool:
    short, long = sorted((left.strong, right.strong), key=len)
    return len(short) == 1 and len(long) > 2 and short[0] == "".join(word[0] for word in long)


def _aligned(
    left: Sequence[str], right: Sequence[str], cut: set[str]
) -> tuple[list[tuple[str, str, float]], list[str], list[str]]:
    """Match the words of two names, equal ones first; return the matches and what is left over on each side."""
    matches = [(word, word, 1.0) for word in dict.fromkeys(left) if word in right]
    held = {word for word, _, _ in matches}
    over_left, over_right = [w for w in left if w not in held], [w for w in right if w not in held]
    for word in list(over_left):
        best = max(over_right, key=lambda other: share(word, other, cut), default=None)
        if best is not None and (part := share(word, best, cut)):
            matches.append((max(word, best, key=len), best, part))
            over_left.remove(word)
            over_right.remove(best)
    return matches, over_left, over_right
