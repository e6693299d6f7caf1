"""How alike two texts are, and how much work it was to make one of the other."""

from __future__ import annotations

import re
from collections import Counter

CHRF_ORDER = 6
"""Longest n-gram of chrF (Popović 2015, "chrF: character n-gram F-score for automatic MT evaluation")."""
CHRF_BETA = 2
"""How many times recall weighs more than precision: chrF2, the form that is usually reported."""
_WORD = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*")
_BLANK = re.compile(r"\s+")


def words(text: str) -> list[str]:
    """Return the words of a text in lower case, without punctuation."""
    return [found.lower() for found in _WORD.findall(text)]


def chrf(produced: str, wanted: str) -> float:
    """Return chrF2 of ``produced`` against ``wanted``, from 0 to 1; two empty texts are alike.

    Characters and not words: Russian inflects, and a right word in another case is nearly right.
    """
    left, right = _BLANK.sub("", produced), _BLANK.sub("", wanted)
    if not left or not right:
        return float(left == right)
    precisions, recalls = [], []
    for size in range(1, min(CHRF_ORDER, len(left), len(right)) + 1):
        mine, theirs = _grams(left, size), _grams(right, size)
        shared = (mine & theirs).total()
        precisions.append(shared / mine.total())
        recalls.append(shared / theirs.total())
    precision, recall = sum(precisions) / len(precisions), sum(recalls) / len(recalls)
    if not precision + recall:
        return 0.0
    weight = CHRF_BETA**2
    return (1 + weight) * precision * recall / (weight * precision + recall)


def effort(before: str, after: str) -> float:
    """Return the share of words that were taken out or put in, from 0 (none) to 1 (all).

    One minus twice the longest common subsequence of words over the words of both (normalised indel distance).
    """
    from rapidfuzz.distance import Indel

    return float(Indel.normalized_distance(words(before), words(after)))


def _grams(text: str, size: int) -> Counter[str]:
    return Counter(text[start : start + size] for start in range(len(text) - size + 1))
