"""Holds what a model says to the figures it was given: a sentence with a number that nobody measured is taken out.

A number must be one of the figures', and of what its clause speaks of: of the campaign it names, or where it names none of
all together; of the measure it names; and said to be others' where it is a published one. A denominator stands only beside
its numerator, an end of an interval only where one is told. What stands is written as the record has it, so that a number
that was rounded is whole again. None may stand in words. Colours of lights are held likewise; claims of growth need
figures of more than one day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from gtm_pipelines.coaching import claims, words
from gtm_pipelines.coaching.model import Figure, Language
from gtm_pipelines.coaching.ports import Amount, Amounts, Found

Role = Literal["value", "end", "part", "whole", "count", "floor", "quoted"]

_LINK = re.compile(r"https?:|www\.|@|\]\(|<\w", re.I)
_NUMBERED = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")
_LEVEL = re.compile(
    r"\b95(?:\s?%|-процентн\w+)(?=[\s-]*(?:confiden|interval|довер|интерв))|(?<=interval )95\s?%|(?<=interval of )95\s?%", re.I
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_FRACTION = re.compile(r"[½⅓⅔¼¾⅕⅛]")
_DIGITS = re.compile(r"\d(?:[\d\s.,'’]*\d)?")
_OF = re.compile(r"\s*(?:out\s+)?(?:of|из)\s+(?:the\s+|all\s+|всех\s+)?", re.I)
_MASK = "·"
PUBLISHED = frozenset({"benchmark", "limit", "effect"})
"""Figures that are not the user's own."""


@dataclass(frozen=True)
class Verdict:
    """What became of one sentence."""

    text: str
    kept: bool
    reason: str = ""
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True)
class _Use:
    """A figure that a number may stand for, in which role, and what it is there."""

    figure: Figure
    role: Role
    value: Decimal


@dataclass(frozen=True)
class _Clause:
    """A piece of a sentence and what it speaks of, by itself or by what stands around it."""

    start: int
    end: int
    text: str
    named: frozenset[str]
    spoken: frozenset[str]
    others: bool
    ranged: bool

    @property
    def counts(self) -> bool:
        """Whether it tells how many were written to, and nothing of what they did."""
        said = claims.measures_in(self.text)
        return bool(said) and said <= claims.BASES


class Checker:
    """Holds sentences to figures.

    Args:
        figures: all that may be named.
        names: names of campaigns, segments, mailboxes: digits in them are no figures.
        amounts: finds numbers in a text.
        language: of the answer; any where absent.
        about: the campaign the question is about.
    """

    def __init__(
        self, figures: Sequence[Figure], names: Iterable[str], amounts: Amounts, language: Language | None = None, about: str = ""
    ) -> None:
        self._figures, self._amounts, self._language, self._about = figures, amounts, language, about
        own = [one for one in figures if one.name not in PUBLISHED]
        known = {name for name in (*names, *(one.of for one in own)) if name}
        self._names = {name: claims.name_pattern(name) for name in sorted(known, key=len, reverse=True)}
        self._dates = frozenset(found for one in figures for found in _DATE.findall(one.source))
        self._quoted = {one: frozenset(_values(amounts(one.words))) for one in figures if one.words}
        self._owners = {name: {one.of for one in own if one.name == name} for name in {one.name for one in own}}

    def check_all(self, sentences: Iterable[str]) -> list[Verdict]:
        """Check the sentences of one answer, each said once; what one names, the next may speak of."""
        said: dict[str, Verdict] = {}
        before: frozenset[str] = frozenset()
        for sentence in sentences:
            verdict = self.check(sentence, before)
            said.setdefault(verdict.text.casefold(), verdict)
            before = self._named(verdict.text) or before
        return list(said.values())

    def check(self, sentence: str, before: frozenset[str] = frozenset()) -> Verdict:
        """Say whether a sentence may stand, and which figures it names.

        Args:
            sentence: what was said.
            before: what the sentence before it was about.
        """
        text = " ".join(_NUMBERED.sub("", sentence).split())
        if not text or len(text) > 600:
            return Verdict(text, False, "empty or too long")
        if _LINK.search(text):
            return Verdict(text, False, "a link")
        bare = self._masked(text)
        named = self._named(text)
        if self._language and (fault := claims.strange_tongue(bare, self._language, len(named))):
            return Verdict(text, False, fault)
        anew = claims.YOURS.search(bare) or claims.TOGETHER.search(bare)
        parts = list(self._clauses(text, bare, frozenset() if anew else before))
        if reason := next((found for one in parts if (found := self._claims(one))), ""):
            return Verdict(text, False, reason)
        return self._numbers(text, bare, parts)

    def _numbers(self, text: str, bare: str, parts: Sequence[_Clause]) -> Verdict:
        numbers, left = [], bare
        for found in self._amounts(bare):
            left = left[: found.start] + " " * (found.end - found.start) + left[found.end :]
            spelled = bare[found.start : found.end]
            if any(sign.isdigit() for sign in spelled):
                numbers.append(found)
            elif not all(
                one.value in (0, 1) and not one.unit for one in found.values
            ):  # else: one change at a time, the first line
                return Verdict(text, False, f"'{spelled}' is a number in words")
        if any(sign.isdigit() for sign in left) or _FRACTION.search(left):
            return Verdict(text, False, "a number that cannot be read")
        uses = [self._uses(found, _clause_at(parts, found.start)) for found in numbers]
        uses = _paired(bare, numbers, uses)
        beside = {(one.figure.name, one.figure.of) for found in uses for one in found if one.role in ("value", "part")}
        uses = [[one for one in found if one.role != "whole" or _tells(one.figure) in beside] for found in uses]
        for found, fitting in zip(numbers, uses, strict=True):
            if not fitting:
                return Verdict(text, False, f"{bare[found.start : found.end]} is no figure of it")
        if doubtful := next(
            (f for f, fitting in zip(numbers, uses, strict=True) if len({one.value for one in fitting}) > 1), None
        ):
            return Verdict(text, False, f"{bare[doubtful.start : doubtful.end]} is rounded and may be several")
        cited = tuple(dict.fromkeys(fitting[0].figure for fitting in uses))
        return Verdict(self._exact(text, numbers, uses), True, figures=cited)

    def _uses(self, found: Found, clause: _Clause) -> list[_Use]:
        """Return every figure that a number of a clause may stand for; those it is exactly, where there are any."""
        fitting = [use for one in self._figures if self._may(one, clause) for use in self._same(one, found, clause)]
        exact = [one for one in fitting if any(one.value == amount.value for amount in found.values)]
        return exact or fitting

    def _may(self, figure: Figure, clause: _Clause) -> bool:
        """Tell whether a clause speaks of what a figure is of."""
        if figure.name in PUBLISHED:
            return clause.others
        if clause.others and not claims.YOURS.search(clause.text) and _MASK not in clause.text:
            return False  # it speaks of others, and names nothing of the user's
        if clause.named:
            return figure.of in clause.named or (figure.of == "" and bool(claims.TOGETHER.search(clause.text)))
        return figure.of in ("", self._about) or len(self._owners[figure.name]) == 1

    def _same(self, figure: Figure, found: Found, clause: _Clause) -> Iterator[_Use]:
        measure = claims.measure_of(figure.name)
        for role, value, unit in roles_of(figure):
            if not any(_is(value, unit, amount) for amount in found.values):
                continue
            of_it = not clause.spoken or measure is None or measure in clause.spoken
            ranged = role != "end" or clause.ranged
            wanted = role != "floor" or bool(claims.NEEDED.search(clause.text))
            if (of_it or role in ("whole", "floor")) and ranged and wanted:
                yield _Use(figure, "count" if role == "whole" and clause.counts else role, value)
        quoted = self._quoted.get(figure, frozenset()) if figure.name in PUBLISHED else frozenset()
        yield from (_Use(figure, "quoted", one.value) for one in found.values if (one.value, one.unit) in quoted)

    def _exact(self, text: str, numbers: Sequence[Found], uses: Sequence[Sequence[_Use]]) -> str:
        """Write every number as the record has it."""
        for found, fitting in sorted(zip(numbers, uses, strict=True), key=lambda pair: pair[0].start, reverse=True):
            spelled, value = text[found.start : found.end], fitting[0].value
            digits = _DIGITS.search(spelled)
            read = [one for number in self._amounts(digits[0]) for one in number.values] if digits else []
            plain = any(_is(value, "", one) for one in read)  # not in thousands, said as such
            if plain and (self._language or all(value != amount.value for amount in found.values)):
                written = words.number(float(value), self._language or "en")
                text = text[: found.start] + _DIGITS.sub(written, spelled, count=1) + text[found.end :]
        return text

    def _claims(self, clause: _Clause) -> str:
        lights = {one.value for one in self._figures if one.name == "light" and (not clause.named or one.of in clause.named)}
        for colour in claims.colours_in(clause.text):
            if colour not in lights:
                return f"no light is {colour.lower()}"
        if claims.VAGUE.search(clause.text):
            return "an amount without a number"
        days = {one.of for one in self._figures if one.source == "personal_benchmark"}
        return "a trend nobody measured" if claims.TREND.search(clause.text) and len(days) < 2 else ""

    def _clauses(self, text: str, bare: str, before: frozenset[str]) -> Iterator[_Clause]:
        """Yield the clauses; one that names nothing goes on about what the last one named, or the only thing that is."""
        whole, ranged = self._named(text), bool(claims.RANGE.search(bare))
        named, spoken = (whole if len(whole) == 1 else before), claims.measures_in(bare)
        told: frozenset[str] = frozenset()
        others = False
        for start, end in claims.clauses(bare):
            piece, own = bare[start:end], self._named(text[start:end])
            named, told = own or named, claims.measures_in(piece) or told
            others = bool(claims.ELSEWHERE.search(piece)) or (others and not own and not claims.YOURS.search(piece))
            yield _Clause(start, end, piece, named, told or spoken, others, ranged)

    def _named(self, text: str) -> frozenset[str]:
        return frozenset(name for name, pattern in self._names.items() if pattern.search(text))

    def _masked(self, text: str) -> str:
        """Return a text of the same length whose names, known dates and levels of confidence are no letters and no digits."""
        for pattern in self._names.values():
            text = pattern.sub(_hidden, text)
        text = _DATE.sub(lambda found: _hidden(found) if found[0] in self._dates else found[0], text)
        return _LEVEL.sub(_hidden, text)


def roles_of(figure: Figure) -> Iterator[tuple[Role, Decimal, str]]:
    """Yield each number a figure stands for, as it is written: its role, value and unit."""
    if isinstance(figure.value, (int, float)):
        share = figure.unit == "share"
        unit = {"share": "%", "percent": "%", "usd": "USD"}.get(figure.unit, "")
        ends: tuple[tuple[Role, float | None], ...] = (("value", figure.value), ("end", figure.low), ("end", figure.high))
        for role, end in ends:
            if end is not None:
                yield role, Decimal(f"{float(end) * (100 if share else 1):.2f}"), unit
    counts: tuple[tuple[Role, int | None], ...] = (
        ("part", figure.part), ("whole", figure.whole), ("floor", figure.floor), ("floor", figure.needed or None),
    )  # fmt: skip
    yield from ((role, Decimal(count), "") for role, count in counts if count is not None)


def _hidden(found: re.Match[str]) -> str:
    return _MASK * len(found[0])


def _tells(figure: Figure) -> tuple[str, str]:
    return figure.name, figure.of


def _clause_at(parts: Sequence[_Clause], place: int) -> _Clause:
    return next(one for one in parts if one.start <= place < one.end)


def _paired(text: str, numbers: Sequence[Found], uses: Sequence[list[_Use]]) -> list[list[_Use]]:
    """Hold '8 of 118' to figures of which 8 is the numerator and 118 the denominator."""
    held = list(uses)
    for place in range(len(numbers) - 1):
        if _OF.fullmatch(text[numbers[place].end : numbers[place + 1].start]):
            parts = [one for one in held[place] if one.role == "part"]
            wholes = [one for one in held[place + 1] if one.role == "whole" and any(one.figure == part.figure for part in parts)]
            held[place] = [one for one in parts if any(one.figure == whole.figure for whole in wholes)]
            held[place + 1] = wholes
    return held


def _is(value: Decimal, unit: str, amount: Amount) -> bool:
    """Tell whether a number is a figure as it is written, or that to one place after the point."""
    if amount.unit != unit:
        return False
    places = max(0, -int(amount.value.normalize().as_tuple().exponent))
    if places == 0 and value != value.to_integral_value():
        return False
    return places <= 2 and abs(value - amount.value) <= Decimal(1).scaleb(-max(places, 1)) / 2


def _values(found: Sequence[Found]) -> Iterator[tuple[Decimal, str]]:
    for one in found:
        for amount in one.values:
            yield amount.value, amount.unit
