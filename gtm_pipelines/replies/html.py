"""HTML mail to the plain text a person would see, with quoted parts marked by ``>``."""

from __future__ import annotations

import re
from html.parser import HTMLParser

MOST_HTML = 1_000_000
"""Characters of HTML that are read; the words of a reply are at its beginning."""

_HIDDEN = {"script", "style", "head", "title", "template"}
_BREAKS = {"br", "p", "div", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "blockquote", "pre"}
_VOID = {"br", "hr", "img", "meta", "link", "input", "col", "area", "base", "wbr", "source", "embed"}
_QUOTE_CLASS = re.compile(r"\b(gmail_quote|gmail_attr|yahoo_quoted|moz-cite-prefix|protonmail_quote|tutanota_quote)\b")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self._line: list[str] = []
        self._open: list[tuple[str, bool, bool]] = []
        self._hidden = 0
        self._quotes = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BREAKS:
            self._break()
        if tag in _VOID:
            return
        values = dict(attrs)
        quote = tag == "blockquote" or bool(_QUOTE_CLASS.search(values.get("class") or ""))
        hidden = tag in _HIDDEN
        self._open.append((tag, quote, hidden))
        self._quotes += quote
        self._hidden += hidden

    def handle_endtag(self, tag: str) -> None:
        if tag in _BREAKS:
            self._break()
        depth = next((n for n, item in enumerate(reversed(self._open[-50:]), 1) if item[0] == tag), 0)
        for _ in range(depth):
            _tag, quote, hidden = self._open.pop()
            self._quotes -= quote
            self._hidden -= hidden

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._line.append(data)

    def _break(self) -> None:
        words = " ".join("".join(self._line).split())
        self._line = []
        if words or (self.lines and self.lines[-1].strip("> ")):
            self.lines.append("> " * min(self._quotes, 3) + words)

    def finish(self) -> str:
        self._break()
        return "\n".join(self.lines).strip()


def html_to_text(html: str) -> str:
    """Return the visible text of ``html``, a line for each block; never raises on broken markup."""
    reader = _Reader()
    try:
        reader.feed(html[:MOST_HTML])
        reader.close()
    except (AssertionError, ValueError, IndexError):
        return reader.finish() or re.sub(r"<[^<>]{0,500}>", " ", html[:MOST_HTML])
    return reader.finish()
