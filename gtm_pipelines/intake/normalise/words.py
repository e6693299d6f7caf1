"""The form in which words are looked up: small letters, single spaces, no signs. And the names of the Unicode CLDR."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_SIGNS = re.compile(r"[\W_]+")
_MARK = "Mn"


def folded(text: str) -> str:
    """Return words for comparison: ``Côte d’Ivoire`` becomes ``cote d ivoire``, ``Ё`` becomes ``е``.

    Accents go; the letters that Russian writes with one (``й``) stay.
    """
    lower = text.casefold()
    if not lower.isascii():
        lower = "".join(map(_plain, lower)).casefold()
    return _SIGNS.sub(" ", lower).strip()


def _plain(letter: str) -> str:
    if letter in "йё":
        return "е" if letter == "ё" else letter
    return "".join(c for c in unicodedata.normalize("NFKD", letter) if unicodedata.category(c) != _MARK)


@lru_cache(maxsize=40)
def cldr_names(subject: str, language: str) -> dict[str, str]:
    """Return code → name of the CLDR's ``territories`` or ``languages``, as people of ``language`` say them."""
    from babel import Locale

    return {str(code): str(name) for code, name in getattr(Locale(language), subject).items()}


@lru_cache(maxsize=4)
def cldr_aliases(subject: str) -> dict[str, tuple[str, ...]]:
    """Return other code → codes of the CLDR, such as ``USA`` of ``territory_aliases``."""
    from babel.core import get_global

    found = get_global(subject)  # type: ignore[arg-type]
    return {str(alias): (to,) if isinstance(to, str) else tuple(map(str, to)) for alias, to in found.items()}
