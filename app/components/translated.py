"""What the library says, in the person's language.

The library speaks English and knows no languages; its texts are found again by their templates, which
``docs/library_texts.py`` collects from its source and ``app/texts/library/<language>.po`` translates. So texts that were
stored long ago are told in the language of who reads them now. What fits no template, or two alike, stays as it is.

In a translation ``{reason!t}`` is a text of the library itself, and ``{state!c}`` one of its codes.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from app.components.language import TEXTS, language, t, written_as
from app.components.text import spoken as coded

_CUT = re.compile(r"(?<=[.!?])\s+(?=[A-Z'“{\d])|;\s+|\n\s*")
"""Where one sentence or reason ends and the next begins."""
_NUMBER = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?( ?%)?|-?\d+(\.\d+)? ?%")
"""A number that languages write differently; not a version, an address or a year."""
_DEEPEST = 3
"""Of reasons within reasons."""
_LONGEST = 4_000
"""Characters; what is longer is a document and no message."""


def translated(text: object) -> str:
    """Return a text of the library in the language in force; one that is not known to be the library's as it is."""
    return in_language(str(text), language())


def in_language(text: str, spoken: str) -> str:
    """Return a text of the library in the language ``spoken``."""
    return text if spoken == "en" or len(text) > _LONGEST else _told(text, spoken, 0)[1]


@lru_cache(maxsize=4096)
def _told(text: str, spoken: str, depth: int) -> tuple[int, str]:
    """Return how many characters of ``text`` were known, and what it is in ``spoken``."""
    core = text.strip()
    if not core or depth > _DEEPEST:
        return 0, text
    whole = _found(core, spoken, depth)
    if whole is not None:
        return whole[0], text.replace(core, whole[1], 1)
    pieces = [*_pieces(text)]
    if len(pieces) == 1:
        return 0, text
    told = [_told(piece, spoken, depth + 1) for piece in pieces]
    return sum(known for known, _ in told), "".join(said for _, said in told)


def _pieces(text: str) -> Iterator[str]:
    """Yield a text cut into its sentences and what stands between them."""
    at = 0
    for cut in _CUT.finditer(text):
        yield text[at : cut.start()]
        yield cut[0]
        at = cut.end()
    yield text[at:]


def _found(text: str, spoken: str, depth: int) -> tuple[int, str] | None:
    """Return what the template says that knows most of ``text``, counting what stands in its fields."""
    exact, patterns = _catalogue(spoken)
    if text in exact:
        return len(text), exact[text]
    fits = {one.fill(text, spoken, depth) for one in patterns if one.longest in text and one.regex.fullmatch(text)}
    best = [way for way in fits if way[0] == max(known for known, _ in fits)]
    return best[0] if len(best) == 1 else None


@dataclass(frozen=True)
class _Pattern:
    """A template with fields, and what it is in another language."""

    template: str
    translation: str

    @cached_property
    def _pieces(self) -> list[tuple[str, str | None]]:
        return [(words, name) for words, name, _, _ in string.Formatter().parse(self.template)]

    @cached_property
    def longest(self) -> str:
        return max((words for words, _ in self._pieces), key=len)

    @cached_property
    def regex(self) -> re.Pattern[str]:
        return re.compile("".join(re.escape(words) + (f"(?P<{name}>.*?)" if name else "") for words, name in self._pieces), re.S)

    def fill(self, text: str, spoken: str, depth: int) -> tuple[int, str]:
        """Return how many characters of ``text`` are known, and what it is in ``spoken``."""
        found = self.regex.fullmatch(text)
        writer = _Writer(spoken, depth)
        said = writer.vformat(self.translation, (), found.groupdict() if found else {})
        return sum(len(words) for words, _ in self._pieces) + writer.known, said


class _Writer(string.Formatter):
    """Fills a translation in, and counts what it knew of the values."""

    def __init__(self, spoken: str, depth: int) -> None:
        self._spoken, self._depth, self.known = spoken, depth, 0

    def get_value(self, key: int | str, args: Any, kwargs: Mapping[str, Any]) -> Any:
        value = str(kwargs[str(key)])
        return written_as(value.replace(" %", "%"), self._spoken) if _NUMBER.fullmatch(value) else value

    def convert_field(self, value: Any, conversion: Any) -> Any:
        if conversion == "t":
            known, value = _told(value, self._spoken, self._depth + 1)
            self.known += known
        if conversion == "c":
            own = t(value)
            return own if own != value else coded(value).lower()
        return value


@lru_cache(maxsize=4)
def _catalogue(spoken: str) -> tuple[dict[str, str], list[_Pattern]]:
    """Return the texts without fields, and those with."""
    from babel.messages.pofile import read_po

    place = TEXTS / "library" / f"{spoken}.po"
    if not place.is_file():
        return {}, []
    with place.open("rb") as file:
        known = [(str(one.id), str(one.string)) for one in read_po(file, locale=spoken) if one.id and one.string]
    plain = {_words(text): _words(said) for text, said in known if not _has_fields(text)}
    return plain, [_Pattern(text, said) for text, said in known if _has_fields(text)]


def _has_fields(text: str) -> bool:
    return any(name is not None for _, name, _, _ in string.Formatter().parse(text))


def _words(text: str) -> str:
    return "".join(words for words, _, _, _ in string.Formatter().parse(text))
