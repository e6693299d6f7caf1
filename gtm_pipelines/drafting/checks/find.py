"""All that a text states and that can be looked for elsewhere, each stretch of words once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from gtm_pipelines.drafting.checks.addresses import addresses
from gtm_pipelines.drafting.checks.dates import dates
from gtm_pipelines.drafting.checks.found import AMOUNTS, Found, blanked, free
from gtm_pipelines.drafting.checks.kinds import VERSION
from gtm_pipelines.drafting.checks.names import names
from gtm_pipelines.drafting.checks.numbers import numbers
from gtm_pipelines.drafting.checks.proposals import asides, proposed
from gtm_pipelines.drafting.checks.quotes import quotations
from gtm_pipelines.drafting.checks.spelled import shares, spelled


@lru_cache(maxsize=4096)
def stated(text: str) -> tuple[Found, ...]:
    """Return what a draft states, in order; times and lengths of a call that it proposes are left out."""
    found = _fixed(text)
    untold = asides(text)
    rest = blanked(text, found)
    named = [_versioned(rest, one) for one in names(rest)]
    for one in (*numbers(rest), *spelled(rest)):
        if free(one.start, one.end, found) and not any(low <= one.start < high for low, high in untold):
            found.append(one)
    found = [one for one in found if not _is_version(one, named)]
    found = [one for one in found if not (one.kind in AMOUNTS | {"date"} and proposed(text, one))]
    found += [one for one in named if free(one.start, one.end, found)]
    return tuple(sorted(found, key=lambda one: one.start))


@lru_cache(maxsize=4096)
def told(text: str) -> tuple[Found, ...]:
    """Return what a text that may be drawn upon tells in amounts, dates and addresses, manners of speaking included."""
    found = _fixed(text)
    rest = blanked(text, [one for one in found if one.kind != "quote"])
    days = [one for one in dates(rest) if one not in found]
    return (*found, *days, *numbers(rest), *spelled(rest, everything=True))


def _fixed(text: str) -> list[Found]:
    found = addresses(text)
    found += [one for one in quotations(text) if free(one.start, one.end, found)]
    found += dates(blanked(text, found))
    found += shares(blanked(text, found))
    return found


def _is_version(one: Found, named: Sequence[Found]) -> bool:
    """Whether a small number belongs to the name before it, as in ``Windows 11``."""
    if one.kind != "number" or not one.text.isdigit():
        return False
    return any(name.kind == "product" and name.start < one.start and one.end <= name.end for name in named)


def _versioned(text: str, name: Found) -> Found:
    """Return the name of a product with the small number after it, so that another version is another name."""
    version = VERSION.match(text, name.end) if name.kind == "product" else None
    if version is None:
        return name
    return replace(name, text=text[name.start : version.end()], end=version.end(), words=(*name.words, version[0].strip()))
