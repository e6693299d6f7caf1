"""All that a text states and that can be looked for elsewhere, each stretch of words once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from gtm_pipelines.drafting.checks.addresses import addresses
from gtm_pipelines.drafting.checks.dates import dates
from gtm_pipelines.drafting.checks.found import AMOUNTS, Found, blanked, free, sentence_at
from gtm_pipelines.drafting.checks.names import names
from gtm_pipelines.drafting.checks.numbers import numbers
from gtm_pipelines.drafting.checks.quotes import quotations
from gtm_pipelines.drafting.checks.spelled import spelled

_MEETING = re.compile(
    r"\b(call|chat|talk|speak|meet|meeting|demo|slot|calendar|free|spare|available|works?|suit\w*|zoom|coffee|quick|schedule|book"
    r"|look|worth|half an hour)\b"
    r"|созвон\w*|звон\w*|разговор\w*|встреч\w*|удел\w*|найд[её]\w*|показать|покажу|удобн\w*|обсуд\w*|договор\w*|свободн\w*",
    re.I,
)
_SPAN = re.compile(r"\s*-?\s*(?:min(?:ute)?s?\b|минут\w*|мин\b|h(?:ou)?rs?\b|час\w*|am\b|pm\b|:\d\d)", re.I)
_CLOCK = re.compile(r"(?<!\d)(?:[01]?\d|2[0-3])[:.][0-5]\d(?!\d)(?:\s*(?:am|pm|мск|cet|gmt|utc))?|\b\d{1,2}\s?(?:am|pm)\b", re.I)


@lru_cache(maxsize=4096)
def stated(text: str) -> tuple[Found, ...]:
    """Return what a draft states, in order; times and lengths of a call that it proposes are left out."""
    found = _fixed(text)
    clocks = [match.span() for match in _CLOCK.finditer(text) if _MEETING.search(sentence_at(text, match.start()))]
    rest = blanked(text, found)
    named = names(rest)
    for one in (*numbers(rest), *spelled(rest)):
        if free(one.start, one.end, found) and not any(low <= one.start < high for low, high in clocks):
            found.append(one)
    found = [one for one in found if not _is_version(text, one, named)]
    found = [one for one in found if not (one.kind in AMOUNTS | {"date"} and _proposed(text, one))]
    found += [one for one in named if free(one.start, one.end, found)]
    return tuple(sorted(found, key=lambda one: one.start))


@lru_cache(maxsize=4096)
def told(text: str) -> tuple[Found, ...]:
    """Return what a text that may be drawn upon tells in amounts, dates and addresses, manners of speaking included."""
    found = _fixed(text)
    rest = blanked(text, found)
    return (*found, *numbers(rest), *spelled(rest, everything=True))


def _fixed(text: str) -> list[Found]:
    found = addresses(text)
    found += [one for one in quotations(text) if free(one.start, one.end, found)]
    found += dates(blanked(text, found))
    return found


def _is_version(text: str, one: Found, named: Sequence[Found]) -> bool:
    """Whether a small number belongs to the name before it, as in ``Windows 11``."""
    if one.kind != "number" or len(one.text) > 2 or not one.text.isdigit():
        return False
    return any(name.kind == "product" and name.end + 1 == one.start and text[name.end] == " " for name in named)


def _proposed(text: str, one: Found) -> bool:
    """Whether an amount or a date belongs to a call that is asked for."""
    sentence = sentence_at(text, one.start)
    before = text[: max(text.find(sentence), 0)].rstrip()
    near = f"{sentence_at(before, len(before) - 1)} {sentence}" if before else sentence
    if not _MEETING.search(near):
        return False
    return bool(_SPAN.match(text[one.end :]) or (one.kind == "date" and "?" in sentence and _coming(one)))


def _coming(one: Found) -> bool:
    """Whether a date names a day, as proposals do, rather than a year or a quarter."""
    return all(getattr(day, "day", None) is not None and getattr(day, "year", None) is None for day in one.values)
