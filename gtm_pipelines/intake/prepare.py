"""Records of a file to values, ready to be matched, one column of a chunk at a time.

Nothing is read from the record here, so this part of an import holds no lock.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from gtm_pipelines.intake.columns import Column, each, objects, pick
from gtm_pipelines.intake.mapping import ColumnMap
from gtm_pipelines.intake.read import RawRow
from gtm_pipelines.intake.records import Records
from gtm_pipelines.intake.values import cleaned, guess_language

_FOOTER = re.compile(
    r"\s*(?:grand totals?\b|totals?\s*(?:[:=]|$)|(?:total )?(?:records?|rows|count)\s*[:=]|\d+ (?:records?|rows)\b"
    r"|end of (?:report|file)|confidential\b|copyright\b|generated (?:by|on)\b|(?:всего|итого)\s*(?:[:=]|$)"
    r"|количество (?:записей|строк)|конец отчета|сформирован[ао]?\b)",
    re.I,
)
_WORDS = ("name", "full_name", "position", "company_name", "city", "description")


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
    """

    row: RawRow
    values: dict[str, Any]
    attributes: dict[str, str]
    suppress: str | None = None
    employer: Employer | None = None


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
        odd: position → texts that could not be converted, kept as attributes of that record.
        suppress: why an owner may not be written to.
        reads: the language of an owner whom nobody knew before.
        employers: of contacts: what their companies may be known by.
    """

    lines: list[int]
    raws: list[str]
    values: dict[str, Column]
    attributes: dict[str, Column]
    odd: dict[int, dict[str, str]] = field(default_factory=dict)
    suppress: Column = field(default_factory=list)
    reads: Column = field(default_factory=list)
    employers: list[Employer] = field(default_factory=list)
    refused: list[tuple[RawRow, Refused]] = field(default_factory=list)

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
        self.employers = pick(self.employers, keep) if self.employers else []
        self.reads = pick(self.reads, keep) if self.reads else []
        for columns in (self.values, self.attributes):
            columns.update({name: pick(column, keep) for name, column in columns.items()})

    def candidate(self, position: int) -> Candidate:
        """Return one record by itself."""
        values = {name: value for name, column in self.values.items() if (value := column[position]) is not None}
        attributes = {name: text for name, column in self.attributes.items() if (text := column[position]) is not None}
        attributes |= self.odd.get(position, {})
        row = RawRow(self.lines[position], self.raws[position], [])
        employer = self.employers[position] if self.employers else None
        return Candidate(row, values, attributes, self.suppress[position], employer)

    def attribute_texts(self) -> list[str]:
        """Return the attributes of every record as JSON."""
        names = dict(self.attributes)
        for name in sorted({name for texts in self.odd.values() for name in texts}):
            held = self.attributes.get(name) or [None] * len(self)
            names[name] = [self.odd.get(position, {}).get(name, text) for position, text in enumerate(held)]
        return objects(names.items(), len(self))

    def guess_languages(self) -> None:
        """Fill ``reads``: the language as stated, else guessed by what the record says in words."""
        words = [self.values[name] for name in _WORDS if name in self.values]
        said = zip(*words, strict=True) if words else ((),) * len(self)
        self.reads = [held or _language(cells) for held, cells in zip(self.column("language"), said, strict=True)]


def preparer(
    mapping: ColumnMap, *, source: str | None, lawful_basis: str | None, shared: frozenset[str] = frozenset()
) -> Callable[[Records], Sheet]:
    """Return the function that turns records of this file into a sheet.

    Args:
        mapping: where the fields stand.
        source: of contacts that name none.
        lawful_basis: of contacts that name none.
        shared: domains that identify no company.
    """
    from gtm_pipelines.intake.prepare_company import company
    from gtm_pipelines.intake.prepare_contact import contact

    defaults = {name: value for name, value in (("source", source), ("lawful_basis", lawful_basis)) if value}

    def prepare(records: Records) -> Sheet:
        sheet = _sheet(records, mapping)
        if mapping.kind == "company":
            company(sheet, shared)
        else:
            contact(sheet, defaults)
        sheet.guess_languages()
        return sheet

    return prepare


def prepare_row(prepare: Callable[[Records], Sheet], row: RawRow) -> Candidate:
    """Prepare a single record.

    Raises:
        Refused: it cannot be used.
    """
    if row.reason_code:
        raise Refused(row.reason_code, row.reason or "")
    sheet = prepare(Records([row.line], [row.raw], [row.cells]))
    if sheet.refused:
        raise sheet.refused[0][1]
    return sheet.candidate(0)


def _sheet(records: Records, mapping: ColumnMap) -> Sheet:
    """Clean the cells, column by column, and refuse records without any."""
    columns = list(zip(*records.cells, strict=True)) or [()] * len(mapping.header)
    values = {name: cleaned(columns[index]) for name, index in mapping.columns.items()}
    attributes = {name: cleaned(columns[index]) for name, index in mapping.attributes.items()}
    refused = [(row, Refused(row.reason_code or "", row.reason or "")) for row in records.refused]
    sheet = Sheet(records.lines, records.raws, {}, {}, suppress=[None] * len(records.lines), refused=refused)
    for name, column in values.items():
        sheet.put(name, column)
    sheet.attributes = {name: column for name, column in attributes.items() if any(text is not None for text in column)}
    cells = list(zip(*values.values(), *attributes.values(), strict=True))
    empty = Refused("row.empty", "Every cell of the record is empty.")
    verdicts = {position: empty for position, of_record in enumerate(cells) if not any(of_record)}
    sheet.refuse(verdicts | _footers(columns, cells))
    return sheet


def _footers(columns: Sequence[Sequence[str]], cells: Sequence[Sequence[str | None]]) -> dict[int, Refused]:
    """Find records that say something about the list, not about anybody: ``Total: 50 records``, alone in its line."""
    footer = Refused("row.footer", "The record is a line of the report, such as a total, and about nobody.")
    suspected = (position for position, text in enumerate(columns[0]) if _FOOTER.match(text)) if columns else ()
    return {position: footer for position in suspected if sum(cell is not None for cell in cells[position]) == 1}


def guessed_language(candidate: Candidate) -> str | None:
    """Guess what its owner reads from what the record says in words."""
    return _language(candidate.values.get(name) for name in _WORDS)


def _language(cells: Iterable[str | None]) -> str | None:
    return guess_language(" ".join([cell for cell in cells if cell]))
