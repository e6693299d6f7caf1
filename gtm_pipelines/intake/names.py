"""Names of people and companies: tidied for use, folded for comparison."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LEGAL_FORMS = frozenset(
    """ооо оао зао пао ао ип нао гк ано фгуп муп гуп тоо чп
    ltd limited llc llp lp inc incorporated corp corporation co company plc gmbh mbh ag kg kgaa ug se sa sas sarl srl spa bv nv
    ab asa oy oyj aps kk pte pty bhd sdn tbk jsc pjsc ojsc cjsc sro doo""".split()
)
_LONG_FORMS = re.compile(
    r"\b(общество с ограниченной ответственностью|(публичное |закрытое |открытое |непубличное )?акционерное общество"
    r"|индивидуальный предприниматель)\b"
)
_DOTTED = re.compile(r"\b(\w)\.(?=\w\b)")
_SIGNS = re.compile(r"[^\w]+")
_PATRONYMIC = re.compile(r"(вич|вна|ична|оглы|кызы)$", re.I)
_SURNAME = re.compile(r"(ов|ев|ёв|ин|ын|ова|ева|ёва|ина|ына|ский|цкий|ская|цкая|ских|енко|чук|юк|ян)$", re.I)
_PARTS = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=100_000)
def company_key(name: str) -> str | None:
    """Return a company's name for comparison: folded, without signs and legal form.

    A name that is nothing but a legal form stays as it is.
    """
    folded = unicodedata.normalize("NFKC", name).casefold().replace("ё", "е").replace("&", " and ")
    words = _SIGNS.sub(" ", _DOTTED.sub(r"\1", _LONG_FORMS.sub(" ", folded))).split()
    core = [word for word in words if word not in _LEGAL_FORMS] or words
    return " ".join(core) or None


@lru_cache(maxsize=100_000)
def person_name(text: str) -> str:
    """Return a person's name in its usual spelling: ``PETROVA`` and ``petrova`` become ``Petrova``.

    A name already in mixed case is left alone (``McDonald``, ``van Dijk``).
    """
    if len(text) > 1 and (text.isupper() or text.islower()):
        return _PARTS.sub(lambda part: part.group().capitalize(), text)
    return text


def split_name(full: str) -> tuple[str | None, str | None]:
    """Split a full name into first and last name, English and Russian order alike.

    ``Last, First`` goes by its comma; three Russian words by the patronymic; two
    Russian words by which of them ends as a surname; else the first word is the first name.
    """
    if "," in full:
        last, _, first = (part.strip() for part in full.partition(","))
        return first or None, last or None
    words = full.split()
    if len(words) < 2:
        return (words[0] if words else None), None
    if len(words) == 3 and _PATRONYMIC.search(words[2]):
        return words[1], words[0]
    if len(words) == 3 and _PATRONYMIC.search(words[1]):
        return words[0], words[2]
    if len(words) == 2 and _SURNAME.search(words[0]) and not _SURNAME.search(words[1]):
        return words[1], words[0]
    return words[0], " ".join(words[1:])
