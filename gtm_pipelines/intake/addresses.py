"""Cells with several addresses: the first valid one is written to, the others are known and never written to.

Only cells that are no address by themselves come here, so this costs the usual list nothing.
"""

from __future__ import annotations

import re

from gtm_pipelines.intake.emails import BadEmail, Email, parse_email

_PARTS = re.compile(r"[;|\n]|\s/\s")
_WORDS = re.compile(r"[,\s]+")
_NAMED = re.compile(r"[,\s<>\"]+")


def several(cell: str) -> tuple[Email, tuple[str, ...]] | None:
    """Return the first valid address of a cell and the other ones, or ``None`` where there is no telling.

    ``a@x.example; b@x.example``, ``Anna <a@x.example>, b@x.example``, ``a@x.example b@x.example``. Without
    a sign that parts them (or a name with an address in angle brackets) every word must be an
    address: of ``john,doe@x.example`` nobody knows which address was meant.
    """
    words = [word for part in _PARTS.split(cell) for word in _words(part)]
    valid: dict[str, Email] = {}
    for word in words:
        if found := _address(word):
            valid.setdefault(found.key, found)
    if not valid:
        return None
    first, *others = valid.values()
    return first, tuple(other.address for other in others)


def _words(part: str) -> list[str]:
    """Return the addresses that a part may hold."""
    if "<" in part and ">" in part:
        return [word for word in _NAMED.split(part) if "@" in word]
    words = [word for word in _WORDS.split(part) if word]
    return words if len(words) == 1 or all(map(_address, words)) else []


def _address(word: str) -> Email | None:
    try:
        return parse_email(word)
    except BadEmail:
        return None
