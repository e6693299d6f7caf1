"""What a company says of itself in sentences: since when, how many, its tax number. In English and Russian, by rules."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple


class Said(NamedTuple):
    """A value and the words it rests on, as they stand in the text."""

    value: str
    words: str


_YEAR = r"(1[89]\d\d|20\d\d)"
_FOUNDED = re.compile(
    rf"(?:founded|established|est\.|incorporated|set up|started|in business|operating)\s+(?:back\s+)?(?:in|since)?\s*{_YEAR}"
    rf"|(?:^|[^\w])since\s+{_YEAR}"
    rf"|(?:основан[аоы]?|создан[аоы]?|образован[аоы]?|учрежден[аоы]?|учреждён[аоы]?|зарегистрирован\w?)\s+(?:\w+\s+){{0,3}}?в\s+{_YEAR}"
    rf"|(?:работа\w+|на рынке|занима\w+|производ\w+|с нами)\s+(?:\w+\s+){{0,4}}?с\s+{_YEAR}"
    rf"|\bс\s+{_YEAR}\s*(?:года|г\.)",
    re.I,
)
_ANY_YEAR, _DIGIT = re.compile(r"(?<!\d)(?:1[89]|20)\d\d(?!\d)"), re.compile(r"\d")
_COUNT = r"(\d{1,3}(?:[ \u00a0,.]\d{3})+|\d{1,6})"
_STAFF = re.compile(
    rf"{_COUNT}\s*\+?\s*(?:\w+\s+){{0,2}}?(?:employees|people|professionals|specialists|experts|staff|engineers)(?!\w)"
    rf"|(?:team|staff)\s+of\s+(?:\w+\s+){{0,2}}?{_COUNT}"
    rf"|{_COUNT}\s*\+?\s*(?:\w+\s+){{0,2}}?(?:сотрудник\w*|работник\w*|специалист\w*|человек)(?!\w)"
    rf"|(?:команд\w+|штат\w*|коллектив\w*)\s+(?:\w+\s+){{0,4}}?{_COUNT}\s*(?:сотрудник|специалист|человек|работник)",
    re.I,
)
_OWN = re.compile(
    r"(?<!\w)(?:we|our|us|team|company|employs?|staff|мы|наш\w*|нас|команд\w*|компани\w*|штат\w*|коллектив\w*|предприяти\w*)(?!\w)",
    re.I,
)
_INN = re.compile(r"ИНН(?:\s*/\s*КПП)?[\s:№]{0,5}(\d{10}|\d{12})(?!\d)")
_OGRN = re.compile(r"ОГРН(?:ИП)?[\s:№]{0,5}(\d{13}|\d{15})(?!\d)")
_LONGEST = 400
_EARLIEST, _LEAST_STAFF, _MOST_STAFF = 1800, 2, 500_000


def founded(lines: Iterable[str], this_year: int) -> Said | None:
    """Return the year in which the company says it began; ``None`` where it names several."""
    found = {year: line for line in lines for year in _years(line) if _EARLIEST <= int(year) <= this_year}
    return _only(found)


def staff(lines: Iterable[str]) -> Said | None:
    """Return how many people the company says it has; ``None`` where it names several numbers.

    A number counts only in a line that speaks of the company itself: of customers' people there is no end.
    """
    found: dict[str, str] = {}
    for line in lines:
        if len(line) <= _LONGEST and _DIGIT.search(line) and _OWN.search(line):
            for groups in _STAFF.findall(line):
                number = re.sub(r"\D", "", next((group for group in groups if group), ""))
                if number and _LEAST_STAFF <= int(number) <= _MOST_STAFF and not 1900 <= int(number) <= 2100:
                    found.setdefault(str(int(number)), line)
    return _only(found)


def tax_number(lines: Iterable[str]) -> Said | None:
    """Return the Russian tax number (ИНН) whose check digits are right; ``None`` where there are several."""
    return _only({number: line for line in lines for number in _INN.findall(line) if is_inn(number)})


def registration_number(lines: Iterable[str]) -> Said | None:
    """Return the Russian registration number (ОГРН) whose check digit is right; ``None`` where there are several."""
    return _only({number: line for line in lines for number in _OGRN.findall(line) if is_ogrn(number)})


def is_inn(number: str) -> bool:
    """Check the digits of an ИНН (order of the Federal Tax Service ММВ-7-6/435)."""
    weights = {10: ((2, 4, 10, 3, 5, 9, 4, 6, 8),), 12: ((7, 2, 4, 10, 3, 5, 9, 4, 6, 8), (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8))}
    digits = [int(sign) for sign in number]
    return all(
        sum(w * d for w, d in zip(row, digits, strict=False)) % 11 % 10 == digits[len(row)] for row in weights[len(digits)]
    )


def is_ogrn(number: str) -> bool:
    """Check the last digit of an ОГРН or ОГРНИП: the rest by 11 or by 13."""
    return int(number[:-1]) % (11 if len(number) == 13 else 13) % 10 == int(number[-1])


def _years(line: str) -> list[str]:
    if len(line) > _LONGEST or not _ANY_YEAR.search(line):
        return []
    return [next(group for group in groups if group) for groups in _FOUNDED.findall(line)]


def _only(found: dict[str, str]) -> Said | None:
    if len(found) != 1:
        return None
    [(value, words)] = found.items()
    return Said(value, words)
