"""What the texts that a draft may draw upon hold, in the form in which a draft's words are looked for."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from gtm_pipelines.drafting.checks.addresses import host, plain_link
from gtm_pipelines.drafting.checks.find import told
from gtm_pipelines.drafting.checks.forms import forms, is_cyrillic, sounds
from gtm_pipelines.drafting.checks.found import AMOUNTS, NAMES, Amount, Day, Found, sentence_at
from gtm_pipelines.drafting.checks.likeness import akin, stems
from gtm_pipelines.drafting.evidence import Evidence, Material

_WORD = re.compile(r"[^\W_]+(?:[’'&.+-](?=\w)\w+)*")
_SIGNS = str.maketrans("«»„“”‘’`–—−‑ё", '""""""' + "''" + "----е")
WINDOW = 3
"""Words of one name may stand so far apart in what carries it: a middle name, an initial."""
LEAST_STEMS = 2
LARGE = 1000
"""A number of this size may leave its currency out: ``380 million`` of a price that a fact tells in euros."""
ALLOWED, RECIPIENT = "allowed", "recipient"
OWN = ("sender.", "campaign.", "pack.")
"""Ids of what the sender says of themselves: it may bring in links and numbers to call."""
_HOMES = frozenset({"domain", "website", "email", "company.domain", "company.website", "contact.email"})


@dataclass(frozen=True)
class Carrier:
    """One text that may carry words of a draft.

    Attributes:
        id: of the evidence; ``allowed`` or ``recipient`` for texts that need none.
        own: the sender's own words.
    """

    id: str
    text: str
    own: bool = False
    home: bool = False

    def carries(self, one: Found) -> bool:
        """Whether this text tells what was found."""
        if one.kind in NAMES:
            return _has_name(self.text, one.words)
        if one.kind in AMOUNTS or one.kind == "date":
            return _any_same(one.values, _values(self.text))
        if one.kind == "quote":
            return bool(flat(one.text)) and flat(one.text) in flat(self.text)
        return self._leads(one)

    def speaks_of(self, one: Found, sentence: str) -> bool:
        """Whether the words around an amount here are akin to the sentence it stands in there.

        A bare value, such as a count in a field of its own, says too little to tell.
        """
        around = " ".join(sentence_at(self.text, found.start) for found in told(self.text) if _any_same(one.values, found.values))
        return len(stems(around)) < LEAST_STEMS or akin(sentence, around)

    def _leads(self, one: Found) -> bool:
        """Whether an address is the sender's own, or the recipient's home."""
        if not (self.own or self.home):
            return False
        there = {str(value) for found in told(self.text) if found.kind in ("link", "email", "phone") for value in found.values}
        if one.values & there:
            return True
        if self.home and one.kind == "link":
            return any(plain_link(one.text) == host(value) for value in (*there, self.text))
        return self.own and one.kind == "link" and any(plain_link(one.text) == host(value) for value in there)


def carriers(material: Material) -> list[Carrier]:
    """Return all that a draft may draw upon: evidence first, then what needs none."""
    found = [_of(one) for one in material.evidence]
    named = [one.text for one in material.evidence if one.field in ("first_name", "last_name", "full_name")]
    people = " ".join((*material.recipient, *named))
    return [*found, Carrier(RECIPIENT, people), *(Carrier(ALLOWED, text, own=True) for text in material.allowed)]


def _of(one: Evidence) -> Carrier:
    text = one.text if not one.span or one.span in one.text else f"{one.text}\n{one.span}"
    return Carrier(one.id, text, one.id.startswith(OWN), one.id in _HOMES or (one.field in _HOMES and one.id.startswith("fact:")))


def flat(text: str) -> str:
    """Return a text in the form in which quotations are compared: case, dashes, marks and gaps do not matter."""
    return " ".join(_flat(text).split()).strip(" .,;:!?\"'…")


@lru_cache(maxsize=8192)
def _flat(text: str) -> str:
    return text.lower().translate(_SIGNS)


@lru_cache(maxsize=8192)
def _values(text: str) -> frozenset[Amount | Day | str]:
    return frozenset(value for one in told(text) for value in one.values)


def _any_same(mine: Iterable[Amount | Day | str], theirs: Collection[Amount | Day | str]) -> bool:
    return any(_same(one, other) for one in mine for other in theirs)


def _same(mine: Amount | Day | str, theirs: Amount | Day | str) -> bool:
    if isinstance(mine, Day) and isinstance(theirs, Day):
        return mine.within(theirs)
    if isinstance(mine, Day) and isinstance(theirs, Amount):
        return mine == Day(year=int(theirs.value)) and not theirs.unit if theirs.value < 3000 else False
    if isinstance(mine, Amount) and isinstance(theirs, Day):
        return not mine.unit and mine.value in (theirs.year, theirs.day)
    if isinstance(mine, Amount) and isinstance(theirs, Amount) and not mine.unit and mine.value >= LARGE:
        return mine.value == theirs.value
    return mine == theirs


@lru_cache(maxsize=8192)
def _places(text: str) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
    """Return the places of every word of a text, by its forms and, for words of the other alphabet, by its sound."""
    by_form: dict[str, list[int]] = {}
    by_sound: dict[str, list[int]] = {}
    for place, match in enumerate(_WORD.finditer(text)):
        pieces = {match[0], *re.split(r"[.@/-]", match[0])}
        for form in {form for piece in pieces if piece for form in forms(piece)}:
            by_form.setdefault(form, []).append(place)
        for sound in sounds(match[0]):
            by_sound.setdefault(("c:" if is_cyrillic(match[0]) else "l:") + sound, []).append(place)
    return by_form, by_sound


def _has_name(text: str, words: Sequence[str]) -> bool:
    """Whether the words of a name stand near each other in a text, in any case and either alphabet."""
    spots = [_spots(text, word) for word in words if word.strip(".")]
    if not all(spots):
        return False
    return len(spots) == 1 or any(_near(first, spots[1:]) for first in spots[0])


@lru_cache(maxsize=16384)
def _spots(text: str, word: str) -> list[int]:
    by_form, by_sound = _places(text)
    found = [place for form in forms(word) for place in by_form.get(form, ())]
    other = "l:" if is_cyrillic(word) else "c:"
    found += [place for sound in sounds(word) for place in by_sound.get(other + sound, ())]
    if not found and "-" in word:
        parts = [_spots(text, part) for part in word.split("-") if part]
        found = [place for place in parts[0] if _near(place, parts[1:], same=True)] if parts and all(parts) else []
    return found


def _near(first: int, rest: Iterable[Sequence[int]], *, same: bool = False) -> bool:
    """Whether words stand near a place; with ``same`` they are pieces of one word, or follow each other."""
    if same:
        return all(any(0 <= place - first <= number for place in spots) for number, spots in enumerate(rest, 1))
    return all(any(0 < abs(place - first) <= WINDOW + number for place in spots) for number, spots in enumerate(rest, 1))
