"""What the text around a meeting's line says of the same meeting: how long it lasts, on which day, at what time.

The invitation is made of the line alone, so a reader of both should find the same in both. What a text leaves open is no
contradiction, and where it offers several days or times, one of them being right is enough.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, time

from gtm_pipelines.meetings.line import FOOTER, without
from gtm_pipelines.meetings.model import Meeting

_SPELLED = {
    "five": 5, "ten": 10, "fifteen": 15, "twenty": 20, "twenty-five": 25, "thirty": 30, "forty": 40, "forty-five": 45,
    "sixty": 60, "ninety": 90, "пять": 5, "пяти": 5, "десять": 10, "десяти": 10, "пятнадцать": 15, "пятнадцати": 15,
    "двадцать": 20, "двадцати": 20, "тридцать": 30, "тридцати": 30, "сорок": 40, "сорока": 40, "шестьдесят": 60,
    "шестидесяти": 60, "девяносто": 90, "девяноста": 90,
}  # fmt: skip
_HALVES = {"half an hour": 30, "half-hour": 30, "полчаса": 30, "получаса": 30}
_NUMBER = rf"\d{{1,3}}|{'|'.join(sorted(_SPELLED, key=len, reverse=True))}"
_SHORTEST = 5
"""Minutes of a meeting; fewer are a manner of speaking, such as the two that a text takes to read."""
_LENGTH = re.compile(
    rf"\b(?:(?P<number>{_NUMBER})[ -]?(?:min(?:ute)?s?|мин(?:ут[аыу]?)?)\b|(?P<half>{'|'.join(_HALVES)})\b)", re.I
)
_STEMS = (
    ("mon", "понедельник"), ("tue", "вторник"), ("wed", "сред"), ("thu", "четверг"), ("fri", "пятниц"), ("sat", "суббот"),
    ("sun", "воскресень"),
)  # fmt: skip
_DAY = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|(?:понедельник|вторник|четверг)\w{0,2}|сред(?:а|у|ы|е|ой|ам)|"
    r"(?:пятниц|суббот|воскресень)\w{1,2})\b",
    re.I,
)
_CLOCK = re.compile(r"(?<![\d:.])(\d{1,2}):(\d\d)(?![\d:])(?:\s?([ap])\.?m\b)?", re.I)


def length(body: str) -> int | None:
    """Return how many minutes a text says a meeting takes, its own line left aside; ``None`` where it names none, or several."""
    named = set(_lengths(_own(body)))
    return named.pop() if len(named) == 1 else None


def otherwise(body: str, meeting: Meeting, moments: Sequence[datetime]) -> tuple[str, ...]:
    """Return what a text says otherwise than the line of its meeting, each in a sentence.

    Args:
        body: the text, with the line.
        meeting: what the line says.
        moments: when it begins by the clocks of those who read; the line's own counts too.
    """
    text, begins = _own(body), (meeting.begins, *moments)
    lengths, clocks, days = _lengths(text), _clocks(text), set(_days(text))
    found = []
    if lengths and meeting.minutes not in lengths:
        said, lasts = lengths[0], meeting.minutes
        found.append(f"The text speaks of {said} minutes, the invitation of {lasts}.")
    if days and not days & {moment.weekday() for moment in begins}:
        found.append("The text names another day of the week than the invitation.")
    if clocks and not {moment.time() for moment in begins} & set(clocks):
        named, at = f"{clocks[0]:%H:%M}", f"{meeting.begins:%H:%M}"
        found.append(f"The text names {named}, the invitation begins at {at}.")
    return tuple(found)


def _own(body: str) -> str:
    """Return a text without the line of its meeting and without the sender's footer."""
    return without(body).partition(FOOTER)[0]


def _lengths(text: str) -> list[int]:
    said = ((one["half"] or one["number"]).casefold() for one in _LENGTH.finditer(text))
    minutes = (_HALVES.get(one) or _SPELLED.get(one) or int(one) for one in said)
    return [one for one in minutes if one >= _SHORTEST]


def _days(text: str) -> list[int]:
    named = (one.casefold() for one in _DAY.findall(text))
    return [number for said in named for number, stems in enumerate(_STEMS) if said.startswith(stems)]


def _clocks(text: str) -> list[time]:
    found = []
    for hour, minute, half in _CLOCK.findall(text):
        past_noon = 12 if half.lower() == "p" and int(hour) < 12 else 0
        if int(hour) + past_noon < 24 and int(minute) < 60:
            found.append(time(int(hour) + past_noon, int(minute)))
    return found
