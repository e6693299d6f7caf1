"""HTML mail to the plain text a person would see, with quoted parts marked by ``>``.

A scanner of its own: the standard library's parser takes time that grows with the
square of some broken mails (74 seconds for 300 KB of ``<!--``); this one passes once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

MOST_HTML = 1_000_000
"""Characters of HTML that are read; the words of a reply are at its beginning."""
_TAG_HEAD = 2_000
"""Characters of a tag that are looked at."""
_DEEPEST = 50
"""Open elements an end tag may reach back over."""

_HIDDEN = {"script", "style", "head", "title", "template"}
_BREAKS = {"br", "p", "div", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "blockquote", "pre"}
_VOID = {"br", "hr", "img", "meta", "link", "input", "col", "area", "base", "wbr", "source", "embed"}
_NAME = re.compile(r"(/?)([A-Za-z][A-Za-z0-9]{0,30})")
_QUOTE_CLASS = re.compile(
    r"class\s{0,9}=\s{0,9}[\"']?[^\"'>]{0,300}\b"
    r"(?:gmail_quote|gmail_attr|yahoo_quoted|moz-cite-prefix|protonmail_quote|tutanota_quote)\b",
    re.I,
)


class _Page:
    """The lines read so far, and how deep the reader is in quotations and hidden elements."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._line: list[str] = []
        self._open: list[tuple[str, bool, bool]] = []
        self._hidden = 0
        self._quotes = 0

    def words(self, text: str) -> None:
        if not self._hidden:
            self._line.append(text)

    def start(self, name: str, tag: str) -> None:
        if name in _BREAKS:
            self.end_line()
        if name in _VOID:
            return
        quote, hidden = name == "blockquote" or bool(_QUOTE_CLASS.search(tag)), name in _HIDDEN
        self._open.append((name, quote, hidden))
        self._quotes += quote
        self._hidden += hidden

    def end(self, name: str) -> None:
        if name in _BREAKS:
            self.end_line()
        depth = next((n for n, item in enumerate(reversed(self._open[-_DEEPEST:]), 1) if item[0] == name), 0)
        for _ in range(depth):
            _name, quote, hidden = self._open.pop()
            self._quotes -= quote
            self._hidden -= hidden

    def end_line(self) -> None:
        words = " ".join("".join(self._line).split())
        self._line = []
        if words or (self.lines and self.lines[-1].strip("> ")):
            self.lines.append(("> " * min(self._quotes, 3) + words).rstrip())

    def text(self) -> str:
        self.end_line()
        while self.lines and not self.lines[-1].strip("> "):
            self.lines.pop()
        return "\n".join(self.lines).strip()


def html_to_text(html: str) -> str:
    """Return the visible text of ``html``, a line for each block; never raises on broken markup."""
    page = _Page()
    for text, tag in _pieces(html[:MOST_HTML]):
        page.words(unescape(text))
        found = _NAME.match(tag)
        if found and found[1]:
            page.end(found[2].lower())
        elif found:
            page.start(found[2].lower(), tag)
    return page.text()


def _pieces(html: str) -> Iterator[tuple[str, str]]:
    """Yield (text, the inside of the tag after it); comments are passed over, an unclosed one to the end."""
    at = 0
    while (start := html.find("<", at)) >= 0:
        if html.startswith("<!--", start):
            end = html.find("-->", start + 4)
            yield html[at:start], ""
            at = end + 3 if end >= 0 else len(html)
        elif not html[start + 1 : start + 2].isalpha() and html[start + 1 : start + 2] not in ("/", "!", "?"):
            yield html[at : start + 1], ""
            at = start + 1
        else:
            end = html.find(">", start)
            if end < 0:
                break
            yield html[at:start], html[start + 1 : min(end, start + _TAG_HEAD)]
            at = end + 1
    yield html[at:], ""
