"""Texts for people: escaped where they come from outside, counted, dated."""

from __future__ import annotations

import re
from datetime import datetime

from app.components.language import language, t, written

_NO_LINK = "\u2060"
"""A word joiner: unseen, and enough to keep Markdown from making a link of an address."""
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Signs that turn whatever follows round, our own words in the same line too."""
_ADDRESS = re.compile(r"@|://|www\.", re.I)
_WRITTEN = {"tin": "TIN", "sme": "SME", "linkedin": "LinkedIn", "url": "address"}
_WEEKDAYS = {"ru": "пн вт ср чт пт сб вс".split()}
_MONTHS = {"ru": "янв фев мар апр мая июн июл авг сен окт ноя дек".split()}
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:])")


def escaped(text: object) -> str:
    """Return ``text`` so that Markdown shows it letter by letter, as it is read; links and images do not come alive."""
    words = _TURNING.sub("", " ".join(str(text).split()))
    quiet = _ADDRESS.sub(lambda found: found[0][0] + _NO_LINK + found[0][1:], words)
    return _MARKDOWN.sub(r"\\\1", quiet)


def moment(value: datetime | None) -> str:
    """Return a moment to the minute, in UTC, or a dash."""
    return f"{_day(value)} {value:%Y, %H:%M} UTC" if value else "–"


def these_days(value: datetime | None, *, weekday: bool = False) -> str:
    """Return a moment of these days to the minute, without its year, in the zone it is given in; or a dash."""
    if value is None:
        return "–"
    days = _WEEKDAYS.get(language())
    named = (days[value.weekday()] if days else f"{value:%a}") + " " if weekday else ""
    return f"{named}{_day(value)}, {value:%H:%M}"


def day_axis() -> str:
    """Return how a chart writes days."""
    return "%d.%m" if language() == "ru" else "%d %b"


def _day(value: datetime) -> str:
    months = _MONTHS.get(language())
    return f"{value:%d} {months[value.month - 1]}" if months else f"{value:%d %b}"


def spoken(code: str | None) -> str:
    """Turn a stable code such as ``bounced_hard`` into words; in English where no translation is known."""
    words = code.replace("_", " ").replace(".", " ").split() if code else []
    if not words:
        return "–"
    first = words[0] if words[0] in _WRITTEN else words[0].capitalize()
    return t(" ".join(_WRITTEN.get(word, word) for word in (first, *words[1:])))


def percent(rate: float | None) -> str:
    """Return a rate from 0 to 1 as a percentage with one decimal, or a dash."""
    return "–" if rate is None else written(rate, ".1%")
