"""Dates in a text, as far as they are told: a day, a month, a quarter, a year."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gtm_pipelines.drafting.checks.found import Day, Found, free
from gtm_pipelines.drafting.checks.lexicon import MONTHS_EN

_EN = "|".join(sorted({name for names in MONTHS_EN for name in names} | {"sept"}, key=len, reverse=True))
_RU = r"январ\w|феврал\w|март\w?|апрел\w|ма[йяею]|июн\w|июл\w|август\w?|сентябр\w|октябр\w|ноябр\w|декабр\w"
_RU_STEMS = ("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
_YEAR = r"(?P<y>(?:19[5-9]|20[0-4])\d)"
_PATTERNS = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"\b(?P<y>(?:19|20)\d\d)-(?P<m>\d\d)-(?P<d>\d\d)\b",
        r"(?<![\d.])(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>(?:19|20)\d\d)\b",
        r"(?<![\d/])(?P<a>\d{1,2})/(?P<b>\d{1,2})/(?P<y>(?:19|20)\d\d)\b",
        rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?\s+(?P<en>{_EN})\b(?:\.?,?\s+{_YEAR}\b)?",
        rf"\b(?P<en>{_EN})\b\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s*(?:%|\d))(?:,?\s+{_YEAR}\b)?",
        rf"\b(?P<en>{_EN})\b\.?,?\s+(?:of\s+)?{_YEAR}\b",
        rf"\b(?P<d>\d{{1,2}})(?:-?(?:го|е))?\s+(?P<ru>{_RU})\b(?:\s+{_YEAR}\b(?:\s*(?:года?|г\.))?)?",
        rf"\b(?P<ru>{_RU})\s+{_YEAR}\b(?:\s*(?:года?|г\.))?",
        rf"\bQ(?P<q>[1-4])(?:\s*(?:of\s+)?['’/]?{_YEAR}\b)?",
        rf"\b(?P<qw>first|second|third|fourth)\s+quarter(?:\s+(?:of\s+)?{_YEAR}\b)?",
        rf"\b(?P<qr>перв|втор|трет|четв[её]рт)\w+\s+квартал\w*(?:\s+{_YEAR}\b(?:\s*(?:года?|г\.))?)?",
        rf"(?<![\d.,$€£₽])\b{_YEAR}\b(?!\s*(?:%|процент|percent|руб|евро|долл|\d{{3}}\b)|[.,]\d)(?:\s*(?:году?|года|г\.))?",
        rf"\b(?:in|since|last|until|before|after|during|of|this past|from)\s+(?P<en>{_EN})\b"
        r"(?!\s+(?:be|not|have|well|i|we|you)\b)",
        rf"\b(?:(?:last|past|previous|since|during|in(?: the)?)\s+)?(?P<sen>spring|summer|autumn|winter)(?:\s+of)?\s+{_YEAR}\b",
        r"\b(?:last|this past|the previous)\s+(?P<sen>spring|summer|autumn|fall|winter)\b",
        rf"\b(?P<sru>зим\w+|весн\w+|лет(?:ом|а|о)|осен\w+)\s+{_YEAR}\b(?:\s*(?:года?|г\.))?",
        r"\b(?:прошл\w+|минувш\w+)\s+(?P<sru>зим\w+|весн\w+|лет(?:ом|а|о)|осен\w+)\b",
        rf"\b(?:в|с|до|после|к|за|прошл\w+)\s+(?P<ru>{_RU})\b",
    )
)
_SEASONS = (("winter", "зим"), ("spring", "весн"), ("summer", "лет"), ("autumn", "fall", "осен"))
_WORDS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "перв": 1, "втор": 2, "трет": 3, "четв": 4}


def dates(text: str) -> list[Found]:
    """Return every date of a text that names a day, a month, a quarter or a year, in order."""
    found: list[Found] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            days = frozenset(_days(match))
            if days and free(*match.span(), found):
                found.append(Found("date", match[0].strip(), match.start(), match.start() + len(match[0].strip()), values=days))
    return sorted(found, key=lambda one: one.start)


def _days(match: re.Match[str]) -> Iterator[Day]:
    parts = match.groupdict()
    year = int(parts["y"]) if parts.get("y") else None
    if parts.get("a"):
        one, two = int(parts["a"]), int(parts["b"])
        yield from (Day(year, month, day) for month, day in ((one, two), (two, one)) if month <= 12 and day <= 31)
        return
    day = int(parts["d"]) if parts.get("d") else None
    quarter = _quarter(parts)
    month = _month(parts)
    season = _season(parts)
    if (month is None or 1 <= month <= 12) and (day is None or 1 <= day <= 31) and (year or month or day or quarter or season):
        yield Day(year, month, day, quarter, season)


def _season(parts: dict[str, str | None]) -> int | None:
    word = (parts.get("sen") or parts.get("sru") or "").lower()
    return next((place for place, stems in enumerate(_SEASONS, 1) if word and word.startswith(stems)), None)


def _quarter(parts: dict[str, str | None]) -> int | None:
    if parts.get("q"):
        return int(str(parts["q"]))
    word = parts.get("qw") or parts.get("qr")
    return _WORDS[word.lower().replace("ё", "е")[: 4 if parts.get("qr") else None]] if word else None


def _month(parts: dict[str, str | None]) -> int | None:
    if parts.get("m"):
        return int(str(parts["m"]))
    if name := parts.get("en"):
        return [short[:3] for short in MONTHS_EN[1]].index(name.lower()[:3]) + 1
    if name := parts.get("ru"):
        low = name.lower()
        return next(
            place for place, stem in enumerate(_RU_STEMS, 1) if low.startswith(stem) and (stem != "ма" or low[2:3] != "р")
        )
    return None
