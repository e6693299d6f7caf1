"""One physical record of a file."""

from __future__ import annotations

from typing import NamedTuple


class RawRow(NamedTuple):
    """One physical record: where it starts, its text, and its cells or the reason why not."""

    line: int
    raw: str
    cells: list[str]
    reason_code: str | None = None
    reason: str | None = None
