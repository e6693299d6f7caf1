"""Text to rows: every physical record comes out once, good or with its reason.

Rules:

* A record may span lines inside quotes. Blank lines are no records.
* A record with cells beyond the header is refused (``row.too_long``) unless the
  extra cells are empty; one with fewer cells is refused (``row.too_short``): the
  cells may have shifted, and nothing in the file says which are missing.
* A quote that is never closed costs its own line only, not those after it.
* A record with a NUL or a byte that is no text in the file's encoding is refused.
"""

from __future__ import annotations

import csv
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TextIO

from gtm_pipelines.errors import InputError
from gtm_pipelines.intake import header
from gtm_pipelines.intake.decode import TextFile
from gtm_pipelines.intake.rawrow import RawRow as RawRow

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_RECORDS = 200
WIDEST_CELL = 16 * 1024 * 1024
_REPAIR_LINES = 10_000


@dataclass(frozen=True)
class Layout:
    """How a text file is laid out: its delimiter and the names of its columns."""

    file: TextFile
    delimiter: str
    header: tuple[str, ...]
    header_line: int
    """Where the header begins; in a file without one, the last line before the records."""
    has_header: bool = True

    def enter(self, lines: Lines) -> None:
        """Go behind the header."""
        for _ in islice(lines, self.header_line - self.has_header):
            pass
        if self.has_header:
            next(records(self.file, lines, self.delimiter), None)


class Lines:
    """Physical lines with their count, the text since the last mark, and a way back."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._again: deque[str] = deque()
        self.taken: list[str] = []
        self.number = 0

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._text.readline()
        if not line:
            raise StopIteration
        self.number += 1
        self.taken.append(line)
        return line

    def block(self, size: int) -> list[str]:
        """Take up to ``size`` lines at once."""
        taken = [self._again.popleft() for _ in range(min(size, len(self._again)))]
        taken += islice(self._text, size - len(taken))
        self.number += len(taken)
        return taken

    def give_back(self, block: list[str]) -> None:
        """Put the lines taken last back, to be read anew."""
        self._again.extendleft(reversed(block))
        self.number -= len(block)

    def return_all_but_first(self) -> None:
        """Give every line of the record but its first back, to be read anew."""
        self._again.extendleft(reversed(self.taken[1:]))
        self.number -= len(self.taken) - 1
        del self.taken[1:]

    @property
    def at_end(self) -> bool:
        """Whether no line is left; looks one line ahead."""
        if not self._again:
            line = self._text.readline()
            if line:
                self._again.append(line)
        return not self._again


def lay_out(file: TextFile) -> Layout:
    """Find the delimiter and the header.

    The header is the first record, or, after a preamble, the first about as wide as
    most (``header`` has the rules); a file may have none.

    Raises:
        InputError: there is no line of column names.
    """
    with file.text() as text:
        sample = [line for line, _ in zip(Lines(text), range(SAMPLE_RECORDS), strict=False)]
    declared = _declared(sample[0]) if sample else None
    delimiter = declared or file.delimiter or max(DELIMITERS, key=lambda d: _fitness(sample, d))
    usual = _fitness(sample, delimiter)[1]
    with file.text() as text:
        lines = Lines(text)
        if declared:
            next(lines, None)
        found = header.find(list(islice(records(file, lines, delimiter), header.LOOKED_AT)), usual)
    if found:
        return Layout(file, delimiter, *found)
    raise InputError(f"{file.path.name} has no line of column names. Add one as the first line.")


def rows(layout: Layout) -> Iterator[RawRow]:
    """Yield every record after the header, in order.

    A refused record carries its reason; its cells are then not to be used.
    """
    with layout.file.text() as text:
        lines = Lines(text)
        layout.enter(lines)
        yield from records(layout.file, lines, layout.delimiter, width=len(layout.header))


def records(file: TextFile, lines: Lines, delimiter: str, *, width: int | None = None) -> Iterator[RawRow]:
    """Yield the records that begin in ``lines``, one by one; no line is taken before its record is asked for."""
    csv.field_size_limit(WIDEST_CELL)
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        lines.taken.clear()
        first = lines.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            lines.return_all_but_first()
            yield RawRow(first, lines.taken[0], [], "row.unreadable", f"The record cannot be read as CSV: {error}.")
            continue
        if not cells:
            continue
        if _quote_is_open(lines, cells, delimiter, width):
            lines.return_all_but_first()
            reader = csv.reader(lines, delimiter=delimiter)
            yield RawRow(first, lines.taken[0], [], "quote.unclosed", "A quote opens here and is never closed.")
            continue
        yield _judged(file, first, "".join(lines.taken), cells, width)


def _judged(file: TextFile, line: int, raw: str, cells: list[str], width: int | None) -> RawRow:
    if "\0" in raw:
        return RawRow(line, raw, cells, "row.nul", "The record holds a NUL character.")
    if not raw.isascii() and not file.is_sound(raw):
        return RawRow(line, raw, cells, "row.encoding", "The record holds bytes that are no text in the file's encoding.")
    if width is None or len(cells) == width:
        return RawRow(line, raw, cells)
    if len(cells) < width:
        return RawRow(line, raw, cells, "row.too_short", f"{len(cells)} cells where the header has {width}.")
    if any(cell.strip() for cell in cells[width:]):
        return RawRow(line, raw, cells, "row.too_long", f"{len(cells)} cells where the header has {width}.")
    return RawRow(line, raw, cells[:width])


def _quote_is_open(lines: Lines, cells: list[str], delimiter: str, width: int | None) -> bool:
    """Tell a stray quote from a cell that really holds line breaks.

    Stray: what it opens is closed in the middle of a cell; or the record has the wrong
    width and every line after its first is a whole record of the right width by itself;
    or the file ends inside the quotes.
    """
    if len(lines.taken) > 1:
        if not _is_strict(lines.taken, delimiter):
            return True
        if width is not None and len(cells) != width and len(lines.taken) <= _REPAIR_LINES:
            alone = (next(csv.reader([line], delimiter=delimiter), []) for line in lines.taken[1:])
            if all(len(each) == width for each in alone):
                return True
    return '"' in lines.taken[0] and lines.at_end and not _closes(lines.taken, delimiter)


def _is_strict(taken: list[str], delimiter: str) -> bool:
    """Whether every quote of a record opens or closes a whole cell; an open end does not count here."""
    try:
        next(csv.reader([*taken, '"'] if not _closes(taken, delimiter) else taken, delimiter=delimiter, strict=True), None)
    except csv.Error:
        return False
    return True


def _closes(taken: list[str], delimiter: str) -> bool:
    """Whether a record, the last of the file, ends outside quotes: a line put after it is a record of its own."""
    probe = csv.reader([*taken[:-1], taken[-1].rstrip("\r\n") + "\n", "after\n"], delimiter=delimiter)
    return [row for row in probe if row][-1] == ["after"]


def _declared(line: str) -> str | None:
    """Return the delimiter of Excel's ``sep=;`` line."""
    text = line.lstrip("\ufeff").strip().strip('"')
    return text[4] if len(text) == 5 and text.lower().startswith("sep=") else None


def _fitness(sample: Sequence[str], delimiter: str) -> tuple[float, int]:
    """How well ``delimiter`` fits: the share of records of the usual width, then that width."""
    widths = Counter(len(cells) for cells in csv.reader(sample, delimiter=delimiter) if cells)
    usual, times = max(widths.items(), key=lambda item: (item[0] > 1, item[1]), default=(0, 0))
    return (times / widths.total(), usual) if usual > 1 else (0.0, usual)
