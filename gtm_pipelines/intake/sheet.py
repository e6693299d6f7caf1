"""The records of a chunk by column, between reading them and writing them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, NamedTuple

from gtm_pipelines.intake.columns import Column, each, filled, objects, pick
from gtm_pipelines.intake.rawrow import RawRow
from gtm_pipelines.intake.values import guess_languages

WORDS = ("name", "full_name", "position", "company_name", "city", "description")
"""Columns whose words tell what their owner reads."""


class Refused(ValueError):  # noqa: N818 - reads as the verdict it is
    """A record cannot be used; ``code`` names the rule."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


@dataclass(slots=True)
class Candidate:
    """One good record. ``values`` holds filled columns of the table only.

    Attributes:
        suppress: why its owner may not be written to, or ``None``.
        employer: of a contact, what its company may be known by.
        others: further addresses of a contact, which are known and never written to.
    """

    row: RawRow
    values: dict[str, Any]
    attributes: dict[str, str]
    suppress: str | None = None
    employer: Employer | None = None
    others: tuple[str, ...] = ()


class Employer(NamedTuple):
    """What is known of a contact's company, strongest first."""

    tin: str | None
    domains: tuple[str | None, ...]
    name_key: str | None


@dataclass(slots=True)
class Sheet:
    """The good records of a chunk by column, and the refused ones with their reasons.

    Attributes:
        values: column of the table → its values; a column no record fills is missing.
        attributes: attribute → its texts.
        others: position → further addresses of that record's owner.
        odd: position → texts that could not be converted, kept as attributes of that record.
        suppress: why an owner may not be written to.
        reads: the language of an owner whom nobody knew before.
        employers: of contacts: what their companies may be known by.
        hashes: of the text of every record (``row_hash``).
        texts: the attributes of every record as JSON; these two are there once the sheet is finished.
    """

    lines: list[int]
    raws: list[str]
    values: dict[str, Column]
    attributes: dict[str, Column]
    odd: dict[int, dict[str, str]] = field(default_factory=dict)
    others: dict[int, tuple[str, ...]] = field(default_factory=dict)
    suppress: Column = field(default_factory=list)
    reads: Column = field(default_factory=list)
    employers: list[Employer] = field(default_factory=list)
    refused: list[tuple[RawRow, Refused]] = field(default_factory=list)
    hashes: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def last_line(self) -> int:
        """Line at which the last of all its records begins."""
        return max(self.lines[-1] if self.lines else 0, max((row.line for row, _ in self.refused), default=0))

    def column(self, name: str) -> Column:
        """Return a column of the table, empty where the file has none."""
        return self.values.get(name) or [None] * len(self)

    def put(self, name: str, column: Column) -> None:
        """Set a column of the table; one without any value is no column."""
        if any(value is not None for value in column):
            self.values[name] = column
        else:
            self.values.pop(name, None)

    def take(self, name: str) -> Column:
        """Take a column out that is no column of the table."""
        return self.values.pop(name, None) or [None] * len(self)

    def convert(self, name: str, function: Callable[[str], Any]) -> None:
        """Convert a column in place; a text that cannot be converted is kept as an attribute of its record."""
        texts = self.values.get(name)
        if texts is None:
            return
        self.put(name, converted := each(function, texts))
        held = self.attributes.get(name)
        for position, (text, value) in enumerate(zip(texts, converted, strict=True)):
            if value is None and text is not None and (held is None or held[position] is None):
                self.odd.setdefault(position, {})[name] = text

    def refuse(self, verdicts: dict[int, Refused]) -> None:
        """Move the records at these positions to the refused ones."""
        if not verdicts:
            return
        self.refused += [(RawRow(self.lines[i], self.raws[i], []), verdict) for i, verdict in sorted(verdicts.items())]
        keep = [position for position in range(len(self)) if position not in verdicts]
        places = {old: new for new, old in enumerate(keep)}
        self.lines, self.raws, self.suppress = pick(self.lines, keep), pick(self.raws, keep), pick(self.suppress, keep)
        self.odd = {places[old]: texts for old, texts in self.odd.items() if old in places}
        self.others = {places[old]: addresses for old, addresses in self.others.items() if old in places}
        self.employers, self.reads = pick(self.employers, keep), pick(self.reads, keep)
        self.hashes, self.texts = pick(self.hashes, keep), pick(self.texts, keep)
        for columns in (self.values, self.attributes):
            columns.update({name: pick(column, keep) for name, column in columns.items()})

    def candidate(self, position: int) -> Candidate:
        """Return one record of a finished sheet by itself."""
        values = {name: value for name, column in self.values.items() if (value := column[position]) is not None}
        row = RawRow(self.lines[position], self.raws[position], [])
        employer = Employer(*self.employers[position]) if self.employers else None
        others = self.others.get(position, ())
        return Candidate(row, values, json.loads(self.texts[position]), self.suppress[position], employer, others)

    def finish(self) -> None:
        """Fill ``reads``, ``hashes`` and ``texts`` once every column stands; columns are not to be changed after."""
        self._guess_languages()
        self.hashes = list(map(row_hash, self.raws))
        self.texts = self._attribute_texts()
        self.attributes, self.odd = {}, {}

    def _guess_languages(self) -> None:
        """Fill ``reads``: the language as stated, else guessed by what the record says in words."""
        words = [filled(self.values[name]) for name in WORDS if name in self.values]
        guessed = guess_languages(list(map(" ".join, zip(*words, strict=True))) if words else [""] * len(self))
        stated = self.values.get("language")
        self.reads = [held or guess for held, guess in zip(stated, guessed, strict=True)] if stated else guessed

    def _attribute_texts(self) -> list[str]:
        names = dict(self.attributes)
        for name in sorted({name for texts in self.odd.values() for name in texts}):
            held = self.attributes.get(name) or [None] * len(self)
            names[name] = [self.odd.get(position, {}).get(name, text) for position, text in enumerate(held)]
        return objects(names.items(), len(self))


def row_hash(raw: str) -> str:
    """Return what identical records share, in whichever file and with whichever line ends."""
    return blake2b(raw.rstrip("\r\n").encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
