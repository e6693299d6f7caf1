"""The one line of an answer that proposes a meeting: ``Meeting: Tuesday, 24 November 2026, 15:00 Europe/Berlin, 30 minutes``.

The invitation is made of this line and of nothing else, so whoever approves the text approves the invitation.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gtm_pipelines.meetings.model import MOST_MINUTES, MOST_PLACE, Meeting, MeetingError

WEEKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "ru": ("понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье"),
}
MONTHS = {
    "en": tuple("January February March April May June July August September October November December".split()),
    "ru": tuple("января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split()),
}
_LABELS = {"en": ("Meeting", "Meeting cancelled"), "ru": ("Встреча", "Встреча отменена")}
_CALLED_OFF = {labels[1].casefold() for labels in _LABELS.values()}
_NUMBERED = {name.casefold(): number for names in MONTHS.values() for number, name in enumerate(names, 1)}
_DAYS = {name.casefold(): number for names in WEEKDAYS.values() for number, name in enumerate(names)}
_BEGINS = re.compile(r"^[ \t]*(?P<label>Meeting(?: cancelled)?|Встреча(?: отменена)?)[ \t]*:[ \t]*(?P<said>.*)$", re.I | re.M)
_SAID = re.compile(
    r"(?:(?P<weekday>[A-Za-zА-Яа-я]+),? )?"
    r"(?:(?P<iso>\d{4}-\d\d-\d\d)|(?P<day>\d{1,2}) (?P<month>[A-Za-zа-я]+) (?P<year>\d{4})),? "
    r"(?P<hour>\d{1,2}):(?P<minute>\d\d) \(?(?P<zone>[A-Za-z][\w+-]*(?:/[\w+-]+)*)\)?, ?"
    r"(?P<minutes>\d{1,4}) (?:min(?:utes?)?|мин(?:ут[аы]?)?)\.?(?:, ?(?P<place>\S.*))?",
    re.I,
)
_SHAPE = {
    "en": "Meeting: 24 November 2026, 15:00 Europe/Berlin, 30 minutes, LINK OR ADDRESS",
    "ru": "Встреча: 24 ноября 2026, 15:00 Europe/Moscow, 30 минут, ССЫЛКА ИЛИ АДРЕС",
}
FOOTER = "\n-- \n"


def written(meeting: Meeting, language: str) -> str:
    """Return the line that proposes a meeting or calls it off, in English or Russian."""
    known = language if language in _LABELS else "en"
    day, label = meeting.begins, _LABELS[known][meeting.cancelled]
    dated = f"{WEEKDAYS[known][day.weekday()]}, {day.day} {MONTHS[known][day.month - 1]} {day.year}"
    minutes = "minutes" if known == "en" else _minutes(meeting.minutes)
    place = f", {meeting.place}" if meeting.place else ""
    return f"{label}: {dated}, {day:%H:%M} {meeting.zone}, {meeting.minutes} {minutes}{place}"


def found(body: str) -> Meeting | None:
    """Return the meeting that a text proposes; ``None`` where no line of it begins as one does.

    Raises:
        MeetingError: the line cannot be read, there is more than one, or the time does not exist.
    """
    lines = list(_BEGINS.finditer(body))
    if not lines:
        return None
    if len(lines) > 1:
        raise MeetingError("A mail invites to one meeting. Leave one line that begins with 'Meeting:' and take the others out.")
    [line] = lines
    said = _SAID.fullmatch(" ".join(line["said"].split()))
    if said is None:
        shape = _SHAPE["en" if line["label"].isascii() else "ru"]
        raise MeetingError(
            f"'{line[0].strip()[:120]}' cannot be read as a meeting. Write it as '{shape}', or begin the line otherwise."
        )
    minutes = int(said["minutes"])
    return checked(
        _day(said), time_of(said["hour"], said["minute"]), said["zone"], minutes, said["place"] or "",
        cancelled=" ".join(line["label"].casefold().split()) in _CALLED_OFF,
    )  # fmt: skip


def checked(day: date, at: time, zone: str, minutes: int, place: str = "", *, cancelled: bool = False) -> Meeting:
    """Return a meeting that can be kept.

    Raises:
        MeetingError: nobody knows the zone, its clocks skip that time, or the length or place cannot be.
    """
    known = _zone(zone)
    if known is None:
        raise MeetingError(f"'{zone[:60]}' is no time zone. Name one such as Europe/Berlin or Europe/Moscow.")
    if not 0 < minutes <= MOST_MINUTES:
        raise MeetingError(f"A meeting lasts from 1 to {MOST_MINUTES} minutes, not {minutes}.")
    place = " ".join(place.split())
    if len(place) > MOST_PLACE:
        raise MeetingError(f"The place has {len(place)} characters; {MOST_PLACE} are the most.")
    begins = datetime.combine(day, at, known)
    if begins.astimezone(ZoneInfo("UTC")).astimezone(known).replace(tzinfo=None) != begins.replace(tzinfo=None):
        raise MeetingError(f"{day:%Y-%m-%d} {at:%H:%M} is skipped by the clocks of {zone}. Choose another time.")
    return Meeting(begins, minutes, place, cancelled)


def placed(body: str, meeting: Meeting, language: str) -> str:
    """Return a text with the line of a meeting: in place of the one there is, else before the last paragraph."""
    line = written(meeting, language)
    if there := _BEGINS.search(body):
        return without(body[: there.start()] + line + body[there.end() :], keep=line)
    own, footer, rest = body.partition(FOOTER)
    text = own.rstrip("\n")
    paragraphs = text.split("\n\n")
    paragraphs.insert(max(len(paragraphs) - 1, 1), line)
    return "\n\n".join(paragraphs) + own[len(text) :] + footer + rest


def without(body: str, *, keep: str | None = None) -> str:
    """Return a text without the lines of meetings, but for the first that reads as ``keep``."""
    kept: list[str] = []
    for line in body.split("\n"):
        if not _BEGINS.fullmatch(line):
            kept.append(line)
        elif line == keep:
            kept, keep = [*kept, line], None
        elif kept and not kept[-1]:
            kept.pop()
    return "\n".join(kept)


def line_of(body: str) -> str | None:
    """Return the line that proposes a meeting, as it stands; ``None`` where there is none."""
    there = _BEGINS.search(body)
    return there[0].strip() if there else None


def time_of(hour: str, minute: str) -> time:
    """Return a time of day.

    Raises:
        MeetingError: no clock shows it.
    """
    if int(hour) > 23 or int(minute) > 59:
        raise MeetingError(f"{hour}:{minute} is no time of day. Write it from 0:00 to 23:59.")
    return time(int(hour), int(minute))


def _day(said: re.Match[str]) -> date:
    try:
        if said["iso"]:
            day = date.fromisoformat(said["iso"])
        else:
            day = date(int(said["year"]), _NUMBERED[said["month"].casefold()], int(said["day"]))
    except (KeyError, ValueError):
        raise MeetingError(f"'{said[0][:80]}' names no day of the calendar. Write it such as 24 November 2026.") from None
    named = said["weekday"]
    if named and _DAYS.get(named.casefold()) != day.weekday():
        raise MeetingError(f"{day:%Y-%m-%d} is a {WEEKDAYS['en'][day.weekday()]}, and the line says '{named}'. Mend one of them.")
    return day


def _minutes(number: int) -> str:
    if 10 < number % 100 < 15:
        return "минут"
    return {1: "минута", 2: "минуты", 3: "минуты", 4: "минуты"}.get(number % 10, "минут")


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None  # a folder of the database is an OSError
