"""A word in the forms in which it is compared: cases of Russian names, the English possessive, one name in two alphabets."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from gtm_pipelines.record.text import fold_text

_CYRILLIC = re.compile("[а-яёѐ-џ]", re.I)
_LATIN = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщъыьэюяё",
        "a b v g d e zh z i i k l m n o p r s t u f h c ch sh sch _ i _ e iu ia e".replace("_", "").split(" "),
        strict=True,
    )
)
_SOUNDS = (
    ("shch", "sch"), ("kh", "h"), ("ts", "c"), ("tz", "c"), ("cz", "ch"), ("ks", "x"), ("ph", "f"), ("th", "t"), ("w", "v"),
    ("ck", "k"), ("yo", "e"), ("ye", "e"), ("j", "i"), ("y", "i"), ("ii", "i"), ("q", "k"),
)  # fmt: skip
_parsing = threading.Lock()
"""The analyser keeps caches of its own; one thread at a time."""


@dataclass(frozen=True)
class Reading:
    """What a Russian word can be.

    Attributes:
        lemmas: its dictionary forms, every one that fits.
        tags: grammemes of the likeliest reading, such as ``Name``, ``Surn``, ``Geox``.
        any_tags: those of all likely readings.
        known: whether the dictionary has it.
        given: whether it is a given name by any reading, as ``Марта`` that may be a month.
    """

    lemmas: frozenset[str]
    tags: frozenset[str]
    any_tags: frozenset[str]
    known: bool
    given: bool = False


def is_cyrillic(text: str) -> bool:
    """Whether a text has Cyrillic letters."""
    return bool(_CYRILLIC.search(text))


@lru_cache(maxsize=1 << 16)
def read(word: str) -> Reading:
    """Return what a Russian word can be; case does not matter."""
    with _parsing:
        parses = _analyser().parse(word)
    lemmas = frozenset(str(one.normal_form).replace("ё", "е") for one in parses)
    likely = [one for one in parses if one.score >= LIKELY] or parses[:1]
    any_tags = frozenset(tag for one in likely for tag in one.tag.grammemes)
    given = any("Name" in one.tag for one in parses if one.is_known)
    return Reading(lemmas, _joined(parses), any_tags, bool(parses and parses[0].is_known), given)


LIKELY = 0.2
"""Below this a reading is not taken for meant; scores of all readings add up to one."""


def _joined(parses: list[Any]) -> frozenset[str]:
    """Return the grammemes of the dictionary form that has most of the score: cases of one word count together."""
    scores: dict[tuple[str, str], float] = {}
    tags: dict[tuple[str, str], frozenset[str]] = {}
    for one in parses:
        key = (one.normal_form, str(one.tag.POS))
        scores[key] = scores.get(key, 0.0) + one.score
        tags.setdefault(key, frozenset(one.tag.grammemes))
    return tags[max(scores, key=lambda key: scores[key])] if scores else frozenset()


@lru_cache(maxsize=1 << 16)
def forms(word: str) -> frozenset[str]:
    """Return the forms by which a word is the same as another."""
    folded = (fold_text(word) or "").replace("’", "'").strip("'.-")
    if not is_cyrillic(folded):
        bare = folded.removesuffix("'s").removesuffix("'")
        found = {folded, bare}
        if len(bare) > 4 and bare.endswith("s") and not bare.endswith("ss"):
            found.add(bare[:-1])
        return frozenset(found)
    found = {folded} | read(folded).lemmas
    for part in folded.split("-") if "-" in folded and not re.search(r"\d", folded) else ():
        found |= read(part).lemmas if part else frozenset()
    return frozenset(found)


@lru_cache(maxsize=1 << 16)
def sounds(word: str) -> frozenset[str]:
    """Return how a word sounds in Latin letters, for names that stand in one alphabet here and in the other there."""
    return frozenset(_sound(form) for form in forms(word) if len(form) > 1)


def _sound(form: str) -> str:
    latin = "".join(_LATIN.get(sign, sign) for sign in form)
    for written, one in _SOUNDS:
        latin = latin.replace(written, one)
    return re.sub(r"(.)\1", r"\1", latin)


@cache
def _analyser() -> Any:
    import pymorphy3

    return pymorphy3.MorphAnalyzer()
