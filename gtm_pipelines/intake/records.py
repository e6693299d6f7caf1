"""Records in chunks: whole blocks of a clean file at once, the rest with the patience of ``read``.

A block of lines is clean when the CSV reader, held to the letter of the format, makes exactly
one record of every line and every record is as wide as the header. As each record takes at
least one line, equal counts prove that none spans two and none was swallowed. Any other block
is read record by record, and what cannot be used comes out with its reason.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field

from gtm_pipelines.intake.decode import TextFile
from gtm_pipelines.intake.read import Layout, Lines, RawRow, records

BLOCK_LINES = 2_000
"""Lines judged at once: a dirty line costs the patience for its block only."""


@dataclass(slots=True)
class Records:
    """Some records of a file: the good ones as parallel lists, their cells by column, the refused ones with their reasons."""

    lines: list[int] = field(default_factory=list)
    raws: list[str] = field(default_factory=list)
    columns: list[list[str]] = field(default_factory=list)
    refused: list[RawRow] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.lines) + len(self.refused)

    @property
    def last_line(self) -> int:
        """Line at which the last of them begins."""
        return max(self.lines[-1] if self.lines else 0, self.refused[-1].line if self.refused else 0)

    def add(self, row: RawRow) -> None:
        """Take in one record."""
        if row.reason_code:
            self.refused.append(row)
        else:
            self.lines.append(row.line)
            self.raws.append(row.raw)
            self._extend([[cell] for cell in row.cells])

    def join(self, later: Records) -> None:
        """Take in the records that follow."""
        self.lines += later.lines
        self.raws += later.raws
        self.refused += later.refused
        if later.lines:
            self._extend(later.columns)

    def _extend(self, columns: list[list[str]]) -> None:
        self.columns = self.columns or [[] for _ in columns]
        for column, cells in zip(self.columns, columns, strict=True):
            column += cells


def chunks(layout: Layout, size: int, *, skip: int = 0) -> Iterator[Records]:
    """Yield every record after the header once, in order, in chunks of about ``size``.

    Args:
        layout: how the file is laid out.
        size: records in a chunk; a chunk ends with the block in which it is full. The first is
            a tenth of a large size, so that whoever waits for it can begin.
        skip: records, refused ones included, that were taken before.
    """
    gathered, enough = Records(), size // 10 if size >= 10 * BLOCK_LINES else size
    for found in _blocks(layout, min(size, BLOCK_LINES)):
        if skip >= len(found):
            skip -= len(found)
            continue
        if skip:
            found, skip = _after(found, skip), 0
        gathered.join(found)
        if len(gathered) >= enough:
            yield gathered
            gathered, enough = Records(), size
    if len(gathered):
        yield gathered


def _blocks(layout: Layout, size: int) -> Iterator[Records]:
    width = len(layout.header)
    with layout.file.text() as text:
        lines = Lines(text)
        layout.enter(lines)
        while block := lines.block(size):
            first = lines.number - len(block) + 1
            yield _clean(layout.file, first, block, layout.delimiter, width) or _slowly(layout, lines, block)


def _clean(file: TextFile, first: int, block: list[str], delimiter: str, width: int) -> Records | None:
    """Return the records of a clean block, else ``None``."""
    text = "".join(block)
    if "\0" in text or not (text.isascii() or file.is_sound(text)):
        return None
    try:
        cells = list(csv.reader(block, delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    if len(cells) != len(block) or set(map(len, cells)) != {width}:
        return None
    return Records(list(range(first, first + len(block))), block, list(map(list, zip(*cells, strict=True))))


def _slowly(layout: Layout, lines: Lines, block: list[str]) -> Records:
    """Read the lines of a block again, record by record, with as many more as its last record takes."""
    end = lines.number
    lines.give_back(block)
    found = Records()
    for row in records(layout.file, lines, layout.delimiter, width=len(layout.header)):
        found.add(row)
        if lines.number >= end:
            break
    return found


def _after(found: Records, skip: int) -> Records:
    """Return the records of a block but the first ``skip``."""
    rows = zip(found.lines, found.raws, zip(*found.columns, strict=True), strict=True)
    good = [RawRow(line, raw, list(cells)) for line, raw, cells in rows]
    rest = Records()
    for row in sorted([*good, *found.refused], key=lambda row: row.line)[skip:]:
        rest.add(row)
    return rest
