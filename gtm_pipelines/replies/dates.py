"""The days people name in a mail, in English and Russian: when somebody is back, when to ask again.

A day is read as the next one of its kind after the mail came, unless a year is given.
Every pattern is bounded, so its time grows in line with the text.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

EARLIEST, LATEST = timedelta(days=31), timedelta(days=400)
"""How far before and after the mail a day may lie to be meant."""

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?|янв(?:ар[еья])?|фев(?:рал[еья])?|мар(?:та?|те)?|апр(?:ел[еья])?|ма[еяй]|"
    r"июн[еья]?|июл[еья]?|авг(?:уст[ае]?)?|сент?(?:ябр[еья])?|окт(?:ябр[еья])?|ноя(?:бр[еья])?|дек(?:абр[еья])?)(?!\w)\.?"
)
_MONTHS = {
    prefix: number
    for number, prefixes in enumerate(
        "jan янв|feb фев|mar мар|apr апр|may май мая мае|jun июн|jul июл|aug авг|sep сен|oct окт|nov ноя|dec дек".split("|"), 1
    )
    for prefix in prefixes.split()
}
_WEEKDAY = (
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?(?!\w)|"
    r"(?:понедельник|вторник|сред|четверг|пятниц|суббот|воскресень)\w{0,2}(?!\w)"
)
_WEEKDAYS = {
    prefix: number
    for number, prefixes in enumerate("mon пон|tue вто|wed сре|thu чет|fri пят|sat суб|sun вос".split("|"))
    for prefix in prefixes.split()
}
_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "couple": 2, "few": 3, "three": 3, "four": 4, "five": 5, "six": 6,
    "пару": 2, "две": 2, "два": 2, "три": 3, "четыре": 4, "пять": 5, "шесть": 6, "несколько": 3,
}  # fmt: skip
_COUNT = rf"(?:\d{{1,2}}|(?:a )?(?:{'|'.join(_NUMBERS)}))(?!\w)"

DAY = (
    r"(?:(?P<iso>\d{4}-\d{2}-\d{2})|"
    r"(?P<num>\d{1,2}[./]\d{1,2}(?:[./]\d{2,4})?)(?![\d%])|"
    rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th|-?г?о)?\s+(?:of\s+)?(?P<month>{_MONTH})(?:,?\s+(?P<year>\d{{4}}))?|"
    rf"(?P<month2>{_MONTH})\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?!\d|:\d)(?:,?\s+(?P<year2>\d{{4}}))?|"
    r"(?:the\s+)?(?P<alone>\d{1,2})(?:st|nd|rd|th|-го|\s+числа)(?!\w)|"
    rf"(?P<next>next\s+|следующ\w{{2,3}}\s+)?(?P<weekday>{_WEEKDAY})|"
    r"(?P<tomorrow>(?:the\s+day\s+after\s+)?tomorrow|(?:после)?завтра)(?!\w)|"
    rf"(?:in|через|after)\s+(?P<count>{_COUNT}\s+)?(?:of\s+)?(?P<unit>days?|weeks?|months?|quarters?|years?|"
    r"день|дн(?:я|ей)|недел[юиь]|месяц(?:а|ев)?|квартала?|полгода|год)(?!\w)|"
    r"(?P<coming>(?:next|following|следующ\w{2,3})\s+(?:week|month|quarter|year|недел\w|месяц\w?|квартал\w?|год\w?))(?!\w)|"
    r"(?P<end>(?:the\s+)?end\s+of\s+(?:the|this|next)?\s*(?:week|month|quarter|year)|конц[ауе]\s+(?:этой |этого |следующ\w+ )?"
    r"(?:недели|месяца|квартала|года))(?!\w)|"
    r"(?:the\s+)?(?P<quarter>q[1-4]|(?:first|second|third|fourth)\s+quarter|[1-4]\s?-?(?:м|ом|й|го)?\s+квартал\w?|"
    r"(?:перв|втор|треть|четв[её]рт)\w{2,3}\s+квартал\w?)(?:\s+(?:of\s+)?(?P<quarter_year>\d{4}))?|"
    r"(?:the\s+)?(?:new\s+year|christmas|holidays)(?P<holidays>)|(?:нового\s+года|новогодних\s+\w+|праздников)(?P<holidays2>)|"
    r"(?P<season>(?:the\s+)?(?:spring|summer|autumn|fall|winter)|весн(?:ой|ы|у)|лет(?:ом|а|о)|осен(?:ью|и|ь)|"
    r"зим(?:ой|ы|у))(?!\w)|"
    rf"(?:(?:early|mid|late)[ -]|начале\s+|середине\s+|конце\s+|the (?:beginning|middle|end|"
    rf"start) of )?(?P<whole>{_MONTH})(?!\s+(?:i|we|be|you|not)\b)"
    r"(?:\s+(?P<whole_year>\d{4}))?)"
)
_PREFIX = r"(?:(?:on|the|about|around|approximately|with|c|с|примерно|утра)\s+){0,2}"
_NAMED = (
    r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+(?:the\s+)?|"
    r"(?:понедельник|вторник|сред|четверг|пятниц|суббот|воскресень)\w{0,2},?\s+)?(?=\d|[A-Za-zА-Яа-я])"
)
_AGREED = re.compile(_PREFIX + DAY, re.I)
_SPAN = re.compile(
    r"(?:(?:from|с|between)\s+)?\b\d{1,2}(?:st|nd|rd|th|-?г?о)?(?:[./]\d{1,2}(?:[./]\d{2,4})?|\s+(?:of\s+)?" + _MONTH + r")?"
    r"(?:\s+\d{4})?(?:\s*г\.)?\s*(?:-|–|—|to|till|until|through|and|по|до)\s*(?:on\s+|the\s+)?(?P<last>" + DAY + r")",
    re.I,
)
_MONTH_SPAN = re.compile(
    rf"(?P<from_month>{_MONTH})\s+\d{{1,2}}(?:st|nd|rd|th)?\s*(?:-|–|—|to|through|until)\s*"
    r"(?P<last_day>\d{1,2})(?:st|nd|rd|th)?(?![\d/.]\d)(?:,?\s+(?P<span_year>\d{4}))?",
    re.I,
)
_LAST = re.compile(rf"\b(?:through|thru|включительно\s+по|вплоть\s+до|по)\s+{_PREFIX}{_NAMED}(?P<last>{DAY})", re.I)
_BACK = re.compile(
    r"\b(?:until|till|til|back(?:\s+(?:in|at)(?:\s+(?:the|my))?\s+(?:office|work|desk))?(?:\s+(?:on|from|by|after))?|"
    r"back online(?: on)?|return(?:ing)?(?:\s+(?:to|from)\s+(?:the\s+|my\s+)?(?:office|work|leave|vacation|holiday))?"
    r"(?:\s+(?:on|by|after))?|available(?:\s+again)?\s+(?:on|from|after)|in the office (?:again )?(?:on|from)|"
    r"resume\s+\w+\s+on|reply (?:on|after)|by|"
    r"до|вернусь|верн[её]тся|возвращаюсь|выйду|выхожу|выход(?: на работу| из отпуска)?|приступлю|"
    r"буд\w+ (?:снова |опять )?(?:на месте|на связи|в офисе|на работе|доступ\w+)|отвечу|смогу ответить)"
    r"(?:\s+(?:на работу|из отпуска|в офис|к работе|к вам))?(?:\s*[:—-])?\s+"
    rf"(?P<after>(?:после|after)\s+)?(?:(?:в|во|с|со|к|на|not before)\s+)?{_PREFIX}{_NAMED}(?P<last>{DAY})",
    re.I,
)

_EXACT = ("iso", "num", "day", "day2", "alone", "weekday", "tomorrow")
_RULED_OUT_BEFORE = re.compile(
    r"(?:\bnot(?: on| until)?|\bcan[’']?t(?: do| on)?|\bexcept(?: on)?|\bкроме|\bне(?: в| во| к)?)\s*$", re.I
)
_RULED_OUT_AFTER = re.compile(
    r"\s*(?:(?:does|is|will|would)(?:n[’']t| not)\b|won[’']t\b|(?:мне |нам |я |точно )?(?:не\b|занят))", re.I
)


def return_date(text: str, received: date) -> date | None:
    """Return the first day somebody who is away says to be back; ``None`` where no such day is named.

    The last day of an absence ("through 5 May", "с 1 по 5 мая") gives the day after it.
    """
    for pattern, more in ((_SPAN, 1), (_LAST, 1), (_BACK, 0)):
        for match in pattern.finditer(text):
            found = resolve(match, received)
            after = more or int("after" in pattern.groupindex and bool(match["after"]))
            if found and received - EARLIEST <= found <= received + LATEST:
                return found + timedelta(days=after)
        if pattern is _SPAN and (found := _month_span(text, received)):
            return found + timedelta(days=1)
    return None


def first_date(text: str, received: date) -> date | None:
    """Return the first day or time of the year after ``received`` that ``text`` names."""
    for match in _AGREED.finditer(text):
        found = resolve(match, received)
        if found and received < found <= received + LATEST:
            return found
    return None


def proposed_day(text: str, received: date) -> tuple[date, int] | None:
    """Return the first day of the calendar after ``received`` that somebody names and does not rule out, and where it ends.

    A month, a season or "in two weeks" is no such day.
    """
    for match in _AGREED.finditer(text):
        if not any(match[group] for group in _EXACT) or _RULED_OUT_BEFORE.search(text[: match.start()][-24:]):
            continue
        found = resolve(match, received)
        if found and received < found <= received + LATEST and not _RULED_OUT_AFTER.match(text[match.end() :][:40]):
            return found, match.end()
    return None


def names_a_day(text: str) -> bool:
    """Tell whether ``text`` names any day or time of the year."""
    return _AGREED.search(text) is not None


def resolve(match: re.Match[str], received: date) -> date | None:
    """Return the day that the groups of ``DAY`` name; ``None`` where there is no such day."""
    try:
        return _calendar(match, received) or _relative(match, received)
    except (ValueError, KeyError, OverflowError):
        return None


def _month_span(text: str, received: date) -> date | None:
    match = _MONTH_SPAN.search(text)
    if not match:
        return None
    try:
        return _dated(int(match["last_day"]), _month(match["from_month"]), _year(match["span_year"]), received)
    except (ValueError, KeyError):
        return None


def _calendar(match: re.Match[str], received: date) -> date | None:
    if match["iso"]:
        return date.fromisoformat(match["iso"])
    if match["num"]:
        return _numbers(match["num"], received)
    if match["month"]:
        return _dated(int(match["day"]), _month(match["month"]), _year(match["year"]), received)
    if match["month2"]:
        return _dated(int(match["day2"]), _month(match["month2"]), _year(match["year2"]), received)
    if match["whole"] and match["whole"] != "may":
        return _dated(1, _month(match["whole"]), _year(match["whole_year"]), received, past=False)
    if match["alone"]:
        here = received.replace(day=int(match["alone"]))
        return here if here >= received else _months(received.replace(day=1), 1).replace(day=here.day)
    return None


def _relative(match: re.Match[str], received: date) -> date | None:
    if match["weekday"]:
        days = (_WEEKDAYS[match["weekday"][:3].lower()] - received.weekday() - 1) % 7 + 1
        return received + timedelta(days=days)
    if match["tomorrow"]:
        far = match["tomorrow"].lower().startswith(("the", "после"))
        return received + timedelta(days=2 if far else 1)
    if match["unit"]:
        count = (match["count"] or "1").split()[-1].lower()
        return _later(received, match["unit"], int(count) if count.isdigit() else _NUMBERS[count])
    if match["coming"]:
        return _next_start(match["coming"], received)
    if match["end"]:
        further = any(word in match["end"].lower() for word in ("next", "следующ"))
        begun = _next_start(match["end"].split()[-1], received)
        return _next_start(match["end"].split()[-1], begun) if further else begun
    if match["quarter"]:
        return _quarter(match["quarter"], _year(match["quarter_year"]), received)
    if match["season"]:
        return _season(match["season"], received)
    if match["holidays"] is not None or match["holidays2"] is not None:
        return date(received.year + 1, 1, 10)  # Russian public holidays last to 8 January, and a day or two goes to what waited
    return None


def _numbers(text: str, received: date) -> date | None:
    """Read 15.01, 15/01/26 or, where the second number can be no month, 1/15/2026."""
    first, second, *rest = (int(part) for part in re.split(r"[./]", text))
    day, month = (second, first) if second > 12 and "/" in text else (first, second)
    year = (rest[0] if rest[0] > 99 else 2000 + rest[0]) if rest else None
    return _dated(day, month, year, received)


def _dated(day: int, month: int, year: int | None, received: date, *, past: bool = True) -> date:
    if year:
        return date(year, month, day)
    here = date(received.year, month, day)
    return here if here >= received - (EARLIEST if past else timedelta(0)) else date(received.year + 1, month, day)


def _month(name: str) -> int:
    return _MONTHS[name[:3].lower()]


def _year(text: str | None) -> int | None:
    return int(text) if text else None


def _later(received: date, unit: str, count: int) -> date:
    unit = unit.lower()
    if unit.startswith(("day", "день", "дн")):
        return received + timedelta(days=count)
    if unit.startswith(("week", "недел")):
        return received + timedelta(weeks=count)
    months = {"mon": 1, "мес": 1, "qua": 3, "ква": 3, "пол": 6, "yea": 12, "год": 12}[unit[:3]]
    return _months(received, months * count)


def _next_start(unit: str, received: date) -> date:
    """Return the first day of the next week, month, quarter or year."""
    unit = unit.split()[-1].lower()
    if unit.startswith(("week", "недел")):
        return received + timedelta(days=7 - received.weekday())
    if unit.startswith(("month", "месяц")):
        return _months(received.replace(day=1), 1)
    if unit.startswith(("quarter", "квартал")):
        return _months(received.replace(day=1, month=(received.month - 1) // 3 * 3 + 1), 3)
    return date(received.year + 1, 1, 1)


def _quarter(text: str, year: int | None, received: date) -> date:
    words = {"fir": 1, "sec": 2, "thi": 3, "fou": 4, "пер": 1, "вто": 2, "тре": 3, "чет": 4}
    digit = re.search(r"[1-4]", text)
    number = int(digit[0]) if digit else words[text[:3].lower()]
    return _dated(1, number * 3 - 2, year, received, past=False)


def _season(text: str, received: date) -> date:
    starts = {"spr": 3, "sum": 6, "aut": 9, "fal": 9, "win": 12, "вес": 3, "лет": 6, "осе": 9, "зим": 12}
    return _dated(1, starts[text.lower().removeprefix("the ").strip()[:3]], None, received, past=False)


def _months(day: date, count: int) -> date:
    """Return the same day of a later month, or its last day."""
    at = day.month - 1 + count
    year, month = day.year + at // 12, at % 12 + 1
    for number in (day.day, 30, 29, 28):
        try:
            return date(year, month, number)
        except ValueError:
            continue
    raise ValueError(f"no such month: {month}")
