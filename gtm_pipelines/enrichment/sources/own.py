"""What the sources share: making facts, and reading the answers of vendors with suspicion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from typing import Any

from gtm_pipelines.clock import Clock
from gtm_pipelines.enrichment.source import Fact, Price

FREE = Price()
"""Of what costs nothing."""
LIFETIME = timedelta(days=180)
"""After this a fact that ages is not taken as known (the specification calls contacts stale at 180 days)."""
AGELESS = frozenset({"founded_year", "tin", "registration_number"})


@dataclass(frozen=True)
class Findings:
    """Collects facts of one answer.

    Args:
        source: the name of the source.
        clock: what the time is.
    """

    source: str
    clock: Clock

    def facts(self, values: Mapping[str, Any], confidence: float, **more: Any) -> list[Fact]:
        """Return a fact for each value that says something.

        Args:
            values: field → value; empty ones, and what is neither text nor number, are left out.
            confidence: 0 to 1.
            more: ``url``, ``evidence`` and ``cost_usd`` of each.
        """
        now = self.clock.now()
        return [
            Fact(name, text, self.source, confidence, now, expires_at=None if name in AGELESS else now + LIFETIME, **more)
            for name, value in values.items()
            if (text := said(value))
        ]


def said(value: Any) -> str:
    """Return a value as the text of a fact; empty for what says nothing."""
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    return " ".join(value.split()) if isinstance(value, str) else ""


def group(value: Any) -> Mapping[str, Any]:
    """Return a part of an answer as a mapping; an empty one where it is something else."""
    return value if isinstance(value, Mapping) else {}


def items(value: Any) -> list[Any]:
    """Return a part of an answer as a list; an empty one where it is something else."""
    return value if isinstance(value, list) else []


def listed(values: Iterable[Any], most: int = 25) -> str:
    """Return texts as one, separated by commas."""
    return ", ".join([text for value in values if (text := said(value))][:most])


def shared(facts: list[Fact], cost_usd: float) -> list[Fact]:
    """Return facts that together cost so much."""
    return [replace(one, cost_usd=cost_usd / len(facts)) for one in facts]


def country_code(name: Any) -> str:
    """Return the ISO 3166-1 alpha-2 code of a country that is given by its English name or its code; empty if unknown."""
    text = said(name)
    if len(text) == 2 and text.isascii() and text.isalpha():
        return text.upper()
    return _countries().get(text.casefold(), "")


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    from babel import Locale

    named = {str(name).casefold(): code for code, name in Locale("en").territories.items() if len(code) == 2 and code.isalpha()}
    return {"usa": "US", "united states of america": "US", "uk": "GB", "russian federation": "RU", "czech republic": "CZ"} | named
