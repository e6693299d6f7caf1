"""Texts for people: escaped where they come from outside, counted, dated."""

from __future__ import annotations

import re
from datetime import datetime

_NO_LINK = "\u2060"
"""A word joiner: unseen, and enough to keep Markdown from making a link of an address."""
_ADDRESS = re.compile(r"@|://|www\.", re.I)
_WRITTEN = {"tin": "TIN", "sme": "SME", "linkedin": "LinkedIn", "url": "address"}
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:])")


def escaped(text: object) -> str:
    """Return ``text`` so that Markdown shows it letter by letter; links and images do not come alive."""
    quiet = _ADDRESS.sub(lambda found: found[0][0] + _NO_LINK + found[0][1:], " ".join(str(text).split()))
    return _MARKDOWN.sub(r"\\\1", quiet)


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return ``1 draft``, ``2 drafts``, ``1,200 drafts``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def moment(value: datetime | None) -> str:
    """Return a moment to the minute, in UTC, or a dash."""
    return value.strftime("%d %b %Y, %H:%M UTC") if value else "–"


def spoken(code: str | None) -> str:
    """Turn a stable code such as ``bounced_hard`` into words."""
    words = code.replace("_", " ").replace(".", " ").split() if code else []
    if not words:
        return "–"
    first = words[0] if words[0] in _WRITTEN else words[0].capitalize()
    return " ".join(_WRITTEN.get(word, word) for word in (first, *words[1:]))


def percent(rate: float | None) -> str:
    """Return a rate from 0 to 1 as a percentage with one decimal, or a dash."""
    return "–" if rate is None else f"{rate:.1%}"
