"""Where the names of the columns stand: in the first line, after a preamble, in two lines, or nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gtm_pipelines.intake.rawrow import RawRow

LOOKED_AT = 30
"""Records from the top among which the names of the columns are looked for."""
_VALUE = re.compile(r"\s*(?:[^@\s]+@[^@\s]+\.\w+|https?://\S+|\+?[\d\s()-]{7,}|\d{4}-\d{2}-\d{2}.*)\s*")
"""What stands in a cell and never names a column: an address, a link, a phone or tax number, a date."""


def find(top: Sequence[RawRow], usual: int) -> tuple[tuple[str, ...], int, bool] | None:
    """Return the column names, the line of the header, and whether there is a header; ``None`` where none can be read.

    Without a header the columns are numbered, and the line is the last one before the records.

    Args:
        top: the first records of the file.
        usual: cells of most records.
    """
    start = next((at for at, row in enumerate(top) if row.cells and (len(row.cells) * 2 > usual or usual < 2)), None)
    if start is None:
        return None
    cells = top[start].cells
    if any(map(_VALUE.fullmatch, cells)):
        return tuple(distinct([""] * max(usual, len(cells)))), top[start].line - 1, False
    if start + 1 < len(top) and _groups(cells, top[start + 1].cells, usual):
        names = top[start + 1].cells
        joined = names if len(set(names)) == len(names) else _joined(cells, names)
        return tuple(distinct(joined)), top[start + 1].line, True
    return tuple(distinct(cells)), top[start].line, True


def _groups(cells: Sequence[str], names: Sequence[str], usual: int) -> bool:
    """Whether a record names groups of columns, and the next one the columns: ``Contact,,,Company,``."""
    filled = [cell for cell in cells if cell.strip()]
    worded = all(name.strip() and not any(c.isdigit() for c in name) for name in names)
    gaps = len(cells) == len(names) == usual and len(filled) * 2 <= len(cells)
    return gaps and len(filled) >= 2 and bool(cells[0].strip()) and worded and not any(map(_VALUE.fullmatch, names))


def _joined(groups: Sequence[str], names: Sequence[str]) -> list[str]:
    """Put each column's group before its name; a group goes on until the next begins."""
    joined, group = [], ""
    for given, name in zip(groups, names, strict=True):
        group = given.strip() or group
        joined.append(f"{group} {name}".strip())
    return joined


def distinct(cells: Sequence[str]) -> Iterator[str]:
    """Yield a distinct name for every column: blanks are numbered, repetitions too."""
    seen: dict[str, int] = {}
    for number, cell in enumerate(cells, 1):
        name = " ".join(cell.lstrip("\ufeff").split()) or f"column {number}"
        seen[name] = seen.get(name, 0) + 1
        yield name if seen[name] == 1 else f"{name} ({seen[name]})"
