"""Amounts and dates that tell nothing which could be false: of a call that is proposed, of what is asked for, of a case put."""

from __future__ import annotations

import re

from gtm_pipelines.drafting.checks.found import Day, Found, sentence_at

_MEETING = re.compile(
    r"\b(call|chat|talk|speak|meet|meeting|demo|slot|calendar|free|spare|available|works?|suit\w*|zoom|coffee|quick|schedule|book"
    r"|look|worth|half an hour)\b"
    r"|созвон\w*|звон\w*|разговор\w*|встреч\w*|удел\w*|найд[её]\w*|показать|покажу|удобн\w*|обсуд\w*|договор\w*|свободн\w*",
    re.I,
)
_SPAN = re.compile(r"\s*-?\s*(?:min(?:ute)?s?\b|минут\w*|мин\b|h(?:ou)?rs?\b|час\w*|am\b|pm\b|:\d\d)", re.I)
_CASE = re.compile(r"(?:if|when|suppose|imagine|если|когда|представьте|допустим)\b", re.I)
_SCALE = re.compile(r"\d[.,]\d\s+(?:out\s+of|of|из)\s+(5|10|five|ten|пяти|десяти)\b", re.I)
"""A mark with the best that could be given: only the mark tells something."""
_YOURS = re.compile(
    r"\s*-?\s*(?:min(?:ute)?s?|hours?|минут\w*|мин|час\w*)\s+(?:(?:of )?your time|(?:вашего|твоего|своего) времени)\b", re.I
)
_ASKED = re.compile(
    r"(?<!you )(?<!we )(?<!they )\b(?:send|give|pick|choose|name|show|share|forward|lend)(?: (?:me|us))?"
    r"(?: (?:just|any|only|your|the|first))*\s*$"
    r"|\b(?:пришлите|пришл[её]те|пришлю|присылайте|присылаете|дайте|назовите|выберите|отправьте|прошу|покажите|возьм[её]\w*|хватит)"
    r"(?: (?:мне|нам|всего|хотя бы|только|любые|лишь|нас))*\s*$",
    re.I,
)
"""Words before an amount that the reader is asked for: it tells nothing that could be false."""
_PLAN = re.compile(
    r"\b(?:should|could|can|shall|may|might|let's|let us|would|if you|when you|plan to|by then)\b"
    r"|\b(?:стоит|можно|можем|могли бы|предлага\w+|давайте|лучше|если|нужно|готов\w*|хот\w+ бы|успе\w+)\b",
    re.I,
)
_CLOCK = re.compile(
    r"(?<!\d)(?:[01]?\d|2[0-3])[:.][0-5]\d(?!\d)(?:\s*(?:am|pm|мск|cet|gmt|utc))?|\b\d{1,2}\s?(?:am|pm|утра|вечера)\b", re.I
)


def asides(text: str) -> list[tuple[int, int]]:
    """Return where times of day stand that nobody claims, and the best mark that could have been given."""
    clocks = [match.span() for match in _CLOCK.finditer(text) if _no_claim(sentence_at(text, match.start()))]
    return clocks + [match.span(1) for match in _SCALE.finditer(text)]


def _no_claim(sentence: str) -> bool:
    """Whether a time of the day in a sentence is one of a call that is proposed, or of a case that is put."""
    return bool(_MEETING.search(sentence) or "?" in sentence or _CASE.match(sentence))


def proposed(text: str, one: Found) -> bool:
    """Whether an amount or a date belongs to a call that is asked for."""
    sentence = sentence_at(text, one.start)
    before = text[: max(text.find(sentence), 0)].rstrip()
    near = f"{sentence_at(before, len(before) - 1)} {sentence}" if before else sentence
    if _planned(text, one, sentence):
        return True
    if not _MEETING.search(near):
        return False
    return bool(_SPAN.match(text[one.end :]) or (one.kind == "date" and "?" in sentence and _coming(one)))


def _planned(text: str, one: Found, sentence: str) -> bool:
    """Whether an amount is asked for rather than told, or a month is one in which something could be done."""
    if one.kind == "date":
        return bool(_PLAN.search(sentence)) and all(isinstance(day, Day) and day == Day(month=day.month) for day in one.values)
    if one.kind == "number" and _ASKED.search(text[: one.start]):
        return True
    return bool(_YOURS.match(text, one.end))


def _coming(one: Found) -> bool:
    """Whether a date names a day, as proposals do, rather than a year or a quarter."""
    return all(getattr(day, "day", None) is not None and getattr(day, "year", None) is None for day in one.values)
