"""The text a visitor sees: hidden parts cut out of the tree, the rest in lines, one a block."""

from __future__ import annotations

import re
from typing import Any

from gtm_pipelines.enrichment.web.styles import Sheet, background, declarations, hides, vanishes

UNSEEN = tuple(
    "script style noscript template iframe object embed applet svg canvas audio video map datalist select title frameset noframes"
    " math param source track portal rp".split()
)
"""Elements whose text no visitor reads as part of the page, or only as a list to choose from."""
BLOCKS = frozenset(
    "address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset figcaption figure footer"
    " form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol optgroup option p pre search section summary table"
    " tbody td tfoot th thead title tr ul".split()
)
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Signs without a glyph: zero-width, direction marks, fillers, variation selectors, tags. Text is smuggled in them."""
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_SET_APART = frozenset({"a", "button", "label", "img"})
"""Elements that no visitor reads as one word with what stands right after them."""
_NO_SIZE = re.compile(r"^\s*(?:-[4-9]|0)")
"""Sizes of the old font element that are too small to read."""
_MOST_ANCESTORS = 60


def plain(text: str) -> str:
    """Return a text in one line, without signs that nobody sees."""
    if not text.isascii():
        text = _INVISIBLE.sub("", text)
    return " ".join(_CONTROLS.sub(" ", text).split())


def cut_hidden(root: Any) -> int:
    """Take every element out of the tree that a visitor does not see; return how many characters of text went with them.

    Scripts and the like are taken out too and are not counted.
    """
    from lxml import etree

    sheet = Sheet()
    for style in root.iter("style"):
        sheet.add(style.text or "")
    etree.strip_elements(root, etree.Comment, etree.ProcessingInstruction, *UNSEEN, with_tail=False)
    return sum(_cut(element) for element in _Sight(sheet).hidden(root))


class _Sight:
    """Looks at the elements of one page, at each once."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._told: dict[Any, dict[str, str]] = {}

    def hidden(self, root: Any) -> list[Any]:
        """Return the hidden elements that stand in no other hidden one."""
        from lxml import etree

        out_of_sight: set[Any] = set()
        outermost = []
        for element in root.iter(etree.Element):
            if element.getparent() in out_of_sight:
                out_of_sight.add(element)
            elif self._is_hidden(element):
                out_of_sight.add(element)
                outermost.append(element)
        return outermost

    def _is_hidden(self, element: Any) -> bool:
        if element.tag in ("body", "html"):
            return False  # a page that hides itself until its script has run
        marks = element.attrib
        if not marks and element.tag not in ("input", "dialog") and not self._sheet.touches(element.tag, marks):
            return False
        if "hidden" in marks and marks["hidden"].lower() != "until-found":
            return True
        if element.tag == "input" or (element.tag == "dialog" and "open" not in marks):
            return True
        if element.tag == "font" and _NO_SIZE.match(marks.get("size", "")):
            return True
        told = self._of(element)
        if not told:
            return False
        ink = told.get("-webkit-text-fill-color") or told.get("color")
        return hides(told) or (bool(ink) and vanishes(str(ink), self._grounds(element)))

    def _of(self, element: Any) -> dict[str, str]:
        known = self._told.get(element)
        if known is None:
            known = self._told[element] = _told(element, self._sheet)
        return known

    def _grounds(self, element: Any) -> list[str]:
        """Return what an element and those around it paint behind its text, nearest first."""
        found = [background(self._of(element))]
        for _, around in zip(range(_MOST_ANCESTORS), element.iterancestors(), strict=False):
            found.append(background(self._of(around)))
        return [ground for ground in found if ground]


def _told(element: Any, sheet: Sheet) -> dict[str, str]:
    told = sheet.of(element)
    marks = element.attrib
    for mark, name in (("bgcolor", "background-color"), ("color", "color"), ("text", "color")):
        if mark in marks:
            told[name] = marks[mark].strip().lower()
    if "background" in marks:
        told["background-image"] = "url(x)"
    if "style" in marks:
        told.update(declarations(marks["style"]))
    return told


def _cut(element: Any) -> int:
    parent = element.getparent()
    if parent is None:
        return 0
    lost = sum(len(part.strip()) for part in element.itertext())
    tail = element.tail
    previous = element.getprevious()
    if tail and previous is not None:
        previous.tail = (previous.tail or "") + tail
    elif tail:
        parent.text = (parent.text or "") + tail
    parent.remove(element)
    return lost


def lines(root: Any, most: int) -> list[str]:
    """Return the text of a tree, one block a line, until ``most`` characters are reached."""
    from lxml import etree

    found: list[str] = []
    line: list[str] = []
    size = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        if not isinstance(tag, str):
            continue
        if tag in BLOCKS:
            size += _end(line, found)
            line = []
            if size > most:
                break
        said = element.text if event == "start" else element.tail
        if said:
            line.append(said)
        elif event == "end" and tag in _SET_APART:
            line.append(" ")
    _end(line, found)
    return found


def _end(parts: list[str], found: list[str]) -> int:
    text = plain("".join(parts)) if parts else ""
    if text:
        found.append(text)
    return len(text) + 1
