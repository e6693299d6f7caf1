"""Columns to fields: by header, with the user's word above it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gtm_pipelines.errors import InputError
from gtm_pipelines.intake.fields import attribute_key, field_of, fields, header_key, needed, synonyms
from gtm_pipelines.intake.model import ColumnProposal, Kind, MappingProposal
from gtm_pipelines.intake.read import Layout, rows

ATTRIBUTE = "attribute"
"""What an override names to keep a column as an attribute though its header looks like a field."""
OURS = ("rejected_line", "rejected_code", "rejected_reason", "rejected_text")
"""Columns that a file of refused rows carries beside its own; on the way in they are left aside."""
_SAMPLES = 3
_SAMPLE_WIDTH = 80


@dataclass(frozen=True)
class ColumnMap:
    """Where each field and attribute stands in a record.

    Attributes:
        columns: field → index of its cell.
        attributes: attribute name → index of its cell.
    """

    kind: Kind
    header: tuple[str, ...]
    columns: dict[str, int]
    attributes: dict[str, int]

    @property
    def by_column(self) -> dict[str, str]:
        """File column → field."""
        return {self.header[index]: field for field, index in self.columns.items()}

    @property
    def unmapped(self) -> tuple[str, ...]:
        """Columns kept as attributes."""
        return tuple(self.header[index] for index in self.attributes.values())


def map_columns(kind: Kind, header: tuple[str, ...], overrides: Mapping[str, str] | None = None) -> ColumnMap:
    """Find the field of each column. The first of two columns for one field gets it.

    Args:
        kind: what a record of the file is.
        header: the columns.
        overrides: file column → field, or ``attribute``; they win over the headers.

    Raises:
        InputError: an override names no column or no field, or two columns for one field.
    """
    known = synonyms(kind)
    chosen = _overridden(kind, header, overrides or {})
    taken = {field for field in chosen.values() if field != ATTRIBUTE}
    for index, column in enumerate(header):
        field = field_of(known, column)
        if index not in chosen and field and field not in taken:
            chosen[index] = field
            taken.add(field)
    columns = {field: index for index, field in sorted(chosen.items()) if field != ATTRIBUTE}
    attributes: dict[str, int] = {}
    for index, column in enumerate(header):
        if index not in columns.values() and column not in OURS:
            key = attribute_key(column)
            attributes[key if key not in attributes else f"{key}_{index + 1}"] = index
    return ColumnMap(kind, header, columns, attributes)


def missing(mapping: ColumnMap) -> tuple[str, ...]:
    """Return the sets of fields, as text, of which the file has none."""
    return tuple(" or ".join(choice) for choice in needed(mapping.kind) if not set(choice) & set(mapping.columns))


def require(mapping: ColumnMap, file_name: str) -> None:
    """Check that a record can be told apart by what is mapped.

    Raises:
        InputError: it cannot; the text names the columns and the option to use.
    """
    lacking = missing(mapping)
    if lacking:
        columns = ", ".join(f"'{c}'" for c in mapping.header[:20])
        raise InputError(
            f"{file_name} has no column for {' and '.join(lacking)}. Its columns are {columns}. "
            f'Name one, such as --map "{mapping.header[0]}={lacking[0].split(" or ")[0]}".'
        )


def propose(layout: Layout, kind: Kind, overrides: Mapping[str, str] | None = None) -> MappingProposal:
    """Say how a file would be read, with a few of its values."""
    mapping = map_columns(kind, layout.header, overrides)
    samples: list[list[str]] = [[] for _ in layout.header]
    for _, row in zip(range(50), (r for r in rows(layout) if not r.reason_code), strict=False):
        for cell, kept in zip(row.cells, samples, strict=True):
            value = " ".join(cell.split())[:_SAMPLE_WIDTH]
            if value and len(kept) < _SAMPLES and value not in kept:
                kept.append(value)
    named = {index: field for field, index in mapping.columns.items()}
    columns = tuple(
        ColumnProposal(name, named.get(index), tuple(samples[index]))
        for index, name in enumerate(layout.header)
        if name not in OURS
    )
    file = layout.file
    return MappingProposal(kind, file.path.name, file.encoding, layout.delimiter, columns, fields(kind), missing(mapping))


def _overridden(kind: Kind, header: tuple[str, ...], overrides: Mapping[str, str]) -> dict[int, str]:
    chosen: dict[int, str] = {}
    for column, field in overrides.items():
        matches = [i for i, name in enumerate(header) if name == column] or [
            i for i, name in enumerate(header) if header_key(name) == header_key(column)
        ]
        if not matches:
            raise InputError(f"The file has no column '{column}'. Its columns are: {', '.join(header)}.")
        if field not in (*fields(kind), ATTRIBUTE):
            raise InputError(f"'{field}' is no field of a {kind}. Choose one of: {', '.join(fields(kind))}, {ATTRIBUTE}.")
        if field != ATTRIBUTE and field in chosen.values():
            raise InputError(f"Two columns are mapped to '{field}'. Map one of them to '{ATTRIBUTE}' or leave it out.")
        chosen[matches[0]] = field
    return chosen
