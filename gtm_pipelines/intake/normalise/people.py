"""Names of people into their parts, in English and Russian order.

Plain Latin names of two or three words are split here as ``nameparser`` splits them;
names with titles, suffixes, particles, commas or nicknames are its work. Russian names,
of which it knows nothing, go by patronymics, initials and the endings of surnames.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from gtm_pipelines.intake.names import person_name

_CYRILLIC = re.compile("[А-Яа-яЁёІіЇїЄє]")
_PATRONYMIC = re.compile(r"(вич|вна|ична|инична|ьич|мич|кич|оглы|кызы|улы)$", re.I)
_LATIN_PATRONYMIC = re.compile(r"[a-z](ovich|evich|yevich|ovna|evna|yevna|ichna)$", re.I)
_SURNAME = re.compile(
    r"(ов|ев|ёв|ин|ын|ова|ева|ёва|ина|ына|ский|цкий|ской|цкой|ская|цкая|ских|ых|их|енко|чук|юк|ук|ян|янц|дзе|швили|ман|ич"
    r"|ко|ло|ая)$",
    re.I,
)
_LATIN_SURNAME = re.compile(r"[a-z](ov|ev|ova|eva|skiy|sky|skaya|enko|chuk|yan)$", re.I)
_INITIALS = re.compile(r"[^\W\d_](?:\.[\s-]?[^\W\d_]){0,2}\.?")
_ONE_INITIAL = re.compile(r"[^\W\d_]\.?")
_RUSSIAN_TITLE = re.compile(
    r"^(?:(?:г-н|г-жа|господин|госпожа|тов|уважаем(?:ый|ая)|д-р|доктор|проф|профессор|к\.?\s?т\.?\s?н|к\.?\s?э\.?\s?н|д\.?\s?т\.?\s?н)\b"
    r"\.?\s+)+",
    re.I,
)
_AFTER = re.compile(r"\s*[(\[{|/].*$|\s+[-–—]\s+.*$|,\s*(?:ph\.?\s?d|mba|md|cpa|к\.[а-я]\.н|д\.[а-я]\.н).*$", re.I)
_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_AFTER_FATHER = frozenset({"оглы", "кызы", "улы"})
_GIVEN = frozenset(
    """
    александр алексей анатолий андрей антон аркадий артем борис вадим валентин валерий василий виктор виталий владимир
    владислав вячеслав геннадий георгий григорий данил даниил денис дмитрий евгений егор иван игорь илья кирилл
    константин лев леонид максим михаил никита николай олег павел петр роман руслан сергей станислав степан тимур
    федор юрий ярослав александра алина алла анастасия анна валентина валерия вера виктория галина дарья диана евгения
    екатерина елена елизавета жанна зинаида зоя инна ирина карина кристина ксения лариса лидия любовь людмила
    маргарита марина мария надежда наталья наталия нина оксана ольга полина раиса светлана софия софья тамара татьяна
    ульяна юлия яна арина азамат айгуль рустам ринат марат ильдар тимофей матвей марк глеб ян семен
    """.split()
)


class PersonName(NamedTuple):
    """The parts of a name as far as they are known, and all of it in the order in which it is said."""

    first: str | None
    middle: str | None
    last: str | None
    full: str | None


def person(
    full: str | None,
    first: str | None = None,
    last: str | None = None,
    middle: str | None = None,
    language: str | None = None,
    surname_first: bool = False,
) -> PersonName:
    """Return the parts of a name; given parts are kept, missing ones are read from ``full``.

    Args:
        full: the whole name in either order.
        first: the given name, which may hold the middle name as well.
        last: the family name.
        middle: the middle name or patronymic.
        language: ``ru`` where a name in Latin letters is to be read in Russian order.
        surname_first: whether the column says that the family name stands first, as ``ФИО`` does.
    """
    named = (person_name(part) if part else None for part in parts(full, first, last, middle, language, surname_first))
    first, middle, last = named
    said = f"{first} {last}" if first and last else (full and person_name(full)) or first or last or None
    return PersonName(first, middle, last, said)


def parts(
    full: str | None,
    first: str | None,
    last: str | None,
    middle: str | None,
    language: str | None = None,
    surname_first: bool = False,
) -> tuple[str | None, str | None, str | None]:
    """Return first, middle and last name as they are written; see ``person``."""
    if full and not (first and last):
        found = split(full, language, surname_first)
        return first or found[0], middle or found[1], last or (found[2] if found[2] != first else None)
    if first and not middle and is_several(first):
        return *_patronymic_off(first), last
    return first, middle, last


def is_several(first: str) -> bool:
    """Whether a first name may hold a middle name as well."""
    return " " in first or "." in first


@lru_cache(maxsize=50_000)
def split(full: str, language: str | None = None, surname_first: bool = False) -> tuple[str | None, str | None, str | None]:
    """Split a whole name into first, middle and last name, each ``None`` where it is not there."""
    text = " ".join(full.split())
    if surname_first or _CYRILLIC.search(text) or language == "ru" or _LATIN_PATRONYMIC.search(text):
        return _russian(_AFTER.sub("", _RUSSIAN_TITLE.sub("", text)), surname_first)
    words = text.split(" ")
    if len(words) == 2 and "." in text:
        for initials, last in ((words[1], words[0]), (words[0], words[1])):
            several = initials.count(".") > (initials is words[0])
            if several and _is_initials(initials) and len(last) > 2 and _is_plain(last):
                return _of_initials(initials, last)
    if 2 <= len(words) <= 3 and all(map(_is_plain, words)):
        return words[0], words[1] if len(words) == 3 else None, words[-1]
    return by_library(_AFTER.sub("", text) if "(" not in text else text)


def by_library(text: str) -> tuple[str | None, str | None, str | None]:
    """Split a name in Latin letters as ``nameparser`` does."""
    from nameparser import HumanName

    name = HumanName(text)
    return name.first or None, name.middle or None, name.last or None


@lru_cache(maxsize=50_000)
def _is_plain(word: str) -> bool:
    """Whether a word is nothing to ``nameparser`` but a name: no title, particle, suffix or conjunction."""
    from nameparser.config import CONSTANTS

    key = word.lower().rstrip(".")
    special = (CONSTANTS.titles, CONSTANTS.prefixes, CONSTANTS.suffix_acronyms, CONSTANTS.suffix_not_acronyms)
    if any(key in words for words in (*special, CONSTANTS.conjunctions, CONSTANTS.first_name_titles)):
        return False
    return bool(_WORD.fullmatch(word) or (len(word) == 2 and word[1] == "." and word[0].isalpha()))


def _russian(text: str, surname_first: bool) -> tuple[str | None, str | None, str | None]:
    if "," in text:
        last, _, rest = (part.strip() for part in text.partition(","))
        first, middle = _patronymic_off(rest)
        return first, middle, last or None
    words = text.split()
    if len(words) < 2:
        return (words[0] if words else None), None, None
    if _is_initials(words[0]):
        start = next((at for at, word in enumerate(words) if not _is_initials(word)), len(words) - 1)
        return _of_initials(" ".join(words[:start]), " ".join(words[start:]))
    if all(map(_is_initials, words[1:])):
        return _of_initials(" ".join(words[1:]), words[0])
    return _by_patronymic(words) or _by_surname(words, surname_first)


def _by_patronymic(words: list[str]) -> tuple[str, str, str | None] | None:
    """Split by where the patronymic stands: ``Last First Patronymic`` or ``First Patronymic Last``."""
    end = next((n for n in range(len(words), 1, -1) if _is_patronymic(words[n - 1])), None)
    if end is None:
        return None
    at = end - 2 if words[end - 1].lower() in _AFTER_FATHER and end > 2 else end - 1
    middle = " ".join(words[at:end])
    if at == 1 and end < len(words):
        return words[0], middle, " ".join(words[end:])
    if at == 1:
        return (words[0], middle, None) if words[1].lower().replace("ё", "е") in _patronymics() else None
    return words[at - 1], middle, " ".join(words[: at - 1])


def _by_surname(words: list[str], surname_first: bool) -> tuple[str, str | None, str]:
    """Split by the word that is known as a given name, else by the one that ends as a surname, else by the column's order."""
    heads, tail = words[0], words[-1]
    known, ending = _is_given(tail) - _is_given(heads), _is_surname(heads) - _is_surname(tail)
    if surname_first and (known > 0 or (not known and ending >= 0)):
        return words[1], " ".join(words[2:]) or None, heads
    if known > 0 or (not known and ending > 0):
        return tail, None, " ".join(words[:-1])
    return heads, " ".join(words[1:-1]) or None, tail


def _is_given(word: str) -> bool:
    return word.lower().replace("ё", "е") in _GIVEN


@lru_cache(maxsize=1)
def _patronymics() -> frozenset[str]:
    """Return the patronymics of known given names, for names in which nothing else tells one from a surname."""
    found = {"ильич", "кузьмич", "лукич", "фомич", "львович", "львовна", "петрович", "петровна", "павлович", "павловна"}
    for name in _GIVEN:
        stem = name[:-2] + "ь" if name.endswith("ий") else name[:-1] if name.endswith("й") else name
        softer = "е" if name.endswith(("й", "ь")) else "о"
        if name[-1] not in "ая":
            found |= {f"{stem.rstrip('ь') if name.endswith('ь') else stem}{softer}{ending}" for ending in ("вич", "вна")}
        elif name in ("никита", "илья", "фома"):
            found |= {f"{name[:-1]}ич", f"{name[:-1]}ична"}
    return frozenset(found)


def _is_surname(word: str) -> bool:
    return bool(_SURNAME.search(word) or _LATIN_SURNAME.search(word))


def _is_patronymic(word: str) -> bool:
    return bool(_PATRONYMIC.search(word) or _LATIN_PATRONYMIC.search(word))


def _is_initials(word: str) -> bool:
    return _INITIALS.fullmatch(word) is not None


def _of_initials(initials: str, last: str) -> tuple[str | None, str | None, str | None]:
    letters = [letter for letter in re.split(r"[\s.\-]+", initials) if letter]
    first, *others = (f"{letter}." for letter in letters)
    return first, " ".join(others) or None, last


def _patronymic_off(first: str) -> tuple[str | None, str | None]:
    """Take a patronymic off a given name: ``Иван Петрович`` becomes ``Иван`` and ``Петрович``."""
    words = first.split()
    if len(words) == 2 and (_is_patronymic(words[1]) or _ONE_INITIAL.fullmatch(words[1])):
        return words[0], words[1]
    if len(words) == 1 and first.count(".") == 2 and _is_initials(first):
        given, middle, _ = _of_initials(first, "")
        return given, middle
    return first or None, None
