"""Files for spreadsheets: refused rows and exports, with formulas made harmless."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from gtm_pipelines.intake.model import RejectedRow

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""First characters by which a spreadsheet takes a cell for a formula (OWASP, CSV injection)."""


def harmless(value: object) -> str:
    """Return a cell that no spreadsheet runs: an apostrophe before what looks like a formula.

    A plain number keeps its sign.
    """
    text = "" if value is None else str(value)
    if text.startswith(_STARTS) and not _is_number(text):
        return "'" + text
    return text


def write_table(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write a CSV that Excel opens rightly (UTF-8 with a byte order mark); return the rows written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([harmless(name) for name in header])
        for row in rows:
            writer.writerow([harmless(value) for value in row])
            written += 1
    return written


def write_rejected(path: Path, rejected: Iterable[RejectedRow]) -> int:
    """Write refused rows with their line, reason and text."""
    rows = ((r.line_number, r.reason_code, r.reason, r.raw) for r in rejected)
    return write_table(path, ("line", "reason_code", "reason", "text"), rows)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
