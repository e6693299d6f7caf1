"""Names of people and companies: tidied for use, folded for comparison."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LEGAL_FORMS = frozenset(
    """ооо оао зао пао ао ип нао гк ано фгуп муп гуп тоо чп
    ltd limited llc llp lp inc incorporated corp corporation co company plc gmbh mbh ag kg kgaa ug se sa sas sarl srl spa bv nv
    ab asa oy oyj aps uab sia kft zrt lda ltda eood ood slu eurl sasu gbr ohg fze fzco нао
    kk pte pty bhd sdn tbk jsc pjsc ojsc cjsc sro doo""".split()
)
_LONG_FORMS = re.compile(
    r"\b(общество с ограниченной ответственностью|(публичное |закрытое |открытое |непубличное )?акционерное общество"
    r"|индивидуальный предприниматель)\b"
)
_DOTTED = re.compile(r"\b(\w)\.(?=\w\b)")
_SIGNS = re.compile(r"[^\w]+")
_PARTS = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=100_000)
def company_key(name: str) -> str | None:
    """Return a company's name for comparison: folded, without signs and legal form.

    A name that is nothing but a legal form stays as it is.
    """
    if name.isascii():
        folded = name.lower().replace("&", " and ")
    else:
        folded = _LONG_FORMS.sub(" ", unicodedata.normalize("NFKC", name).casefold().replace("ё", "е").replace("&", " and "))
    words = _SIGNS.sub(" ", _DOTTED.sub(r"\1", folded) if "." in folded else folded).split()
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
