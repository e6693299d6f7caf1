"""Names in one alphabet and one spelling, so that ``Яндекс`` and ``Yandex``, ``Юрий`` and ``Yuri`` compare alike."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LATIN = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i", "й": "i",
        "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
        "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
        "і": "i", "ї": "i", "є": "e", "ґ": "g", "ў": "u", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i",
    }
)  # fmt: skip
_MARKS = re.compile(r"[\u0300-\u036f]")
_WORD = re.compile(r"[^\W_]+")
_SOUNDS = (("shch", "sh"), ("sch", "sh"), ("ck", "k"), ("kh", "h"), ("ph", "f"), ("th", "t"), ("ch", "\x01"), ("c", "k"),
           ("\x01", "ch"), ("q", "k"), ("x", "ks"), ("w", "v"), ("y", "i"), ("j", "i"))  # fmt: skip
_DOUBLED = re.compile(r"(\D)\1+")


@lru_cache(maxsize=200_000)
def latin(text: str) -> str:
    """Return ``text`` in small letters without accents, Cyrillic transliterated."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_LATIN)
    return folded if folded.isascii() else _MARKS.sub("", unicodedata.normalize("NFKD", folded))


def words(text: str) -> list[str]:
    """Return the words of ``text`` as ``latin`` spells them."""
    return _WORD.findall(latin(text.replace("'", "").replace("’", "")))


@lru_cache(maxsize=200_000)
def sound(word: str) -> str:
    """Return what spellings of one word share: ``yandex`` and ``iandeks``, ``Dmitry`` and ``Дмитрий``."""
    heard = latin(word)
    for letters, one in _SOUNDS:
        heard = heard.replace(letters, one)
    heard = _DOUBLED.sub(r"\1", heard)
    return heard[1:] if heard.startswith("ie") else heard


@lru_cache(maxsize=100_000)
def alike(left: str, right: str) -> float:
    """Return how alike two words are, 0 to 1 (Jaro-Winkler); words of digits are alike when one digit differs."""
    from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

    if left.isdigit() or right.isdigit():
        return 0.9 if min(len(left), len(right)) >= 4 and DamerauLevenshtein.distance(left, right) == 1 else 0.0
    return float(JaroWinkler.similarity(left, right))


def digits(text: str | None) -> str | None:
    """Return the last nine digits of a telephone number, which it keeps in every notation; ``None`` for fewer than seven."""
    found = "".join(c for c in text or "" if c.isdigit())
    return found[-9:] if len(found) >= 7 else None
