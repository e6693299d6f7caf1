"""Which language a contact is written to in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

_CYRILLIC = re.compile(r"[а-яё]", re.I)
_NAMES = {"english": "en", "eng": "en", "английский": "en", "russian": "ru", "rus": "ru", "русский": "ru"}
_FIELDS = (
    ("contact", "full_name"),
    ("contact", "last_name"),
    ("contact", "first_name"),
    ("contact", "position"),
    ("company", "name"),
)


def choose_language(snapshot: Mapping[str, Mapping[str, Any]], languages: Sequence[str], default: str) -> str:
    """Return the language for one contact, always one of ``languages``.

    The contact's own if known, then the company's, then Russian where names are
    written in Cyrillic, then the campaign's default.
    """
    for subject in ("contact", "company"):
        known = language_code(snapshot.get(subject, {}).get("language"))
        if known is not None:
            return known if known in languages else default
    if "ru" in languages and any(_CYRILLIC.search(str(snapshot.get(s, {}).get(f) or "")) for s, f in _FIELDS):
        return "ru"
    return default


def language_code(value: object) -> str | None:
    """Return the two-letter code of ``en-GB``, ``English`` or ``русский``; ``None`` for nothing."""
    text = str(value or "").strip().casefold()
    if not text:
        return None
    return _NAMES.get(text, re.split(r"[-_]", text)[0])
