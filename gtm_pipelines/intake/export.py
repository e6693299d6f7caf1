"""Lists out of the record: CSV that a spreadsheet opens without running anything."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

_NUMBER = re.compile(r"^[+-]?[\d\s().,-]+$")
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_cell(value: Any) -> str:
    """Return ``value`` as text that no spreadsheet runs as a formula.

    A cell that begins like one (OWASP, "CSV Injection") gets an apostrophe in
    front; numbers and telephone numbers stay as they are.
    """
    if value is None:
        return ""
    if isinstance(value, (Mapping, list)):
        return json.dumps(value, ensure_ascii=False) if value else ""
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return "'" + text if text.startswith(_STARTS_FORMULA) and not _NUMBER.match(text) else text


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> int:
    """Write ``rows`` to ``path`` as UTF-8 with a mark that spreadsheets understand; return how many.

    The file appears whole or not at all.
    """
    written = 0
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    with partial.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for row in rows:
            writer.writerow([safe_cell(row.get(column)) for column in columns])
            written += 1
    partial.replace(path)
    return written
