"""How easily a text is read: Flesch's formula, with the figures that fit the language.

English: R. Flesch, A new readability yardstick, 1948. Russian: I. Oborneva's adaptation, 2006, as ``textstat`` has it.
From 100, very easy, down to 0 and below; business English is read well from about 40.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_END = re.compile(r"[.!?…]+(?=\s|$)|\n{2,}|(?<=[:;])\s*\n")
_VOWELS_RU = frozenset("аеёиоуыэюя")
_GROUPS = re.compile("[aeiouy]+")
_FIGURES = {"en": (206.835, 1.015, 84.6), "ru": (206.835, 1.3, 60.1)}
LEAST_WORDS = 30
"""Of fewer words no score is worth anything."""


@dataclass(frozen=True)
class Reading:
    """What a text's sentences and words are like; ``ease`` is ``None`` where it is too short to tell."""

    words: int
    sentences: int
    longest: int
    ease: float | None


def measure(text: str, language: str) -> Reading:
    """Measure a text.

    Args:
        text: prose, without greeting and footer where they matter little.
        language: ``en`` or ``ru``; other languages have no ease.
    """
    sentences = [found for part in _END.split(text) if (found := _WORD.findall(part))]
    words = [word for sentence in sentences for word in sentence]
    longest = max(map(len, sentences), default=0)
    if len(words) < LEAST_WORDS or language not in _FIGURES:
        return Reading(len(words), len(sentences), longest, None)
    base, per_sentence, per_word = _FIGURES[language]
    syllables = sum(map(_syllables, words))
    ease = base - per_sentence * len(words) / len(sentences) - per_word * syllables / len(words)
    return Reading(len(words), len(sentences), longest, round(ease, 1))


def _syllables(word: str) -> int:
    low = word.lower()
    russian = sum(letter in _VOWELS_RU for letter in low)
    if russian:
        return russian
    silent = low.endswith("e") and not low.endswith(("le", "ee", "ie")) and len(low) > 2
    return max(1, len(_GROUPS.findall(low)) - silent)
