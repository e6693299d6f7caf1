"""Numbers written as words, English and Russian, where they tell an amount rather than a manner of speaking."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from gtm_pipelines.drafting.checks.forms import is_cyrillic, read
from gtm_pipelines.drafting.checks.found import Amount, Found
from gtm_pipelines.drafting.checks.numbers import kind_of, unit_of

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen"
    " nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_UNITS_RU = (
    "ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать четырнадцать пятнадцать"
    " шестнадцать семнадцать восемнадцать девятнадцать"
)
_TENS_RU = "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто"
_HUNDREDS_RU = "сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот"
VALUES: dict[str, int] = {word: place for place, word in enumerate(_UNITS.split())}
VALUES |= {word: place * 10 for place, word in enumerate(_TENS.split(), 2)}
VALUES |= {word: place for place, word in enumerate(_UNITS_RU.split())}
VALUES |= {word: place * 10 for place, word in enumerate(_TENS_RU.split(), 2)}
VALUES |= {word: place * 100 for place, word in enumerate(_HUNDREDS_RU.split(), 1)}
VALUES |= {"dozen": 12, "двое": 2, "трое": 3, "четверо": 4, "пятеро": 5, "оба": 2, "сотня": 100, "десяток": 10, "дюжина": 12}
ORDINALS: dict[str, int] = {
    word: place for place, word in enumerate("first second third fourth fifth sixth seventh eighth ninth tenth".split(), 1)
}
ORDINALS |= {
    word: place
    for place, word in enumerate("первый второй третий четвёртый пятый шестой седьмой восьмой девятый десятый".split(), 1)
} | {"четвертый": 4}
"""What carries a count, without telling one itself: the third year in a row is three years."""
SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
SCALES |= {"тысяча": 1000, "миллион": 10**6, "миллиард": 10**9}
TIMES = {
    "twice": 2, "double": 2, "doubled": 2, "doubles": 2, "doubling": 2, "triple": 3, "tripled": 3, "triples": 3, "tripling": 3,
    "quadrupled": 4, "halved": 2, "halve": 2, "halves": 2, "halving": 2, "half": 2, "вдвое": 2, "втрое": 3, "вчетверо": 4,
    "удвоить": 2, "удвоиться": 2, "утроить": 3, "утроиться": 3, "половина": 2, "вполовину": 2, "удваивать": 2,
}  # fmt: skip
VALUES |= {"полмиллион": 500_000, "полмиллиона": 500_000, "полмиллиарда": 500_000_000, "полтысячи": 500}
_HALVES = {"half": "0.5", "полтора": "1.5"}
_MANY = frozenset("dozens hundreds thousands millions billions".split()) | frozenset("сотня тысяча миллион десяток".split())
_HARMLESS = frozenset(
    "question questions thing things idea ideas reason reasons line lines sentence sentences word words way ways example examples"
    " option options step steps point points minute minutes min mins moment moments second seconds side sides of or more other"
    " another such to and day days week weeks time note notes detail details quick short simple lines"
    " in o morning evening afternoon утро вечер полдень ночь"
    " вопрос слово строка строчка идея причина пример вариант шаг способ предложение минута момент раз сторона день неделя из или"
    " пункт мысль деталь нюанс короткий простой секунда".split()
)
_PER_CENT = re.compile(r"\s+per\s+cent\b", re.I)
_IN_A_HUNDRED = re.compile(
    r"\b(\w+(?:-\w+)?)\s+(?:in|out of|of|из)\s+(?:every\s+|каждых\s+)?(?:a hundred|one hundred|hundred|100|ста|сотни)\b(?! ?%)",
    re.I,
)
_COMPOUND_RU = re.compile(
    r"(двух|тр[её]х|четыр[её]х|пяти|шести|семи|восьми|девяти|десяти|двенадцати|двадцати|тридцати)"
    r"(?:летн|дневн|недельн|месячн|минутн|часов|кратн|процентн)\w+$"
)
_HALF_MORE = re.compile(r"\s+(?:and a half|с половиной)\b", re.I)
_TWICE = re.compile(r"\s+(?:as|the|your|our|their|its|more|a|an|per|every|each|what|that|in|daily|weekly)\b", re.I)
"""What follows ``twice`` where it tells how much or how often, rather than once more."""
_DOUBLED = re.compile(r"\s+(?:the|your|our|their|its|his|her|my|that|this|in|by|as|what|every|each)\b|\s*[.,;:!?—–]|\s*$", re.I)
"""What follows ``double`` where it tells an amount; ``double bookings`` are a kind of bookings."""
_JOINING = frozenset("of or more other another such to and in из или".split())
"""Words that make a number harmless right after it; further on they only go on with the sentence."""
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_COUNTED = frozenset(
    "customer client company companie office country countrie year store warehouse plant factory factorie round award time user"
    " клиент заказчик компания офис страна год магазин склад завод фабрика раунд награда пользователь город филиал".split()
)
"""What mails boast with: of these even two are an amount."""
_LABELS = frozenset(
    "severity level step stage phase part page day week number option chapter grade rule tip point plan"
    " шаг этап уровень день неделя пункт часть страница номер вариант глава правило степень".split()
)
"""Words after which a number tells which one, not how many."""
A_FEW = 3
_LOOKED_AT = 2
"""Words after a small number within which its noun stands."""

Word = tuple[str, int, int]


def spelled(text: str, *, everything: bool = False) -> list[Found]:
    """Return the amounts of a text that are written as words.

    Args:
        text: what to read.
        everything: those that are but manners of speaking, too, such as ``two questions``.
    """
    words = list(_split(text))
    values = VALUES | ORDINALS if everything else VALUES
    found, at = [], 0
    while at < len(words):
        taken = _amount(words, at, values)
        if taken is None:
            at += 1
            continue
        value, after = taken
        one = _found(text, words, at, after, value)
        if everything or (not _in_passing(text, words, at) and _matters(words, at, after, value)):
            found.append(one)
        at = next((place for place in range(after, len(words)) if words[place][1] >= one.end), len(words))
    return found


def _split(text: str) -> Iterator[Word]:
    """Yield the words of a text in the form in which numbers are looked up; of ``five-year`` and ``пятилетний`` the number."""
    for match in _WORD.finditer(text):
        first, dash, rest = match[0].partition("-")
        compound = _COMPOUND_RU.match(match[0].lower())
        if compound:
            yield _form(compound[1]), match.start(), match.end()
        elif dash and first.lower() in VALUES and not {*rest.lower().split("-")} & (VALUES.keys() | SCALES.keys()):
            yield first.lower(), match.start(), match.start() + len(first)
            yield _form(rest), match.start() + len(first) + 1, match.end()
        else:
            yield _form(match[0]), match.start(), match.end()


def shares(text: str) -> list[Found]:
    """Return the shares of a hundred that a text tells as such: ``nine in a hundred``, ``девять из ста``."""
    found = []
    for match in _IN_A_HUNDRED.finditer(text):
        word = _form(match[1])
        if word.isdigit() or word in VALUES:
            values = frozenset({Amount(Decimal(word if word.isdigit() else VALUES[word]), "%")})
            found.append(Found("percent", match[0], *match.span(), values=values))
    return found


def _in_passing(text: str, words: Sequence[Word], at: int) -> bool:
    """Whether a number is but part of a term or a label: ``double bookings``, to say it twice, ``step five``."""
    word, _, end = words[at]
    if word in ("double", "triple"):
        return not _DOUBLED.match(text, end)
    if word == "twice":
        return not _TWICE.match(text, end)
    return at > 0 and words[at - 1][0] in _LABELS


def _found(text: str, words: Sequence[Word], at: int, after: int, value: Decimal) -> Found:
    start, end = words[at][1], words[after - 1][2]
    if half := _HALF_MORE.match(text, end):
        value, end = value + Decimal("0.5"), half.end()
    unit = unit_of(text[words[after][1] : words[after][2]]) if after < len(words) and _is_unit(words[after][0]) else ""
    if unit:
        end = words[after][2]
    elif per_cent := _PER_CENT.match(text, end):
        unit, end = "%", per_cent.end()
    return Found(kind_of(unit), text[start:end], start, end, values=frozenset({Amount(value, unit)}))


def _is_unit(word: str) -> bool:
    return bool(re.match(r"percent|dollar|euro|pound|rouble|ruble|процент|рубль|доллар|евро|фунт", word))


def _form(word: str) -> str:
    low = word.lower()
    if not is_cyrillic(low):
        return low
    for lemma in sorted(read(low).lemmas):
        if lemma in VALUES or lemma in ORDINALS or lemma in SCALES or lemma in TIMES or lemma in _HARMLESS:
            return lemma
    return min(read(low).lemmas, default=low)


def _amount(words: Sequence[Word], at: int, values: Mapping[str, int] = VALUES) -> tuple[Decimal, int] | None:
    """Return what the words from a place on amount to, and the place after them; ``None`` where they are no number."""
    if words[at][0] in _HALVES and (found := _half_of(words, at)):
        return found
    if words[at][0] in TIMES:
        return Decimal(TIMES[words[at][0]]), at + 1
    total, group, place = 0, 0, at
    while place < len(words) and (parts := list(_parts(words[place][0], values))):
        if place > at and words[place][1] - words[place - 1][2] > len(" and "):
            break
        for number, scale in parts:
            if not scale:
                group += number
            elif number == 100:
                group = max(group, 1) * 100
            else:
                total, group = total + max(group, 1) * number, 0
        place += 1
    return (Decimal(total + group), place) if place > at else None


def _half_of(words: Sequence[Word], at: int) -> tuple[Decimal, int] | None:
    """Return what ``half a million`` or ``полтора миллиона`` come to."""
    after = at + 2 if at + 1 < len(words) and words[at + 1][0] in ("a", "an") else at + 1
    scale = SCALES.get(words[after][0]) if after < len(words) else None
    return (Decimal(_HALVES[words[at][0]]) * scale, after + 1) if scale else None


def _parts(word: str, values: Mapping[str, int]) -> Iterator[tuple[int, bool]]:
    pieces = word.split("-") if word not in values and word not in SCALES else [word]
    read_as = [(values[piece], False) if piece in values else (SCALES.get(piece) or _plural(piece), True) for piece in pieces]
    if all(number is not None for number, _ in read_as):
        yield from ((int(number or 0), scale) for number, scale in read_as)


def _plural(word: str) -> int | None:
    return SCALES.get(word.removesuffix("s")) if word in _MANY else 12 if word == "dozens" else None


def _matters(words: Sequence[Word], at: int, after: int, value: Decimal) -> bool:
    """Whether a number tells an amount: a large one does, a small one by the noun after it."""
    first = words[at][0]
    if first == "half" or first == "половина":
        return True
    if first in TIMES or value > 10:
        return True
    if value <= 1:
        return False
    following = [word for word, _, _ in words[after : after + _LOOKED_AT]]
    if value <= A_FEW and following and is_cyrillic(following[0]) and "NOUN" in read(following[0]).tags:
        following = following[:1]
    if value <= A_FEW:
        return any(word.removesuffix("s") in _COUNTED for word in following)
    return bool(following) and following[0] not in _HARMLESS and not any(word in _HARMLESS - _JOINING for word in following)
