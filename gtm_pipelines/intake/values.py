"""Cells to values: text, numbers, yes or no, the language of a text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from gtm_pipelines.intake.columns import varies
from gtm_pipelines.intake.formulas import restore

_EMPTY = frozenset({"", "-", "–", "—", "n/a", "null", "none", "nan", "#n/a", "нет данных", "н/д", "undefined"})
_LONGEST_EMPTY = max(map(len, _EMPTY))
_YES = frozenset(
    {"1", "y", "yes", "true", "t", "x", "да", "д", "истина", "+", "✓", "unsubscribed", "opted out", "отписан", "отписана"}
)
_NO = frozenset({"0", "n", "no", "false", "f", "нет", "н", "ложь", "subscribed", "подписан", "подписана"})
_NO_CONTACT = re.compile(
    r"do.?not.?(contact|e?mail|disturb)|^dnc$|unsubscrib|opt(ed)?.?out|blacklist|не (писать|беспокоить|контактировать)"
    r"|отписа[нлв]|ч[её]рный список",
    re.I,
)
_RANGE = re.compile(r"^\D*?(\d+)\s*(?:-|–|—|to|до|\.\.)\s*(\d+)\D*$", re.I)
_GROUPED = re.compile(r"(?<=\d)[\s\u00a0\u202f.,'’](?=\d{3}(?:\D|$))")
_NUMBER = re.compile(r"(\d+(?:[.,]\d+)?)\s*(k|тыс|m|млн)?", re.I)
_FACTORS = {"k": 1_000, "тыс": 1_000, "m": 1_000_000, "млн": 1_000_000}
_LARGEST = 2_147_483_647
_OF_CP1251 = bytes(byte for byte in range(256) if bytes([byte]).decode("cp1251", "ignore").isalpha())
_CYRILLIC = bytes(byte for byte in _OF_CP1251 if re.match("[А-Яа-яЁё]", bytes([byte]).decode("cp1251")))
_NO_LETTERS = bytes(byte for byte in range(256) if byte not in _OF_CP1251 and byte != ord("\n"))
_ALPHABETS = bytes(ord("c") if byte in _CYRILLIC else byte if byte == ord("\n") else ord("l") for byte in range(256))
_LETTERS = re.compile(r"[^\W\d_]+")
CYRILLIC_SHARE = 0.3
"""Least share of Cyrillic among the letters of a Russian text; names of products in Latin letters are common in one."""


def clean(cell: str) -> str | None:
    """Return a cell on one line with single spaces, or ``None`` where it says that there is nothing."""
    if cell[:1] == "'":
        cell = restore(cell)
    if cell.isprintable() and "  " not in cell:
        text = cell.strip()
    else:
        text = " ".join(cell.split())
        if not text.isprintable():
            text = "".join(c for c in text if c.isprintable() or c in "\u200c\u200d").strip()
    if not text or (len(text) <= _LONGEST_EMPTY and text.lower() in _EMPTY):
        return None
    return text


def cleaned(column: Sequence[str]) -> list[str | None]:
    """Return what ``clean`` says of every cell of a column.

    One look at all of them finds that none needs tidying, as is the rule in a file that a
    program wrote; then only words for nothing are left to be found.
    """
    if not varies(column):
        said = {cell: clean(cell) for cell in set(column)}
        return [said[cell] for cell in column]
    joined = "\n".join(column)
    untidy = "  " in joined or " \n" in joined or "\n " in joined or joined[:1] == " " or joined[-1:] == " "
    untidy = untidy or joined[:1] == "'" or "\n'" in joined
    if untidy or not joined.replace("\n", "").isprintable() or joined.count("\n") != len(column) - 1:
        return [clean(cell) for cell in column]
    if min(map(len, column)) > _LONGEST_EMPTY:
        return list(column)
    return [None if len(cell) <= _LONGEST_EMPTY and cell.lower() in _EMPTY else cell for cell in column]


def identifier(cell: str) -> str | None:
    """Return a tax or registry number without spaces and signs of spreadsheets; leading zeros stay."""
    text = clean(cell)
    if text is None:
        return None
    text = re.sub(r"[\s'\"`=]+", "", text).upper()
    return text if any(c.isalnum() for c in text) and text.strip("0") else None


@lru_cache(maxsize=10_000)
def count(text: str) -> int | None:
    """Return a number of people: ``1 200``, ``1,200``, ``about 50``, ``2.5k``; of a range the middle."""
    joined = _GROUPED.sub("", text)
    span = _RANGE.match(joined)
    if span:
        value = (int(span.group(1)) + int(span.group(2))) // 2
        return value if value <= _LARGEST else None
    found = _NUMBER.search(joined)
    if not found or joined.lstrip().startswith("-"):
        return None
    whole = float(found.group(1).replace(",", ".")) * _FACTORS.get((found.group(2) or "").lower(), 1)
    return int(whole) if whole <= _LARGEST else None


def truth(text: str) -> bool | None:
    """Return yes or no in either language, or ``None`` where it is neither."""
    word = text.lower()
    return True if word in _YES else False if word in _NO else None


def asks_no_contact(text: str) -> bool:
    """Tell whether a status says that its owner is not to be written to."""
    return bool(_NO_CONTACT.search(text))


def raised(text: str) -> bool:
    """Tell whether a do-not-contact or unsubscribed cell is raised.

    A word for no leaves it down. Everything else that is filled raises it, a date of
    unsubscribing too: writing to somebody who asked not to be is the worse mistake.
    """
    return truth(text) is not False


def guess_language(text: str) -> str | None:
    """Return ``ru`` or ``en`` by the share of Cyrillic letters, or ``None`` without letters."""
    return guess_languages([text.replace("\n", " ")])[0]


def guess_languages(texts: Sequence[str]) -> list[str | None]:
    """Return what ``guess_language`` says of every text; each stands on one line."""
    written = "\n".join(texts).encode("cp1251", "ignore").translate(_ALPHABETS, _NO_LETTERS)
    letters = written.split(b"\n") if texts else []
    return [
        ("ru" if found.count(b"c") >= CYRILLIC_SHARE * len(found) else "en") if found else _other_alphabet(text)
        for found, text in zip(letters, texts, strict=True)
    ]


def _other_alphabet(text: str) -> str | None:
    return "en" if _LETTERS.search(text) else None
