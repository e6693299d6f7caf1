"""Values of the privacy stage: one person, what was exported, what was erased and where something still stands."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

ERASED = "[erased]"
"""What stands in the place of an erased text that may not be empty."""
SHORTEST_NAME = 6
"""Characters from which a full name is looked for in files: shorter ones are parts of other words."""


@dataclass(frozen=True)
class Person:
    """One person, by every row and spelling under which they are known.

    Attributes:
        contact_ids: contacts, those merged into one another included.
        addresses: as they stand anywhere, and in the form in which they are compared.
        names: full names.
        profiles: LinkedIn addresses.
        employers: pairs of full name and company name of contacts known by nothing else.
    """

    contact_ids: tuple[str, ...]
    addresses: tuple[str, ...]
    names: tuple[str, ...]
    profiles: tuple[str, ...] = ()
    employers: tuple[tuple[str, str], ...] = ()

    @cached_property
    def folded(self) -> frozenset[str]:
        """The addresses in small letters."""
        return frozenset(address.lower() for address in self.addresses)

    @cached_property
    def full_names(self) -> tuple[str, ...]:
        """The names that are more than a word."""
        return tuple(name for name in self.names if len(name) >= SHORTEST_NAME and " " in name)

    @cached_property
    def needles(self) -> tuple[bytes, ...]:
        """What no file may contain afterwards: addresses, profiles and full names, as files write them."""
        spelled = [*self.addresses, *self.profiles, *self.full_names]
        forms = {form for text in spelled for form in (text, json.dumps(text)[1:-1], quote(text), quote(text, safe="/:"))}
        return tuple(sorted({form.encode() for form in forms}, key=len, reverse=True))


@dataclass(frozen=True)
class PersonExport:
    """A file with everything about one person."""

    path: Path
    contacts: int
    counts: Mapping[str, int]
    """Table → rows in the file."""


@dataclass(frozen=True)
class Remaining:
    """A place that still holds the person, and what to do there."""

    path: str
    what: str
    """``inbox``, ``upload``, ``export``, ``backup``, ``record`` or ``other``."""
    advice: str


@dataclass(frozen=True)
class ErasureReport:
    """What erasing a person did, or would do."""

    dry_run: bool
    contacts: int
    counts: Mapping[str, int]
    """Table → rows removed or emptied; ``mentions`` are rows of others out of which the address was cut."""
    files: Mapping[str, int] = field(default_factory=dict)
    """``logs``, ``databases``, ``mails`` rewritten or removed in the data folder."""
    suppressed: int = 0
    """Addresses that stay suppressed by a salted hash."""
    warehouse: str = "none"
    """``none`` (there is none), ``rebuilt``."""
    compacted: bool = False
    """Whether free pages of the record's file were emptied; PostgreSQL does that by itself, in time."""
    remaining: tuple[Remaining, ...] = ()
    seconds: float = 0.0
