"""Numbers, percentages and sums of money in a text, in digits or in words, with what they amount to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from gtm_pipelines.drafting.checks.found import Amount, Found, Kind

_DIGITS = r"\d{1,3}(?:[ \u00a0\u202f.,'’]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d+)?"
_BEFORE = r"(?P<cur>US\$|[$€£₽¥]|\b(?:USD|EUR|GBP|RUB|CHF)\s?)?\s?"
_MAGNITUDE = (
    r"(?P<mag>k\b|m\b|mln\b|mn\b|bn\b|thousand\b|million\b|billion\b|тыс(?:\.|\b)|тысяч\w*|млн\b\.?|миллион\w*"
    r"|млрд\b\.?|миллиард\w*)"
)
_AFTER = (
    r"(?P<unit>%|percent(?:age points?)?\b|per cent\b|pp\b|процент\w*|п\.\s?п\.|[$€£₽¥]|USD\b|EUR\b|GBP\b|RUB\b|CHF\b"
    r"|dollars?\b|euros?\b|pounds?\b|rubles?\b|roubles?\b|руб\b\.|руб\w*|доллар\w*|евро\b|фунт\w*|р\.)"
)
_NUMBER = re.compile(
    rf"(?<![\w])(?<!\d[.,])(?<![A-Za-zА-ЯЁа-яё]-){_BEFORE}(?P<num>{_DIGITS})(?:\s?-?{_MAGNITUDE})?(?:\s?-?{_AFTER})?"
    r"(?P<tail>\+|x\b|х\b|th\b|st\b|nd\b|rd\b|-?(?:й|я|е|го|му|ти|ми|х)\b)?(?!\w|-(?-i:[А-ЯЁA-Z]{2}))",
    re.I,
)
_LISTED = re.compile(r"^\s*\d{1,2}[.)]\s", re.M)
_ALWAYS = re.compile(r"\b24/7(?:/365)?\b|\b1[ -]?(?:on|:|to)[ -]?1\b", re.I)
_POWERS = (
    ("k", 3),
    ("th", 3),
    ("ты", 3),
    ("mi", 6),
    ("ml", 6),
    ("mn", 6),
    ("m", 6),
    ("млн", 6),
    ("миллиа", 9),
    ("милли", 6),
    ("b", 9),
    ("м", 9),
)
_CURRENCIES = (
    ("us$", "USD"), ("$", "USD"), ("usd", "USD"), ("dollar", "USD"), ("доллар", "USD"), ("€", "EUR"), ("eur", "EUR"),
    ("евро", "EUR"), ("£", "GBP"), ("gbp", "GBP"), ("pound", "GBP"), ("фунт", "GBP"), ("₽", "RUB"), ("rub", "RUB"),
    ("roub", "RUB"), ("руб", "RUB"), ("р.", "RUB"), ("¥", "JPY"), ("chf", "CHF"),
)  # fmt: skip


def numbers(text: str) -> list[Found]:
    """Return every amount that a text has in digits, in order."""
    skipped = [match.span() for pattern in (_LISTED, _ALWAYS) for match in pattern.finditer(text)]
    found = []
    for match in _NUMBER.finditer(text):
        start, end = match.start("num"), match.end()
        if any(low <= start < high for low, high in skipped):
            continue
        start = match.start("cur") if match["cur"] else start
        unit = unit_of(match["cur"], match["unit"])
        values = frozenset(Amount(value * Decimal(10) ** _power(match["mag"]), unit) for value in readings(match["num"]))
        found.append(Found(kind_of(unit), text[start:end].strip(), start, end, values=values))
    return found


def kind_of(unit: str) -> Kind:
    """Return what an amount of a unit is."""
    return "percent" if unit == "%" else "money" if unit else "number"


def unit_of(*signs: str | None) -> str:
    """Return the unit that signs beside a number tell; empty where there are none."""
    for sign in signs:
        low = (sign or "").strip().casefold()
        if not low:
            continue
        for begins, currency in _CURRENCIES:
            if low.startswith(begins):
                return currency
        return "%"
    return ""


def readings(digits: str) -> Iterator[Decimal]:
    """Yield what digits with points and commas can mean: ``1.200`` is 1200 or 1.2."""
    bare = re.sub(r"[ \u00a0\u202f'’]", "", digits)
    groups = re.split(r"[.,]", bare)
    if len(groups) == 1:
        yield Decimal(bare)
        return
    if len(groups) > 2 or (len(groups[-1]) == 3 and len(groups[0]) <= 3):
        last = "" if len(groups[-1]) == 3 else "." + groups[-1]
        yield Decimal("".join(groups if not last else groups[:-1]) + last)
    if len(groups) == 2:
        yield Decimal(f"{groups[0]}.{groups[1]}")


def _power(magnitude: str | None) -> int:
    low = (magnitude or "").casefold()
    return next((power for begins, power in _POWERS if low.startswith(begins)), 0)
