"""Which prepared answer fits what somebody wrote: by rule, from the class of the mail and from its words, English and Russian.

A prepared answer is a text that was there before the mail came. It fits one plain question; where they ask two things, or
one that nothing was prepared for, no text fits, and a person writes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time

from gtm_pipelines.meetings.line import MONTHS, WEEKDAYS
from gtm_pipelines.replies.dates import proposed_day
from gtm_pipelines.replies.model import ReplyClass

Filled = Mapping[str, Mapping[str, str]]
"""A variable of the pack to language to what their mail puts in its place."""

_QUESTIONS: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    ("pricing", "they ask for the price", re.compile(
        r"\b(?:pric(?:e|es|ing|ey)|costs?|costly|expensive|how much|rates?|tariffs?|fees?|quot(?:e|ation)|budget)\b|"
        r"\bсколько (?:это )?(?:\w+ ){0,2}(?:сто[ия]т|будет|выйдет|обойд)|\bцен(?:а|ы|у|е|ой|ам|ник\w*)\b|стоимост|\bстоит\b|"
        r"\bпрайс|\bтариф|расцен|\bдорог(?:о|ой|ая|ие|овато)\b|\bбюджет", re.I)),
    ("example", "they ask for an example", re.compile(
        r"(?<!for )\bexamples?\b|\bcase stud(?:y|ies)\b|\b(?:customer )?references?\b|\btestimonials?\b|\bportfolio\b|"
        r"\b(?:a|any|some|your) samples?\b|\btrack record\b|\bwho(?:m)? else\b|"
        r"\b(?:clients?|customers?|companies|firms) (?:like (?:us|ours)|in (?:our|the|my))\b|"
        r"(?<!к )\bпример(?:ы|ов|а|ами|ах)?\b(?! (?:но|до|в|через|к)\b)|\bкейс|\bреференс|\bотзыв|"
        r"\bобраз(?:ец|цы|цов)\b|\bпортфолио\b|"
        r"с кем (?:вы |ещё |уже )*работа|кто (?:у вас |ещё |уже )*(?:пользу|работа)", re.I)),
    ("privacy", "they ask about their data", re.compile(
        r"\bgdpr\b|\bprivacy\b|\bpersonal (?:data|information)\b|\bdata[ -](?:protection|security|processing)\b|\bdpa\b|\bnda\b|"
        r"\bconfidential|\bour (?:data|list|contacts|database)\b.{0,30}\b(?:leave|stored?|shar(?:e|ed|ing)|kept|outside|safe)\b|"
        r"\b(?:leave|stor(?:e|ed)|shar(?:e|ing)|hand over|keep|send(?:ing)?)\b.{0,20}"
        r"\b(?:our|their|customer) (?:data|list|contacts)\b|"
        r"персональн\w+ данн|\b152-?\s?фз\b|конфиденциальн|\bутеч|безопасност|"
        r"(?:баз[уы]|данны[ех]|контакт\w*|списо?к\w*)[^.!?\n]{0,25}(?:наружу|хран|на сторону|перед[аё])|"
        r"(?:наружу|хран\w+|переда\w+)[^.!?\n]{0,25}(?:баз[уы]|данны[ех]|контакт|списо?к)", re.I)),
    ("solution", "they have a solution already", re.compile(
        r"\balready (?:have|got|use|using|work(?:ing)?|covered|signed|pay)\b|"
        r"\b(?:we|i) (?:currently )?(?:use|are using|work with) [A-Za-z]|"
        r"\bhave (?:\w+ ){0,3}(?:in place|already)\b|\b(?:happy|satisfied) with\b|"
        r"\bin[ -]house\b|\b(?:built|made|have) our own\b|"
        r"\bour own (?:tool|system|solution)\b|\b(?:do|handle) (?:this|it|that) ourselves\b|"
        r"у нас (?:это |такое |всё |уже )*есть\b|\bуже (?:есть|использу|пользу|работаем с|закры|решен)|устраивает|"
        r"\b(?:сво[еёи]|собственн)\w* (?:решени|инструмент|систем|сервис)|\bсами (?:это )?(?:дела|чист|провер|справ)", re.I)),
)  # fmt: skip
_MEETING = re.compile(
    r"\b(?:meet(?:ing)?|call|talk|chat|speak|demo|invit(?:e|ation)|calendar|slot|works?|suits?|free|available|"
    r"catch up|zoom|teams)\b|"
    r"созвон|звон(?:ок|ите|ить)|встре[тч]|поговор|приглаш|удобн|подход|свобод|обсуд|давайте|календар",
    re.I,
)
_HOUR = re.compile(
    r"\W{0,3}(?:(?:at|around|about|from|в|к|после|after)\s+)?(\d{1,2}:\d\d(?:\s?[ap]\.?m\b\.?)?|\d{1,2}\s?[ap]\.?m\b\.?|"
    r"(?<=в )\d{1,2}(?: час(?:ов|а)?)?(?![\d.:/])|(?<=at )\d{1,2}(?![\d.:/]))",
    re.I,
)
_CLOCK = re.compile(r"(\d{1,2})(?::(\d\d))?\s?(?:([ap])\.?m)?", re.I)
_OFFICE_HOURS = range(8, 20)
"""Hours that, named without a.m. or p.m., are taken to be meant as they are written."""
_BY_CLASS = {
    ReplyClass.REFERRAL: ("referral", "they name somebody else"),
    ReplyClass.NOT_NOW: ("not-now", "they want it later"),
}
_OPEN = (ReplyClass.POSITIVE, ReplyClass.MEETING_BOOKED)
_NONE = {
    ReplyClass.NEGATIVE: "they decline",
    ReplyClass.WRONG_PERSON: "they say they are the wrong one",
}
USUAL = {
    ReplyClass.OBJECTION: "objection", ReplyClass.NEGATIVE: "objection", ReplyClass.INFORMATION_REQUEST: "pricing",
    ReplyClass.NOT_NOW: "not-now", ReplyClass.REFERRAL: "referral",
}  # fmt: skip
"""What a model is told to take a mail for where no prepared text fits; to all others a time to talk is offered."""
_IN_MONTH = "январе феврале марте апреле мае июне июле августе сентябре октябре ноябре декабре".split()
_FROM_TODAY = re.compile(
    r"\bin (?:an?|one|two|three|four|five|six|a few|a couple of|\d{1,2}) (?:days?|weeks?|months?|quarters?|years?)\b|"
    r"\bnext (?:week|month|quarter|year)\b|"
    r"\bчерез (?:(?:пару|две|два|три|четыре|пять|шесть|несколько|\d{1,2}) )?"
    r"(?:дн\w+|недел\w+|месяц\w*|квартал\w*|полгода|год\w*)|"
    r"\b(?:на следующей неделе|в следующем (?:месяце|квартале|году))\b",
    re.I,
)


@dataclass(frozen=True)
class Occasion:
    """What a mail asks for.

    Attributes:
        variant: the prepared answer that fits; ``None`` where none does.
        why: in a few words, what the rule saw.
        usual: what the mail is taken for by its class alone, which a model is told.
        filled: what their mail puts into the answer, such as the day they named.
    """

    variant: str | None
    why: str
    usual: str = "scheduling"
    filled: Filled = field(default_factory=dict)


def occasion(kind: str | None, text: str, received: date, until: date | None = None) -> Occasion:
    """Return what prepared answer fits a mail.

    Args:
        kind: its class.
        text: what they wrote, without what they quoted.
        received: the day it came.
        until: the day before which they want nothing, where they named one.
    """
    cls = ReplyClass(kind or "other")
    usual = USUAL.get(cls, "scheduling")
    if cls in _NONE:
        return Occasion(None, _NONE[cls], usual)
    if cls in _BY_CLASS:
        variant, why = _BY_CLASS[cls]
        return Occasion(variant, why, usual, _later(text, until) if variant == "not-now" else {})
    if not text.strip():
        return Occasion(None, "they wrote no words", usual)
    asked = [(variant, why) for variant, why, pattern in _QUESTIONS if pattern.search(text)]
    day = _day(text, received) if cls in _OPEN or _MEETING.search(text) else {}
    if len(asked) + bool(day) > 1:
        return Occasion(None, "they ask for more than one thing", usual)
    if day:
        return Occasion("day", "they name a day", usual, day)
    if asked:
        return Occasion(*asked[0], usual)
    if cls in _OPEN:
        return Occasion("scheduling", "they want to talk", usual)
    if cls == ReplyClass.OBJECTION:
        return Occasion("objection", "they doubt something", usual)
    return Occasion(None, "they ask for something that nothing was prepared for", usual)


def named_moment(text: str, received: date) -> tuple[date | None, time | None]:
    """Return the day that somebody names for a call, and the hour where it can only be one: "at 3" may be in the night."""
    found = proposed_day(text, received)
    if found is None:
        return None, None
    day, end = found
    return day, _definite(hour[1]) if (hour := _HOUR.match(text[end:])) else None


def _definite(said: str) -> time | None:
    read = _CLOCK.match(said)
    if read is None:
        return None
    hour, minute, half = int(read[1]), int(read[2] or 0), (read[3] or "").lower()
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    elif hour not in _OFFICE_HOURS:
        return None
    return time(hour, minute) if minute < 60 else None


def _day(text: str, received: date) -> Filled:
    found = proposed_day(text, received)
    if found is None:
        return {}
    day, end = found
    named = {one: f"{names[day.weekday()].capitalize()}, {_dated(day, one)}" for one, names in WEEKDAYS.items()}
    hour = _HOUR.match(text[end:])
    return {"day": named, **({"hour": {"en": hour[1], "ru": hour[1]}} if hour else {})}


def _later(text: str, until: date | None) -> Filled:
    """Return when to write again: in their own words where they count from today, else the month or day they named."""
    if until is None:
        return {}
    if found := _FROM_TODAY.search(" ".join(text.split())):
        words = found[0].lower()
        return {"later": {"en": words, "ru": words}}
    if until.day == 1:
        return {"later": {"en": f"in {MONTHS['en'][until.month - 1]}", "ru": f"в {_IN_MONTH[until.month - 1]}"}}
    return {"later": {"en": f"on {_dated(until, 'en')}", "ru": _dated(until, "ru")}}


def _dated(day: date, language: str) -> str:
    return f"{day.day} {MONTHS[language][day.month - 1]}"
