"""Which of two job titles says more: a later list must not replace a full title by a short form of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from gtm_pipelines.intake.normalise.titles import function_of, seniority_of
from gtm_pipelines.intake.normalise.words import folded

_SMALL = frozenset("of the and for in at a an to по и в на с за".split())
_PASSING = re.compile(
    r"\b(former|formerly|ex|interim|acting|retired|incoming|until|designate|deputy|associate|assistant|junior"
    r"|бывш\w*|экс|врио|и о|исполняющ\w*|зам|заместител\w*|младш\w*)\b"
)
"""Words that a title loses when its owner's place changes: without them it says something else, not less."""
_SHORTEST = 3
"""Least letters of a word cut short, such as ``ген`` of ``генеральный``; two may begin anything."""


@lru_cache(maxsize=10_000)
def adds_nothing(new: str, old: str) -> bool:
    """Tell whether a title is a shorter form of one that is known.

    So it is if it names no other function or seniority and each of its words stands in the
    known title, is one of its words cut short, or the initials of some: ``CTO`` adds nothing to
    ``Chief Technology Officer, EMEA``, but ``CTO`` says something else than ``Former CTO``.
    """
    words, known = folded(new).split(), folded(old).split()
    if not words or _PASSING.search(folded(old)) or not (_agrees(function_of, new, old) and _agrees(seniority_of, new, old)):
        return False
    telling = [word for word in known if word not in _SMALL]
    return len(new) < len(old) and all(word in _SMALL or _stands(word, telling) for word in words)


def _agrees(code_of: Callable[[str], str | None], new: str, old: str) -> bool:
    found = code_of(new)
    return found is None or found == code_of(old)


def _stands(word: str, known: list[str]) -> bool:
    """Whether a word is one of ``known``, the beginning of one, or the initials of some in a row."""
    if any(other == word or (len(word) >= _SHORTEST and other.startswith(word)) for other in known):
        return True
    initials = "".join(other[0] for other in known)
    return len(word) > 1 and word in initials
