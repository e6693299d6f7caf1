"""Orders are fused by rank, and a quote is the sentence that speaks to the question."""

from __future__ import annotations

import pytest

from gtm_pipelines.retrieval.fuse import LONGEST_QUOTE, best_span, fused
from gtm_pipelines.retrieval.words import terms

EVEN = {"words": 1.0, "meaning": 1.0}


def test_what_both_ways_find_comes_before_what_one_finds() -> None:
    order = fused({"words": [1, 2, 3], "meaning": [4, 2, 5]}, EVEN)
    assert [item for item, _ in order] == [2, 1, 4, 3, 5]


def test_scores_are_those_of_the_paper_over_the_best_that_can_be() -> None:
    [(first, best), (second, score)] = fused({"words": [7, 8], "meaning": [7]}, EVEN)
    assert (first, best) == (7, pytest.approx(1.0))
    assert (second, score) == (8, pytest.approx((1 / 62) / (2 / 61)))


def test_one_way_alone_keeps_its_order() -> None:
    assert [item for item, _ in fused({"words": [3, 1, 2]}, EVEN)] == [3, 1, 2]
    assert fused({"words": [], "meaning": []}, EVEN) == []


def test_the_quote_is_the_sentence_with_most_of_the_words() -> None:
    text = "We were founded in 1990. Our vans are electric. Call us."
    start, end = best_span(text, terms("who has electric vans"))
    assert text[start:end] == "Our vans are electric."


def test_without_any_word_the_quote_is_how_the_text_begins() -> None:
    text = "Мы возим грузы. Звоните нам."
    start, end = best_span(text, terms("logistics"))
    assert text[start:end] == "Мы возим грузы."


def test_a_long_quote_is_cut_around_the_first_word() -> None:
    text = "слово " * 100 + "перевозки " + "слово " * 100
    start, end = best_span(text, terms("перевозка"))
    assert end - start == LONGEST_QUOTE
    assert "перевозки" in text[start:end]
