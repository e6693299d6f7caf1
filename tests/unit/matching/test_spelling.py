"""Spellings of one name are heard as one; different names are not."""

from __future__ import annotations

import pytest

from gtm_pipelines.matching.spelling import alike, digits, sound, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Яндекс", "Yandex"),
        ("Сергей", "Sergey"),
        ("Юрий", "Yuri"),
        ("Дмитрий", "Dmitry"),
        ("Екатерина", "Yekaterina"),
        ("Юлия", "Julia"),
        ("Тинькофф", "Tinkoff"),
        ("Müller", "Muller"),
    ],
)
def test_two_alphabets_sound_alike(one: str, other: str) -> None:
    assert sound(one) == sound(other)


@pytest.mark.parametrize(("one", "other"), [("Anna", "Olga"), ("Siemens", "Bosch"), ("Иванов", "Петров")])
def test_other_names_sound_otherwise(one: str, other: str) -> None:
    assert sound(one) != sound(other)


def test_words_lose_signs_and_case() -> None:
    assert words("L’Oréal & Co. (France)") == ["loreal", "co", "france"]


@pytest.mark.parametrize(
    ("text", "kept"), [("+7 (495) 111-22-33", "951112233"), ("8 495 111 22 33", "951112233"), ("12-34", None)]
)
def test_a_telephone_number_keeps_what_every_notation_keeps(text: str, kept: str | None) -> None:
    assert digits(text) == kept


def test_numbers_are_alike_when_one_digit_differs_and_words_by_degrees() -> None:
    assert alike("194011", "194012") == 0.9
    assert alike("12", "13") == 0.0
    assert alike("microsoft", "microsfot") > 0.9
