"""Texts are cut where a reader would pause, and nothing of them is lost."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gtm_pipelines.retrieval.cut import OVERLAP, SIZE, pieces, sentences


def shown(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


def test_a_short_text_is_one_piece_and_nothing_is_none() -> None:
    assert pieces("We make pumps. They last.") == ["We make pumps. They last."]
    assert pieces(" \n ") == pieces("") == []


def test_sentences_end_where_they_end_in_both_languages() -> None:
    assert shown("Acme Inc. makes pumps. Ask Mr. Lee! Why?") == ["Acme Inc. makes pumps.", "Ask Mr. Lee!", "Why?"]
    assert shown("Завод в г. Тула, ул. Мира. Выручка 3 млн. руб. за год… Растём!") == [
        "Завод в г. Тула, ул. Мира.",
        "Выручка 3 млн. руб. за год…",
        "Растём!",
    ]
    assert shown("О нас\nМы пишем код") == ["О нас", "Мы пишем код"]


def test_a_piece_ends_with_a_sentence_and_the_next_begins_with_it_again() -> None:
    text = " ".join(f"Sentence number {n} says something of its own about pumps." for n in range(40))
    found = pieces(text)
    assert len(found) > 2
    assert all(piece.endswith("pumps.") and piece.startswith("Sentence") for piece in found)
    for one, following in pairwise(found):
        assert one.rpartition("Sentence")[2] == following[len("Sentence") :].partition("Sentence")[0].rstrip()


def test_a_sentence_longer_than_a_piece_is_cut_at_a_space() -> None:
    found = pieces("слово " * 500)
    assert all(len(piece) <= SIZE and set(piece.split()) == {"слово"} for piece in found)


TEXTS = st.lists(
    st.one_of(
        st.text("абвabc123.!? \n«»\"'", max_size=80), st.sampled_from(["Acme Ltd. ", "г. Тула. ", "\n\n", "x" * 900, "Да! "])
    ),
    max_size=60,
).map("".join)


@given(TEXTS)
def test_every_letter_is_in_some_piece_in_order_and_no_piece_is_too_long(text: str) -> None:
    found = pieces(text)
    assert all(0 < len(piece) <= SIZE and piece == piece.strip() for piece in found)
    place = 0
    for piece in found:
        follows = next((at for at in range(place, len(text)) if not text[at].isspace()), len(text))
        starts = [at for at in range(max(place - OVERLAP, 0), follows + 1) if text.startswith(piece, at)]
        assert starts, "something between two pieces is lost"
        place = starts[-1] + len(piece)
    assert not text[place:].strip()
