"""Phone numbers to E.164, by Google's metadata (``phonenumbers``); what is not certain gives nothing.

A number with its calling code counts when its length is possible there; a national one,
which could be anything, only when it is a valid number of the country. Plain numbers are
read here from the same metadata, everything else by the library, whose verdict both give.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from gtm_pipelines.intake.columns import filled, pairs, varies

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_ZEROS = re.compile(r"\(?00\)?[ \-(]*(?=[1-9])")
_SEVERAL = re.compile(r"[;,\n]|\s/\s|\s(?:или|or|и|and)\s")
_FLOAT = re.compile(r"(\d{7,15})\.0")
_SCHEME = re.compile(r"^(?:tel|phone|callto|тел|телефон)[.:]*\s*", re.I)


_SIGNS = str.maketrans("", "", " -()")


class _Code(NamedTuple):
    """What the metadata say of one calling code."""

    lengths: frozenset[int]
    trunk: re.Pattern[str] | None


class _Region(NamedTuple):
    """What the metadata say of national numbers of one country."""

    code: str
    trunk: str
    prefix: re.Pattern[str] | None
    valid: re.Pattern[str]
    lengths: frozenset[int]


def e164(text: str, country_code: str | None) -> str | None:
    """Return a phone number as ``+`` and its digits, or ``None`` where it is not certain.

    Args:
        text: the cell; of several numbers the first counts, an extension is dropped.
        country_code: ISO 3166-1 alpha-2; without it only numbers with a calling code are read.
    """
    digits = text.translate(_SIGNS)
    found = None
    if digits[:1] == "+":
        if digits.isascii() and digits[1:].isdecimal() and text[1] in "123456789":
            found = _international(digits[1:])
    elif country_code and digits.isascii() and digits.isdecimal() and not _DATE.fullmatch(text):
        found = _national(digits, country_code)
    return found or by_library(text, country_code)


def numbers(texts: Sequence[str | None], country_codes: Sequence[str | None]) -> list[str | None]:
    """Return what ``e164`` says of every number of a column; each stands on one line."""
    if not varies(texts):
        return pairs(e164, texts, country_codes)
    digits = _digits(texts)
    said = [
        number if number and number[0] == "+" and _is_international(text, number) else text and e164(text, code)
        for number, text, code in zip(digits, texts, country_codes, strict=True)
    ]
    return [number or None for number in said]


def _digits(texts: Sequence[str | None]) -> Sequence[str]:
    """Take the signs out of a column of numbers, all at once; nothing is left of a column that is not plain."""
    written = "\n".join(filled(texts))
    if not written.isascii() or written.count("\n") != len(texts) - 1:
        return [""] * len(texts)
    return written.encode().translate(None, b" -()").decode().split("\n")


def _is_international(text: str | None, number: str) -> bool:
    """Tell of a plus and what follows whether ``_international`` takes it."""
    plan = _plan(number[1:4], len(number))
    if plan is None or not text or text[1] not in "123456789" or not number[1:].isdecimal():
        return False
    size, trunk = plan
    return number[size] != "0" and not (trunk and trunk.match(number[size:]))


@lru_cache(maxsize=10_000)
def _plan(beginning: str, length: int) -> tuple[int, re.Pattern[str] | None] | None:
    """Return where the number behind a plus and a calling code begins, and its trunk prefix; nothing of an odd length."""
    size, code = _beginning(beginning)
    if code is None or length - 1 - size not in code.lengths:
        return None
    return 1 + size, code.trunk if code.trunk and code.trunk.pattern != "0" else None


def _international(digits: str) -> str | None:
    """Read digits after a plus, or return ``None`` to leave them to the library."""
    size, code = _beginning(digits[:3])
    rest = digits[size:]
    if code is None or len(rest) not in code.lengths or rest[0] == "0" or (code.trunk and code.trunk.match(rest)):
        return None
    return "+" + digits


def _national(digits: str, country_code: str) -> str | None:
    """Read digits of a country's own, or return ``None`` to leave them to the library."""
    region = _region(country_code)
    if region is None or digits[:2] == "00":
        return None
    if region.prefix is None or not region.prefix.match(digits):
        bare = digits
    elif region.trunk and digits.startswith(region.trunk) and not digits.startswith(region.code):
        bare = digits[len(region.trunk) :]
        if len(digits) in region.lengths or region.prefix.match(bare):
            return None
    else:
        return None
    if bare[:1] == "0" or bare.startswith(region.code) or not region.valid.fullmatch(bare):
        return None
    return f"+{region.code}{bare}"


@lru_cache(maxsize=50_000)
def by_library(text: str, country_code: str | None) -> str | None:
    """Read a number as the library does, after taking off what lists put around it."""
    cell = _SCHEME.sub("", text.strip().lstrip("'`=\"").strip())
    whole = _FLOAT.fullmatch(cell)
    cell = whole.group(1) if whole else cell
    found = _parsed(_ZEROS.sub("+", cell, count=1) if _ZEROS.match(cell) else cell, country_code)
    if found is None and _SEVERAL.search(cell):
        first = next((part.strip() for part in _SEVERAL.split(cell) if part.strip()), "")
        return by_library(first, country_code) if first != text else None
    return found


def _parsed(cell: str, country_code: str | None) -> str | None:
    import phonenumbers

    stated = cell.lstrip("(").startswith(("+", "\uff0b"))
    if not (stated or country_code) or _DATE.fullmatch(cell):
        return None
    try:
        number = phonenumbers.parse(cell, None if stated else country_code)
    except phonenumbers.NumberParseException:
        return None
    possible = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    if not (possible if stated else phonenumbers.is_valid_number(number)):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@lru_cache(maxsize=2_000)
def _beginning(digits: str) -> tuple[int, _Code | None]:
    """Return how many of three digits are a calling code, and what holds for it; no code begins like another."""
    return next(((size, code) for size in (1, 2, 3) if (code := _code(digits[:size]))), (0, None))


def _code(digits: str) -> _Code | None:
    """Return what holds for a calling code, or ``None`` where these digits are none."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

    regions = COUNTRY_CODE_TO_REGION_CODE.get(int(digits)) if digits.isdigit() else None
    if not regions:
        return None
    world = PhoneMetadata.metadata_for_nongeo_region(int(digits), None)
    data = world or PhoneMetadata.metadata_for_region(regions[0], None)
    if data is None or data.general_desc is None:
        return _Code(frozenset(), None)
    trunk = data.national_prefix_for_parsing
    return _Code(frozenset(data.general_desc.possible_length), re.compile(trunk) if trunk else None)


@lru_cache(maxsize=300)
def _region(country_code: str) -> _Region | None:
    """Return what holds for national numbers of a country, or ``None`` where the library must read them."""
    from phonenumbers import PhoneMetadata

    data = PhoneMetadata.metadata_for_region(country_code, None)
    if data is None or data.general_desc is None or data.national_prefix_transform_rule:
        return None
    patterns = [d.national_number_pattern for d in (data.fixed_line, data.mobile) if d and d.national_number_pattern]
    lengths = frozenset(data.general_desc.possible_length)
    prefix = data.national_prefix_for_parsing
    valid = re.compile("|".join(f"(?:{p})" for p in patterns))
    return _Region(str(data.country_code), data.national_prefix or "", re.compile(prefix) if prefix else None, valid, lengths)
