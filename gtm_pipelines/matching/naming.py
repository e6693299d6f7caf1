"""Names of companies taken apart: the words that tell, those that may be lacking, the legal form, and what is no name at all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from gtm_pipelines.matching.namewords import ARTICLES, BEFORE, EMPTY, FORMER, FORMS, LEADING, NOTATION, SAYS, SHORT, WEAK
from gtm_pipelines.matching.spelling import latin, words
from gtm_pipelines.matching.weigh import SPELT_OTHERWISE, closeness

_ELISION = re.compile(r"\b[ld]['’]\s*(?=\w)|\(\s*[ld]['’]\s*\)", re.I)
_POSSESSIVE = re.compile(r"['’](?=s\b|\s|$)", re.I)
_ACRONYM = re.compile(r"\b(\w)(?:\.\ ?|\ ?[&+]\ ?)(?=\w\b)")
_TOKEN = re.compile(r"([^\W_]+)(\.?)")
_LONGEST_NAME = 90
CUT_OFF = 0.8
"""Share of the weight of a word that its beginning keeps, from six letters on: ``STMICROEL`` of a field too short."""


class Naming(NamedTuple):
    """A name taken apart.

    Attributes:
        strong: the words people know the company by, in their order.
        weak: words such as Group or Holding, in full.
        form: family of the legal form, if the name has one.
        cut: those of the words that are written with a full stop, as abbreviations are.
    """

    strong: tuple[str, ...]
    weak: tuple[str, ...]
    form: str | None
    cut: tuple[str, ...]

    @property
    def joined(self) -> str:
        """The telling words without spaces, so that ``face book`` is ``facebook``."""
        return "".join(self.strong)


def naming(name: str) -> Naming:
    """Take a name apart; one that is nothing but notation or weak words keeps what it has as its telling words."""
    spelt = _ACRONYM.sub(r"\1", _POSSESSIVE.sub("", _ELISION.sub("", name)))
    stripped = NOTATION.sub(" ", NOTATION.sub(" ", spelt))
    return _taken_apart(stripped if words(stripped) else spelt)


def namings(name: str, description: str | None) -> tuple[Naming, ...]:
    """Return the names a company goes by: its own, the former one it mentions, the one its description opens with."""
    now, *former = FORMER.split(name, maxsplit=1)
    found = [naming(now or name), *(naming(other) for other in former if words(other))]
    told = opening_name(description)
    if told is not None and _anchored(told, found[0]):
        found.append(told)
    kept: dict[tuple[str, ...], Naming] = {}
    for one in found:
        kept.setdefault((*one.strong, "|", *one.weak), one)
    return tuple(kept.values())


def opening_name(description: str | None) -> Naming | None:
    """Return the name that a description opens with: ``Acme Rockets GmbH`` of ``Acme Rockets GmbH builds ...``."""
    found = SAYS.search(description or "", 2, _LONGEST_NAME)
    if found is None or description is None:
        return None
    opening = description[: found.start()]
    return naming(opening) if words(opening) and len(words(opening)) <= 9 else None


def _anchored(told: Naming, own: Naming) -> bool:
    """Whether a description speaks of the company itself, which it may spell out, and not of another."""
    return any(closeness(told.strong[0], word) for word in own.strong) and told.strong != own.strong


def _taken_apart(text: str) -> Naming:
    tokens = [(latin(word), bool(dot)) for word, dot in _TOKEN.findall(text)]
    full = [SHORT.get(word, word) for word, _ in tokens]
    forms = [place for place, word in enumerate(full) if word in FORMS and (place or word in BEFORE)]
    told = [place for place, word in enumerate(full) if place not in forms and not _empty(word, cut=tokens[place][1])]
    strong = [place for place in told if full[place] not in WEAK or (place == told[0] and full[place] not in LEADING)]
    if any(len(full[place]) > 2 for place in strong):
        strong = [p for p in strong if len(full[p]) > 1 or p == strong[0] or full[p].isdigit() or tokens[p][1]]
    strong = _unrepeated(full, strong) or told or list(range(len(full)))
    weak = tuple(dict.fromkeys(full[place] for place in told if place not in strong and full[place] in WEAK))
    cut = tuple(full[place] for place in told if tokens[place][1])
    return Naming(tuple(full[place] for place in strong), weak, FORMS[full[forms[-1]]] if forms else None, cut)


def _empty(word: str, *, cut: bool) -> bool:
    """Whether a word says nothing; an article with a full stop is the beginning of another word."""
    return word in EMPTY and not (cut and word in ARTICLES)


def _unrepeated(full: list[str], strong: list[int]) -> list[int]:
    """Leave out a second beginning of the name, as where a long and a cut name stand in one cell."""
    for start in range(1, len(strong)):
        again, head = "".join(full[p] for p in strong[start:]), "".join(full[p] for p in strong[:start])
        if len(again) >= 4 and head.startswith(again):
            return strong[:start]
    return strong


def share(left: str, right: str, cut: Iterable[str]) -> float:
    """Return how much of a word's weight two words of names share, abbreviations among them (0 to 1)."""
    if any(c.isdigit() for c in left) or any(c.isdigit() for c in right):
        return 1.0 if left == right else 0.0
    if min(len(left), len(right)) >= 4 and (told := closeness(left, right)):
        return CUT_OFF if told < CUT_OFF and _cut_off(left, right) else told
    short, long = (left, right) if len(left) <= len(right) else (right, left)
    if short == long:
        return 1.0
    if (short in cut or len(short) > 2) and long.startswith(short):
        return SPELT_OTHERWISE
    if short in cut and _letters_of(short, long):
        return SPELT_OTHERWISE
    return SPELT_OTHERWISE if 3 <= len(short) <= 5 < len(long) + 2 and _bones(short) and _letters_of(short, long) else 0.0


def _letters_of(short: str, long: str) -> bool:
    """Whether the letters of ``short`` stand in ``long`` in that order, the first ones first."""
    rest = iter(long)
    return short[0] == long[0] and all(letter in rest for letter in short)


def _cut_off(left: str, right: str) -> bool:
    short, long = sorted((left, right), key=len)
    return len(short) >= 6 and long.startswith(short)


def _bones(word: str) -> bool:
    """Whether a word lost its vowels, as ``mng`` for mining."""
    return not any(letter in "aeiouy" for letter in word[1:])
