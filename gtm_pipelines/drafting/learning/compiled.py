"""What an optimiser found, as a file of a pack: JSON and nothing that runs, and nobody in it who could be known again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from gtm_pipelines.drafting.learning.task import Gold

FILE = "compiled.json"
FORMAT = 1
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w:])\+?\d[\d\s().-]{8,}\d(?!\w)")
_PROFILE = re.compile(r"(?:https?://)?(?:[\w-]+\.)?linkedin\.com/\S+", re.I)
_STAND_INS = {"en": ("Alex", "Morgan"), "ru": ("Александра", "Морозова")}
_SHORTEST_STEM = 4


def written(programs: Mapping[str, Any], provenance: Mapping[str, Any]) -> str:
    """Return the file's text."""
    whole = {"format": FORMAT, "programs": dict(programs), "provenance": dict(provenance)}
    return json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def anonymous(state: Mapping[str, Any], golds: Iterable[Gold]) -> dict[str, Any]:
    """Return a program's state with everybody of these cases under another name, the same everywhere.

    Examples keep what they teach: a name stands where a name stood. Addresses, telephone numbers and profiles go.
    Russian names are found in every case by their stem.
    """
    replaced = [pair for gold in golds for pair in _replacements(gold)]
    longest = sorted(set(replaced), key=lambda pair: -len(pair[0]))
    patterns = [(re.compile(rf"\b{source}\b"), text) for source, text in longest]
    return {name: _walked(value, patterns) for name, value in state.items()}


def _replacements(gold: Gold) -> Iterable[tuple[str, str]]:
    person = gold.case.recipient.split(",")[0].strip()
    first, last = _STAND_INS.get(gold.case.language, _STAND_INS["en"])
    parts = person.split()
    if not parts or person == "somebody unnamed":
        return
    yield re.escape(person), f"{first} {last}"
    for part, stand_in in zip((parts[0], parts[-1] if len(parts) > 1 else ""), (first, last), strict=True):
        if len(part) >= 2:
            yield _stem(part), stand_in


def _stem(name: str) -> str:
    """Return a pattern of a name and, in Russian, of its cases: without its last vowel and with up to three letters after."""
    cyrillic = re.fullmatch(r"[а-яё]+", name, re.I) is not None
    stem = re.sub(r"[аяоеийьыуюё]$", "", name, flags=re.I)
    return f"{re.escape(stem)}[а-яё]{{0,3}}" if cyrillic and len(stem) >= _SHORTEST_STEM - 1 else re.escape(name)


def _walked(value: Any, patterns: list[tuple[re.Pattern[str], str]]) -> Any:
    if isinstance(value, str):
        for pattern, text in patterns:
            value = pattern.sub(text, value)
        return _PHONE.sub("[phone]", _ADDRESS.sub("[address]", _PROFILE.sub("[profile]", value)))
    if isinstance(value, Mapping):
        return {name: _walked(item, patterns) for name, item in value.items()}
    if isinstance(value, list):
        return [_walked(item, patterns) for item in value]
    return value
