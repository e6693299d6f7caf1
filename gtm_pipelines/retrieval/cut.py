"""Cuts a text into pieces of a few sentences, English and Russian, each ending where a sentence or a paragraph does.

Pieces repeat the last sentence of the one before, where it is short: a "they" at the start of a
piece is then not without its "who". Nothing of the text is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

SIZE = 700
"""Characters in a piece, at most: some 150 to 200 tokens, well within the 512 that small models read."""
OVERLAP = 150
"""Characters that a piece may repeat of the one before."""

_BREAK = re.compile(r"(?:[.!?…]+[\"»”)\]]*\s+|\n+)")
_SHORTENED = re.compile(
    r"(?:^|[\s(«\"])(?:mr|mrs|ms|dr|prof|inc|ltd|corp|co|vs|etc|no|e\.g|i\.e|approx"
    r"|г|гг|ул|д|корп|стр|кв|обл|пр|просп|им|тыс|млн|млрд|руб|коп|чел|т\.\s?д|т\.\s?п|т\.\s?е|т\.\s?к|см|ср|[A-ZА-ЯЁ])\.\s*$",
    re.I,
)

Span = tuple[int, int]


def sentences(text: str) -> list[Span]:
    """Return where each sentence or line stands, as start and end without surrounding space."""
    found, start = [], 0
    for match in _BREAK.finditer(text):
        if "\n" not in match[0] and (
            _SHORTENED.search(text[start : match.end()]) or text[match.end() : match.end() + 1].islower()
        ):
            continue
        found.append((start, match.end()))
        start = match.end()
    found.append((start, len(text)))
    return [span for span in (_trimmed(text, *one) for one in found) if span[0] < span[1]]


def pieces(text: str, size: int = SIZE, overlap: int = OVERLAP) -> list[str]:
    """Return ``text`` in pieces of at most ``size`` characters, in order; a text that fits is one piece, nothing is none."""
    taken: list[Span] = []
    found: list[str] = []
    for span in (part for whole in sentences(text) for part in _bounded(text, *whole, size)):
        if taken and span[1] - taken[0][0] > size:
            found.append(text[taken[0][0] : taken[-1][1]])
            last = taken[-1]
            repeats = last[1] - last[0] <= overlap and len(taken) > 1 and span[1] - last[0] <= size
            taken = [last] if repeats else []
        taken.append(span)
    return [*found, text[taken[0][0] : taken[-1][1]]] if taken else found


def _bounded(text: str, start: int, end: int, size: int) -> Iterator[Span]:
    """Yield a sentence, cut at spaces where it is longer than a piece."""
    while end - start > size:
        space = text.rfind(" ", start + size // 2, start + size)
        cut = space if space > 0 else start + size
        yield _trimmed(text, start, cut)
        start, _ = _trimmed(text, cut, end)
    if start < end:
        yield start, end


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
