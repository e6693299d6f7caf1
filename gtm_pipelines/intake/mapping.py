"""Columns to fields: by header and by what stands in them, with the user's word above both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from gtm_pipelines.errors import InputError
from gtm_pipelines.intake.detect import contradicts, detected
from gtm_pipelines.intake.fields import KEPT, Known, attribute_key, field_of, fields, header_key, is_surname_first, needed
from gtm_pipelines.intake.model import ColumnProposal, Kind, MappingProposal
from gtm_pipelines.intake.own import aside, left_out
from gtm_pipelines.intake.read import Layout, rows
from gtm_pipelines.intake.values import clean

ATTRIBUTE = "attribute"
"""What an override names to keep a column as an attribute though its header looks like a field."""
_LOOKED_AT = 200
"""Records looked at to tell what columns hold."""
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
    def surname_first(self) -> bool:
        """Whether the column of full names says that the family name stands first."""
        index = self.columns.get("full_name")
        return index is not None and is_surname_first(self.header[index])

    @property
    def unmapped(self) -> tuple[str, ...]:
        """Columns kept as attributes."""
        return tuple(self.header[index] for index in self.attributes.values())

    @property
    def left_out(self) -> tuple[str, ...]:
        """Inner columns of an export of ours, which are not read."""
        return left_out(self.header, {*self.by_column, *self.unmapped})


def map_columns(
    kind: Kind, header: tuple[str, ...], overrides: Mapping[str, str] | None = None, values: Sequence[Sequence[str]] = ()
) -> ColumnMap:
    """Find the field of each column.

    Of two columns for one field the one that is filled gets it, then the one whose header
    names it more surely, then the first. Columns whose headers say nothing go by their values.

    Args:
        kind: what a record of the file is.
        header: the columns.
        overrides: file column → field, or ``attribute``; they win over everything else.
        values: some filled cells of each column; without them only headers count.

    Raises:
        InputError: an override names no column or no field, or two columns for one field.
    """
    chosen = _overridden(kind, header, overrides or {})
    unread = aside(kind, header)
    known = {
        index: found
        for index, column in enumerate(header)
        if index not in chosen and column not in unread and (found := _named(kind, column, values[index] if values else ()))
    }
    _by_header(chosen, known, KEPT[kind], values)
    for index, cells in enumerate(values):
        if index not in chosen and index not in known and header[index] not in unread:
            field = detected(kind, header[index], cells, frozenset(chosen.values()))
            if field:
                chosen[index] = field
    columns = {field: index for index, field in sorted(chosen.items()) if field != ATTRIBUTE}
    unread = unread - {header[index] for index in chosen}
    return ColumnMap(kind, header, columns, _attributes(kind, header, set(columns.values()), unread))


def _by_header(chosen: dict[int, str], known: dict[int, Known], kept: frozenset[str], values: Sequence[Sequence[str]]) -> None:
    """Give each field to the best of the columns that are named so."""
    taken = {*chosen.values(), *kept}
    for index in sorted(known, key=lambda index: (bool(values) and not values[index], known[index].rank, index)):
        if known[index].field not in taken:
            chosen[index] = known[index].field
            taken.add(known[index].field)


def _named(kind: Kind, column: str, values: Sequence[str]) -> Known | None:
    """Return the field that a header names, unless the values say that it cannot be."""
    found = field_of(kind, column)
    return None if found is None or contradicts(found.field, values) else found


def _attributes(kind: Kind, header: tuple[str, ...], mapped: set[int], unread: frozenset[str]) -> dict[str, int]:
    attributes: dict[str, int] = {}
    for index, column in enumerate(header):
        if index not in mapped and column not in unread:
            key = attribute_key(kind, column)
            attributes[key if key not in attributes else f"{key}_{index + 1}"] = index
    return attributes


def map_layout(layout: Layout, kind: Kind, overrides: Mapping[str, str] | None = None) -> ColumnMap:
    """Find the field of each column of a file, with a look at its first records; see ``map_columns``."""
    return map_columns(kind, layout.header, overrides, sampled(layout))


def sampled(layout: Layout) -> list[list[str]]:
    """Return the filled cells of each column in the first good records."""
    values: list[list[str]] = [[] for _ in layout.header]
    for row in islice((r for r in rows(layout) if not r.reason_code), _LOOKED_AT):
        for cell, kept in zip(row.cells, values, strict=True):
            if text := clean(cell):
                kept.append(text)
    return values


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
    values = sampled(layout)
    mapping = map_columns(kind, layout.header, overrides, values)
    samples = [list(dict.fromkeys(text[:_SAMPLE_WIDTH] for text in column))[:_SAMPLES] for column in values]
    named = {index: field for field, index in mapping.columns.items()}
    kept = set(mapping.attributes.values())
    columns = tuple(
        ColumnProposal(name, named.get(index), tuple(samples[index]))
        for index, name in enumerate(layout.header)
        if index in named or index in kept
    )
    file = layout.file
    return MappingProposal(
        kind, file.path.name, file.encoding, layout.delimiter, columns, fields(kind), missing(mapping),
        is_workbook=file.content is not None, sheet=file.sheet, header_line=layout.header_line, left_out=mapping.left_out,
    )  # fmt: skip


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
