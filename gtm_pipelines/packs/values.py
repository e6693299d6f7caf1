"""What may be merged into a mail. Values come from files and the web: none is trusted.

A value is put in plain form or refused; nothing is repaired that a reader would
notice. Header injection: CPython before 3.11.8 turns an encoded word with a line
break in it into a header of its own (CVE-2024-6923), so such words are refused.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from gtm_pipelines.packs.model import RenderError

MAX_VALUE = 200
MAX_CAMPAIGN_VALUE = 1_000

_ENCODED_WORD = re.compile(r"=\?.*\?=|=\?[^?\s]+\?[bqBQ]\?", re.S)
_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|<[%?]|\$\{|\[(first|last|full|company)?[ _]?name\]", re.I)
_LINK = re.compile(r"[a-z][a-z0-9+.-]*://|\bwww\.|\bjavascript:|\bmailto:|<[a-z/!]", re.I)
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))
_REFUSED = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
_SPACES = re.compile(r"\s+")
_NOTHING = frozenset(
    {"", "-", "—", "–", ".", "?", "n/a", "na", "none", "null", "nil", "nan", "unknown", "undefined", "test", "#n/a"}
)
_NOTHING_RU = frozenset({"нет", "нет данных", "не указано", "не указан", "неизвестно", "н/д", "отсутствует"})


@lru_cache(maxsize=10_000)
def plain_value(name: str, value: str | None, *, trusted: bool = False) -> str | None:
    """Return a value as it may stand in a mail, or ``None`` where there is nothing to say.

    Args:
        name: the variable, for the error.
        value: what the record, the settings or the campaign holds.
        trusted: it was written by the sender, so it may be long and hold links.

    Raises:
        RenderError: the value could break a header, hide text or show a placeholder.
    """
    if value is None:
        return None
    value = (" ".join(value.split()) if trusted else value.strip()).translate(_INVISIBLE)
    if any(unicodedata.category(character) in _REFUSED for character in value):
        raise RenderError("value.control", f"{name} has control or invisible characters. Correct it in the list: {value[:80]!r}")
    text = _SPACES.sub(" ", unicodedata.normalize("NFC", value)).strip()
    if text.casefold() in _NOTHING or text.casefold() in _NOTHING_RU:
        return None
    if _ENCODED_WORD.search(text):
        raise RenderError("value.encoded_word", f"{name} has an encoded word. Correct it in the list: {text[:80]!r}")
    if _PLACEHOLDER.search(text):
        raise RenderError("value.placeholder", f"{name} has a placeholder in it. Correct it in the list: {text[:80]!r}")
    if not trusted and _LINK.search(text):
        raise RenderError("value.link", f"{name} has a link or markup in it. Correct it in the list: {text[:80]!r}")
    most = MAX_CAMPAIGN_VALUE if trusted else MAX_VALUE
    if len(text) > most:
        said = f"{name} has {len(text):,} characters; a mail takes at most {most:,} of it"
        raise RenderError("value.too_long", f"{said}. Shorten it: {text[:80]!r}")
    return text
