"""Holds what a model says to the figures it was given: a sentence with a number that nobody measured is taken out.

A number must be one of the figures', as it is written there, and of what the sentence speaks of: of the campaign it
names, of the measure it names, and said to be others' where it is a published one. None may stand in words. Colours of
lights are held likewise; claims of growth need figures of more than one day.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from gtm_pipelines.coaching.model import Figure


class Amount(Protocol):
    """A number with its unit: empty, ``%``, or a currency."""

    @property
    def value(self) -> Decimal:
        """The number."""
        ...

    @property
    def unit(self) -> str:
        """Its unit."""
        ...


class Found(Protocol):
    """A number in a text, in digits or in words, with what it can mean."""

    @property
    def start(self) -> int:
        """Where it begins."""
        ...

    @property
    def end(self) -> int:
        """Where it ends."""
        ...

    @property
    def values(self) -> Iterable[Any]:
        """Amounts it can mean."""
        ...


Amounts = Callable[[str], Sequence[Any]]
"""Finds every number of a text, in digits and in words, in English and Russian."""

_MEASURES = {
    "reply": re.compile(r"\brepl|\bansw|\brespon|\bотве[тч]|\bотклик", re.I),
    "positive": re.compile(r"\binterest|\bpositiv|\bзаинтерес|\bинтерес|\bположит", re.I),
    "bounce": re.compile(r"\bbounc|\bcame back|\bcome back|\bвозвра|\bверну", re.I),
    "complaint": re.compile(r"\bcomplain|\breported as spam|\bжалоб|\bпожалов", re.I),
    "unsubscribe": re.compile(r"\bunsubscr|\bopt(?:ed)?[ -]out|\basked out|\bотпис", re.I),
    "open": re.compile(r"\bopen|\bоткры", re.I),
}
_OF_MEASURE = {
    "reply_rate": "reply", "replied": "reply", "positive_reply_rate": "positive", "positive": "positive",
    "bounce_rate": "bounce", "bounced": "bounce", "refused": "bounce", "complaint_rate": "complaint",
    "complained": "complaint", "unsubscribe_rate": "unsubscribe", "unsubscribed": "unsubscribe", "open_rate": "open",
    "opened": "open",
}  # fmt: skip
_COLOURS = {
    "GREEN": re.compile(r"\bgreen\b|\bзел[её]н", re.I), "RED": re.compile(r"\bred\b|\bкрасн", re.I),
    "YELLOW": re.compile(r"\byellow\b|\bж[её]лт", re.I), "GREY": re.compile(r"\bgr[ae]y\b|\bсер(?:ый|ого|ая|ым)\b", re.I),
}  # fmt: skip
_ELSEWHERE = re.compile(
    r"elsewhere|\bothers?\b|benchmark|\baverage|publish|industry|typical|usual|у других|средн|опубликов|отрасл|обычн|порог|limit"
    r"|threshold",
    re.I,
)
_TREND = re.compile(
    r"\bimprov|\bincreas|\bgr(?:ew|own|owing|owth)\b|\bdropp|\bfell\b|\bfalling|\bdeclin|\brose\b|\brising|\bup from|\bdown from"
    r"|\bвырос|\bраст[её]т|\bупал|\bснизил|\bулучшил|\bухудшил|\bпадает",
    re.I,
)
_TOGETHER = re.compile(r"\ball\b|together|overall|in total|\bвсе|вместе|всего|в целом", re.I)
_LINK = re.compile(r"https?:|www\.|@|\]\(|<\w", re.I)
_KEY = re.compile(r"\s*[\[(]?\bf\d+\b(?:\s*,\s*f\d+\b)*[\])]?")
_LEVEL = re.compile(r"\b95(?:\s?%|-процентн\w+)")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_FRACTION = re.compile(r"[½⅓⅔¼¾⅕⅛]")
PUBLISHED = frozenset({"benchmark", "limit", "effect"})
"""Figures that are not the user's own."""


@dataclass(frozen=True)
class Verdict:
    """What became of one sentence."""

    text: str
    kept: bool
    reason: str = ""
    figures: tuple[Figure, ...] = ()


class Checker:
    """Holds sentences to figures.

    Args:
        figures: all that may be named.
        names: names of campaigns, segments, mailboxes: digits in them are no figures.
        amounts: finds numbers in a text.
    """

    def __init__(self, figures: Sequence[Figure], names: Iterable[str], amounts: Amounts) -> None:
        self._figures, self._amounts = figures, amounts
        self._names = sorted({name for name in (*names, *(one.of for one in figures)) if name}, key=len, reverse=True)
        self._dates = frozenset(found for one in figures for found in _DATE.findall(one.source))
        self._quoted = {one: frozenset(_values(amounts(one.words))) for one in figures if one.words}

    def check(self, sentence: str) -> Verdict:
        """Say whether a sentence may stand, and which figures it names."""
        text = " ".join(_KEY.sub("", sentence).split())
        if not text or len(text) > 600:
            return Verdict(text, False, "empty or too long")
        if _LINK.search(text):
            return Verdict(text, False, "a link")
        named = {name for name in self._names if name.casefold() in text.casefold()}
        bare = self._without_names(text)
        if reason := self._claims(bare, named):
            return Verdict(text, False, reason)
        return self._numbers(text, bare, named)

    def _numbers(self, text: str, bare: str, named: set[str]) -> Verdict:
        cited: list[Figure] = []
        left = bare
        for found in self._amounts(bare):
            left = left[: found.start] + " " * (found.end - found.start) + left[found.end :]
            spelled = bare[found.start : found.end]
            if not any(sign.isdigit() for sign in spelled):
                if all(one.value in (0, 1) and not one.unit for one in found.values):
                    continue  # one change at a time, the first line
                return Verdict(text, False, f"'{spelled}' is a number in words")
            fitting = [one for one in self._figures if self._fits(one, found, bare, named)]
            if not fitting:
                return Verdict(text, False, f"{spelled} is no figure of it")
            cited += [one for one in fitting[:1] if one not in cited]
        if any(sign.isdigit() for sign in left) or _FRACTION.search(left):
            return Verdict(text, False, "a number that cannot be read")
        return Verdict(text, True, figures=tuple(cited))

    def _fits(self, figure: Figure, found: Found, text: str, named: set[str]) -> bool:
        own = figure.name not in PUBLISHED
        if own and named and figure.of not in named and not (figure.of == "" and _TOGETHER.search(text)):
            return False
        if not own and not _ELSEWHERE.search(text):
            return False
        roles = [role for role, value, unit in roles_of(figure) if any(_same(value, unit, one) for one in found.values)]
        if not roles and figure in self._quoted:
            return not own and any((one.value, one.unit) in self._quoted[figure] for one in found.values)
        spoken = {measure for measure, pattern in _MEASURES.items() if pattern.search(text)}
        measure = _OF_MEASURE.get(figure.name)
        return bool(roles) and (not spoken or measure is None or measure in spoken or "base" in roles)

    def _claims(self, text: str, named: set[str]) -> str:
        lights = [one for one in self._figures if one.name == "light" and (not named or one.of in named)]
        for colour, pattern in _COLOURS.items():
            if pattern.search(text) and colour not in {one.value for one in lights}:
                return f"no light is {colour.lower()}"
        days = {one.of for one in self._figures if one.source == "personal_benchmark"}
        return "a trend nobody measured" if _TREND.search(text) and len(days) < 2 else ""

    def _without_names(self, text: str) -> str:
        for name in self._names:
            text = re.sub(re.escape(name), "·", text, flags=re.I)
        text = _DATE.sub(lambda found: "·" if found[0] in self._dates else found[0], text)
        return _LEVEL.sub("·", text)


def roles_of(figure: Figure) -> Iterator[tuple[str, Decimal, str]]:
    """Yield each number a figure stands for: its role (``base`` for denominators, floors and what is needed), value and unit."""
    if isinstance(figure.value, (int, float)):
        share = figure.unit == "share"
        unit = {"share": "%", "percent": "%", "usd": "USD"}.get(figure.unit, "")
        for end in (figure.value, figure.low, figure.high):
            if end is not None:
                yield "value", Decimal(str(end)) * (100 if share else 1), unit
    for role, count in (("part", figure.part), ("base", figure.whole), ("base", figure.floor), ("base", figure.needed or None)):
        if count is not None:
            yield role, Decimal(count), ""


def _same(value: Decimal, unit: str, amount: Amount) -> bool:
    """Tell whether a number is written as it is, to one place after the point at least where it has any."""
    if amount.unit != unit:
        return False
    places = max(0, -int(amount.value.normalize().as_tuple().exponent))
    if places == 0 and value != value.to_integral_value():
        return False
    return places <= 4 and abs(value - amount.value) <= Decimal(1).scaleb(-max(places, 1)) / 2


def _values(found: Sequence[Found]) -> Iterator[tuple[Decimal, str]]:
    for one in found:
        for amount in one.values:
            yield amount.value, amount.unit
