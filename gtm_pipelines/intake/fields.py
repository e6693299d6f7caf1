"""Which fields a file of companies or contacts can fill, and which of them a header names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from gtm_pipelines.intake.headers import COMPANY_SYNONYMS, CONTACT_SYNONYMS
from gtm_pipelines.intake.model import Kind

_NEEDED: dict[Kind, tuple[tuple[str, ...], ...]] = {
    "company": (("name", "website", "domain"),),
    "contact": (("email", "linkedin_url", "full_name", "last_name"),),
}
_TABLES: dict[Kind, dict[str, str]] = {"company": COMPANY_SYNONYMS, "contact": CONTACT_SYNONYMS}
KEPT: dict[Kind, frozenset[str]] = {"company": frozenset(), "contact": frozenset({"state"})}
"""What is known by its header and has no column of its own: kept as an attribute of this very name."""
_NOTE = re.compile(r"\([^)]*\)|\[[^\]]*\]|,.*$")
_NOT_LETTERS = re.compile(r"[\W_]+")
_CAMEL = re.compile(r"(?<=[a-zа-я])(?=[A-ZА-Я])")


_SURNAME_FIRST = re.compile(r"\b(?:фио|ф и о|фамилия (?:и )?имя|(?:last|sur|family) ?name (?:and )?(?:first|given))\b")


class Known(NamedTuple):
    """The field that a header names, and how surely: 0 is the field's own name."""

    field: str
    rank: int


@lru_cache(maxsize=2)
def synonyms(kind: Kind) -> Mapping[str, Known]:
    """Return header → field, headers in the form that ``header_key`` gives."""
    found: dict[str, Known] = {}
    for field, names in _TABLES[kind].items():
        for rank, name in enumerate((field, *names.split(","))):
            found.setdefault(header_key(name), Known(field, rank))
    return MappingProxyType(found)


def fields(kind: Kind) -> tuple[str, ...]:
    """Return every field that a column of this kind of file can fill."""
    return tuple(field for field in _TABLES[kind] if field not in KEPT[kind])


def needed(kind: Kind) -> tuple[tuple[str, ...], ...]:
    """Return sets of fields; a file must have at least one of each."""
    return _NEEDED[kind]


def field_of(kind: Kind, header: str) -> Known | None:
    """Return the field that a header names, written as it is, in camel case, or with a note in brackets."""
    known = synonyms(kind)
    bare = _NOTE.sub(" ", header)
    keys = (header_key(header), header_key(header.lower()), header_key(bare), header_key(bare.lower()))
    return next((known[key] for key in keys if key in known), None)


def is_surname_first(header: str) -> bool:
    """Tell whether a column of whole names says that the family name stands first: ``ФИО``, ``Фамилия и имя``."""
    return _SURNAME_FIRST.search(header_key(header)) is not None


def header_key(header: str) -> str:
    """Return a header in the form in which headers are compared: small letters, single spaces, no signs."""
    return _NOT_LETTERS.sub(" ", _CAMEL.sub(" ", header)).strip().lower().replace("ё", "е")


def attribute_key(kind: Kind, header: str) -> str:
    """Return the name under which an unmapped column is kept: ``Recent news`` becomes ``recent_news``."""
    known = field_of(kind, header)
    if known and known.field in KEPT[kind]:
        return known.field
    return header_key(header).replace(" ", "_") or "column"
