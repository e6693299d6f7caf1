"""Languages to ISO 639-1, by code or by their name in English, in Russian or in themselves."""

from __future__ import annotations

import re
from functools import lru_cache

from gtm_pipelines.intake.normalise.words import cldr_aliases, cldr_names, folded

_TAG = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]{2,8})*")
_SHORT = {
    "рус": "ru", "русск": "ru", "англ": "en", "нем": "de", "фр": "fr", "франц": "fr", "исп": "es", "кит": "zh", "укр": "uk",
    "mandarin": "zh", "cantonese": "zh", "farsi": "fa", "фарси": "fa", "castilian": "es", "brazilian portuguese": "pt",
    "norwegian": "no", "iw": "he", "ger": "de", "fre": "fr", "chi": "zh", "dut": "nl", "cze": "cs", "gre": "el", "per": "fa",
    "рус яз": "ru", "англ яз": "en",
}  # fmt: skip
_WORD = re.compile(r"\b(language|язык|яз)\b")


@lru_cache(maxsize=2_000)
def language_code(text: str) -> str | None:
    """Return the code of a language: ``en-US``, ``English``, ``английский``, ``Deutsch`` and ``deu`` are all read."""
    names = _names()
    key = folded(_WORD.sub(" ", folded(text)))
    if key in _SHORT or key in names:
        return _SHORT.get(key) or names[key]
    tag = _TAG.fullmatch(text.strip().lower())
    return names.get(tag.group(1)) if tag else None


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Return code or name → code of two letters."""
    english = cldr_names("languages", "en")
    codes = [code for code in english if len(code) == 2]
    names = {code: code for code in codes}
    aliases = cldr_aliases("language_aliases").items()
    names.update((alias, to[0]) for alias, to in aliases if alias.isalpha() and to[0] in names)
    for table in (english, cldr_names("languages", "ru")):
        for code in codes:
            if code in table:
                names.setdefault(folded(table[code]), code)
    for own in ("de", "fr", "es", "it", "pt", "nl", "pl", "uk", "tr", "sv", "da", "fi", "cs", "zh", "ja", "ko", "ar", "kk"):
        names.setdefault(folded(cldr_names("languages", own)[own]), own)
    return names
