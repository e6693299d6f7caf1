"""Puts orders of the same pieces together by rank, and finds the words of a piece that speak to the question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gtm_pipelines.retrieval.cut import sentences
from gtm_pipelines.retrieval.model import RRF_K
from gtm_pipelines.retrieval.words import spans

LONGEST_QUOTE = 300
"""Characters of a quote that people still read."""


def fused(orders: Mapping[str, Sequence[int]], weights: Mapping[str, float], k: float = RRF_K) -> list[tuple[int, float]]:
    """Return items with their fused score, best first; 1 for one that leads every order.

    Reciprocal rank fusion: an item counts 1 / (k + rank) in each order that holds it, times the order's weight.
    """
    scores: dict[int, float] = {}
    for name, order in orders.items():
        for rank, item in enumerate(order, start=1):
            scores[item] = scores.get(item, 0.0) + weights[name] / (k + rank)
    most = sum(weights[name] for name, order in orders.items() if order) / (k + 1)
    return sorted(((item, score / most) for item, score in scores.items()), key=lambda pair: (-pair[1], pair[0]))


def best_span(text: str, question: Sequence[str]) -> tuple[int, int]:
    """Return where the sentence with most of a question's words stands; the first where none has any."""
    wanted = set(question)
    where = sentences(text) or [(0, len(text))]
    found = [({term for term, *_ in spans(text[start:end])} & wanted, start, end) for start, end in where]
    _, start, end = max(found, key=lambda one: (len(one[0]), -one[1]))
    if end - start <= LONGEST_QUOTE:
        return start, end
    hits = [(first, last) for term, first, last in spans(text[start:end]) if term in wanted] or [(0, 0)]
    begin = max(start, min(start + hits[0][0] - LONGEST_QUOTE // 4, end - LONGEST_QUOTE))
    return begin, begin + LONGEST_QUOTE
