"""What a finder finds in a text: words of one kind, where they stand, and what they say in a form that can be compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Kind = Literal["person", "company", "product", "place", "number", "money", "percent", "date", "link", "email", "phone", "quote"]
NAMES = frozenset({"person", "company", "product", "place"})
AMOUNTS = frozenset({"number", "money", "percent"})
TRUSTED_ONLY = frozenset({"link", "email", "phone"})
"""Kinds that lead somewhere: what others wrote may not bring them in."""


@dataclass(frozen=True)
class Amount:
    """A number with its unit: empty, ``%``, or a currency such as ``USD``."""

    value: Decimal
    unit: str = ""


@dataclass(frozen=True)
class Day:
    """A date as far as it is told; of a season, the months of it are ``season``, counted as quarters from December."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    quarter: int | None = None
    season: int | None = None

    def within(self, other: Day) -> bool:
        """Whether everything told here is told there, too, and is the same."""
        quarter = other.quarter or ((other.month - 1) // 3 + 1 if other.month else None)
        season = other.season or (other.month % 12 // 3 + 1 if other.month else None)
        pairs = (
            (self.year, other.year), (self.month, other.month), (self.day, other.day), (self.quarter, quarter),
            (self.season, season),
        )  # fmt: skip
        return all(mine is None or mine == theirs for mine, theirs in pairs)


@dataclass(frozen=True)
class Found:
    """Words of one kind in a text.

    Attributes:
        words: of a name, without its signs.
        values: what it can mean: amounts, days, or addresses in plain form.
        soft: it may well be meant otherwise: a person looks, nothing is stopped.
    """

    kind: Kind
    text: str
    start: int
    end: int
    words: tuple[str, ...] = ()
    values: frozenset[Amount | Day | str] = frozenset()
    soft: bool = False


def free(start: int, end: int, taken: Iterable[Found]) -> bool:
    """Whether no other finding stands where this one would."""
    return all(end <= one.start or start >= one.end for one in taken)


def sentence_at(text: str, start: int) -> str:
    """Return the sentence around a place of a text."""
    before, after = text[:start], text[start:]
    begin = max((before.rfind(sign) for sign in (". ", "! ", "? ", "\n", "… ")), default=-1)
    ends = [place for sign in (". ", "! ", "? ", "\n", "… ") if (place := after.find(sign)) >= 0]
    return text[begin + 1 : start + (min(ends) + 1 if ends else len(after))].strip()


def blanked(text: str, found: Sequence[Found]) -> str:
    """Return a text of equal length in which what was found is left blank."""
    signs = list(text)
    for one in found:
        signs[one.start : one.end] = " " * (one.end - one.start)
    return "".join(signs)
