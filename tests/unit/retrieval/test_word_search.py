"""Words are compared by stem in both languages, and scored as the well-known formula says."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm_pipelines.retrieval import lexical
from gtm_pipelines.retrieval.words import language_of, spans, terms


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("logistics companies", "Logistics company's"),
        ("грузовые перевозки", "грузовая перевозка"),
        ("ещё ёлки", "еще елка"),
        ("shipping грузов", "SHIPPED груз"),
    ],
)
def test_forms_of_a_word_are_one(one: str, other: str) -> None:
    assert terms(one) == terms(other) != []


def test_words_that_say_nothing_are_left_out() -> None:
    assert terms("who is the best of all, и кто из нас лучше") == terms("best all лучше")
    assert terms("1С, Битрикс24 & C++; 25 000") == ["1с", *terms("Битрикс24"), "c", "25", "000"]


def test_places_of_words_are_those_in_the_text() -> None:
    text = "Our vans, ваши фургоны!"
    assert [text[start:end] for _, start, end in spans(text)] == ["vans", "фургоны"]


def test_stems_are_the_same_from_many_threads_at_once() -> None:
    words = [
        f"{stem}{end}" for stem in ("компани", "перевоз", "connect", "relat") for end in ("ями", "ки", "ions", "ing", "ional")
    ]
    words = [f"{word}{number}" for number in range(40) for word in words]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(terms, words))
    assert found == [terms(word) for word in words]


def test_the_language_of_a_text_is_that_of_most_letters() -> None:
    assert (language_of("Мы используем Salesforce и 1С"), language_of("We work in Москва")) == ("ru", "en")


def corpus(size: int, seed: int) -> list[list[str]]:
    rng = random.Random(seed)
    words = [f"w{n}" for n in range(300)]
    return [rng.choices(words, weights=[1 / (n + 1) for n in range(300)], k=rng.randint(1, 60)) for _ in range(size)]


def test_scores_are_those_of_a_well_known_implementation() -> None:
    import bm25s

    documents = corpus(400, seed=5)
    rival = bm25s.BM25(method="lucene", k1=lexical.K1, b=lexical.B)
    rival.index(documents, show_progress=False)
    ours = lexical.build(documents)
    for question in corpus(30, seed=6):
        known = [word for word in dict.fromkeys(question[:5]) if word in rival.vocab_dict]
        assert np.allclose(lexical.scores([ours], question[:5]), rival.get_scores(known), rtol=1e-4)


@given(st.integers(1, 59), st.integers(0, 10_000))
def test_pieces_added_later_are_scored_as_if_they_had_been_there(cut: int, seed: int) -> None:
    documents = corpus(60, seed)
    whole = lexical.build(documents)
    parts = [lexical.build(documents[:cut], whole.length), lexical.build(documents[cut:], whole.length)]
    question = documents[0][:4]
    assert np.allclose(lexical.scores(parts, question), lexical.scores([whole], question), rtol=1e-5)


def test_no_documents_and_no_words_score_nothing() -> None:
    assert lexical.scores([lexical.build([])], ["a"]).tolist() == []
    assert lexical.scores([lexical.build([[], ["a"]])], []).tolist() == [0.0, 0.0]
