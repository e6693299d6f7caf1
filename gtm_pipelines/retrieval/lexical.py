"""BM25 over arrays: postings of terms in pieces, ready to be mapped from a file, with room for later pieces beside it.

The formula is that of Lucene: Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and
Beyond", 2009, with the part of the term's frequency kept and that of its rarity worked out at the question,
so that pieces added later count in it at once. Terms are kept as 64-bit digests: no word of a text lies on the disk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from math import log

import numpy as np
from numpy.typing import NDArray

K1 = 1.2
"""How soon a term's repetition stops to count; the usual value, Lucene's default."""
B = 0.75
"""How much a long piece's terms count less; likewise."""


@dataclass(frozen=True)
class Postings:
    """Which terms stand in which pieces of one part of the index.

    Attributes:
        terms: digests of the terms, ascending.
        starts: where each term's postings begin in ``pieces`` and ``weights``; one more at the end.
        pieces: numbers of pieces within this part.
        weights: how much the term counts in the piece, 0 to 1.
        size: pieces in this part.
        length: mean number of terms in a piece that the weights were worked out with.
    """

    terms: NDArray[np.uint64]
    starts: NDArray[np.int64]
    pieces: NDArray[np.int32]
    weights: NDArray[np.float32]
    size: int
    length: float

    def of(self, term: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Return the pieces with a term, and how much it counts in each."""
        place = int(np.searchsorted(self.terms, np.uint64(term)))
        if place >= len(self.terms) or int(self.terms[place]) != term:
            return self.pieces[:0], self.weights[:0]
        part = slice(int(self.starts[place]), int(self.starts[place + 1]))
        return self.pieces[part], self.weights[part]


def digest_of(term: str) -> int:
    """Return the number that a term is kept under."""
    return int.from_bytes(blake2b(term.encode(), digest_size=8).digest(), "little")


def build(documents: Iterable[Sequence[str]], length: float | None = None) -> Postings:
    """Return the postings of pieces given as their terms.

    Args:
        documents: for each piece, its terms.
        length: the mean number of terms to weigh with; that of these pieces by default.
    """
    numbers: dict[str, int] = {}
    ids: list[int] = []
    frequencies: list[int] = []
    sizes: list[int] = []
    lengths: list[int] = []
    for terms in documents:
        counted = Counter(terms)
        ids.extend(numbers.setdefault(term, len(numbers)) for term in counted)
        frequencies.extend(counted.values())
        sizes.append(len(counted))
        lengths.append(len(terms))
    long = np.asarray(lengths, np.float32)
    mean = length or float(long.mean() if len(long) else 0.0) or 1.0
    pieces = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    often = np.asarray(frequencies, np.float32)
    weights = often / (often + K1 * (1 - B + B * long[pieces] / mean)) if len(pieces) else often
    digests = np.fromiter((digest_of(term) for term in numbers), np.uint64, len(numbers))
    order = np.argsort(digests, kind="stable")
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    of_term = place[np.asarray(ids, np.int64)]
    sorted_by = np.argsort(of_term, kind="stable")
    starts = np.zeros(len(order) + 1, np.int64)
    np.cumsum(np.bincount(of_term, minlength=len(order)), out=starts[1:])
    return Postings(digests[order], starts, pieces[sorted_by], weights[sorted_by].astype(np.float32), len(sizes), mean)


def scores(parts: Sequence[Postings], question: Sequence[str], cover: float = 0.0) -> NDArray[np.float32]:
    """Return what each piece of all parts, one after another, scores for a question's terms; nought where none stands.

    Args:
        parts: the parts of the index.
        question: the terms.
        cover: share of the question that a piece must hold to score at all, its terms weighed by their rarity; a term
            that stands nowhere weighs as the others do on average.
    """
    total = sum(part.size for part in parts)
    found, held = np.zeros(total, np.float32), np.zeros(total, np.float32)
    asked = list(dict.fromkeys(question))
    rarities = []
    for term in asked:
        standing = [part.of(digest_of(term)) for part in parts]
        known = sum(len(pieces) for pieces, _ in standing)
        if not known:
            continue
        rarity = np.float32(log(1 + (total - known + 0.5) / (known + 0.5)))
        rarities.append(rarity)
        start = 0
        for part, (pieces, weights) in zip(parts, standing, strict=True):
            found[start : start + part.size][pieces] += rarity * weights
            held[start : start + part.size][pieces] += rarity
            start += part.size
    if cover and rarities:
        found[held < cover * len(asked) * np.mean(rarities)] = 0
    return found
