"""What somebody does and how much they decide, read from a job title in English or Russian.

Rules go by whole words and in order; the first that holds wins: assistants before the
chiefs they assist, vice presidents before presidents, sales engineers before engineers.
The words stand in ``title_words``.
"""

from __future__ import annotations

import re
from functools import lru_cache

from gtm_pipelines.intake.normalise.title_words import ASSISTANTS, BELOW, DEPUTIES, FUNCTIONS, SENIORITIES
from gtm_pipelines.intake.normalise.words import folded

_LONGEST = 200


@lru_cache(maxsize=100_000)
def function_of(title: str) -> str | None:
    """Return what somebody works on, one of ``title_words.FUNCTIONS``, or ``None`` where the title does not say."""
    text = _read(title)
    lists = _lists(text)
    if _found(ASSISTANTS, text, lists):
        return "administration"
    return next((code for code, words in FUNCTIONS.items() if _found(words, text, lists)), None)


@lru_cache(maxsize=100_000)
def seniority_of(title: str) -> str | None:
    """Return how much somebody decides, one of ``title_words.RANKS``.

    A title without a word of rank is an ``individual``'s; ``None`` where there is no title.
    """
    text = _read(title)
    lists = _lists(text)
    if not any(map(str.isalpha, text)):
        return None
    if _found(ASSISTANTS, text, lists):
        return "individual"
    if BELOW in lists:
        text = _pattern(BELOW).sub(" ", text)
    rank = next((code for code, words in SENIORITIES.items() if _found(words, text, lists)), "individual")
    return "vp" if rank == "c_level" and _found(DEPUTIES, text, lists) else rank


def _read(title: str) -> str:
    return folded(title[:_LONGEST].replace("&", " and ").replace("R and D", "research and development"))


def _found(words: str, text: str, lists: frozenset[str]) -> bool:
    return words in lists and _pattern(words).search(text) is not None


def _lists(text: str) -> frozenset[str]:
    """Return the lists of which a phrase may begin in ``text``; most titles need a look into two or three of them."""
    return frozenset().union(*map(_begun_by, text.split()))


@lru_cache(maxsize=50_000)
def _begun_by(word: str) -> frozenset[str]:
    return frozenset(words for words, first in _first_words() if first.fullmatch(word))


@lru_cache(maxsize=1)
def _first_words() -> tuple[tuple[str, re.Pattern[str]], ...]:
    lists = (ASSISTANTS, DEPUTIES, BELOW, *SENIORITIES.values(), *FUNCTIONS.values())
    return tuple((words, re.compile("|".join(_inner(phrase.split()[0]) for phrase in _phrases(words)))) for words in lists)


@lru_cache(maxsize=100)
def _pattern(words: str) -> re.Pattern[str]:
    """Compile a list of phrases; ``*`` stands for the rest of a word, ``^`` and ``$`` for the ends of the title."""
    return re.compile("|".join(map(_phrase, sorted(_phrases(words), key=len, reverse=True))))


def _phrases(words: str) -> list[str]:
    return [" ".join(phrase.split()) for phrase in words.split(",")]


def _phrase(phrase: str) -> str:
    return ("^" if phrase[0] == "^" else r"\b") + _inner(phrase) + ("$" if phrase[-1] == "$" else r"\b")


def _inner(phrase: str) -> str:
    return re.escape(phrase.strip("^$")).replace(r"\*", r"\w*").replace(r"\ ", " ")
