"""Lists out of the record as CSV, workbook or Parquet; nothing in them runs when a spreadsheet opens it.

Rows are written as they come, in bounded memory, to a file that appears whole or not at all.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Literal, get_args

from gtm_pipelines.errors import InputError
from gtm_pipelines.intake.formulas import neutralise, runs

Format = Literal["csv", "xlsx", "parquet"]
Progress = Callable[[int, int | None], None]
Kinds = Mapping[str, type]
"""Column → ``int``, ``float``, ``bool``, ``datetime`` or ``str``; a column that is not named holds texts."""
Rows = Iterable[Mapping[str, Any]]

XLSX_ROWS = 1_048_575
"""Most rows of a sheet below its header (Excel's specification)."""
_PART = 10_000
_CELL = 32_767
"""Most characters of a cell (Excel's specification)."""


def format_of(path: Path, chosen: str | None = None) -> Format:
    """Return the format that was chosen, or the one the file's name ends in.

    Raises:
        InputError: it is none of the three.
    """
    name = (chosen or path.suffix.lstrip(".")).lower()
    for known in get_args(Format):
        if name == known:
            return known  # type: ignore[no-any-return]
    raise InputError(f"'{path.name}' names no format. End it in .csv, .xlsx or .parquet, or say --format.")


def write_table(
    path: Path,
    columns: Sequence[str],
    rows: Rows,
    *,
    format: Format = "csv",  # noqa: A002 - what it is called everywhere
    kinds: Kinds | None = None,
    total: int | None = None,
    progress: Progress | None = None,
) -> int:
    """Write ``rows`` to ``path`` and return how many.

    Args:
        path: of the file; one that is there is replaced in one step, when all is written.
        columns: what is written of a row, in this order.
        rows: by column; what a row has not is left empty.
        format: of the file.
        kinds: what columns hold besides texts.
        total: how many rows will come, for ``progress``.
        progress: told ``(written, total)``.

    Raises:
        InputError: more rows than a sheet of a workbook holds.
    """
    if format == "xlsx" and total is not None and total > XLSX_ROWS:
        raise InputError(f"A sheet holds {XLSX_ROWS:,} rows, and these are {total:,}. Write .csv or .parquet instead.")
    writer = {"csv": _write_csv, "xlsx": _write_xlsx, "parquet": _write_parquet}[format]
    with _whole(path) as partial:
        return writer(partial, columns, _told(rows, total, progress), kinds or {})


def write_csv(path: Path, columns: Sequence[str], rows: Rows) -> int:
    """Write ``rows`` as UTF-8 with a mark that spreadsheets understand; return how many."""
    return write_table(path, columns, rows)


def safe_cell(value: Any) -> str:
    """Return ``value`` as text that no spreadsheet runs as a formula."""
    return neutralise(_text(value))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (Mapping, list)):
        return json.dumps(value, ensure_ascii=False) if value else ""
    return value.isoformat() if isinstance(value, datetime) else str(value)


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """Give a place beside ``path`` that takes its name once all is written, and leaves nothing behind otherwise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _told(rows: Rows, total: int | None, progress: Progress | None) -> Iterator[Mapping[str, Any]]:
    done = 0
    for done, row in enumerate(rows, 1):
        yield row
        if progress and done % _PART == 0:
            progress(done, total)
    if progress:
        progress(done, total)


def _write_csv(path: Path, columns: Sequence[str], rows: Iterator[Mapping[str, Any]], _kinds: Kinds) -> int:
    written = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([neutralise(column) for column in columns])
        for row in rows:
            writer.writerow([safe_cell(row.get(column)) for column in columns])
            written += 1
    return written


def _write_xlsx(path: Path, columns: Sequence[str], rows: Iterator[Mapping[str, Any]], _kinds: Kinds) -> int:
    """Write one sheet; texts are texts whatever they begin with, and stay so when somebody edits the cell."""
    import xlsxwriter

    written = 0
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "default_date_format": "yyyy-mm-dd hh:mm"}) as book:
        sheet, quoted, bold = book.add_worksheet("List"), book.add_format(), book.add_format({"bold": True})
        quoted.set_quote_prefix()
        bold.set_quote_prefix()
        sheet.freeze_panes(1, 0)
        for index, column in enumerate(columns):
            sheet.write_string(0, index, column[:_CELL], bold)
        for written, row in enumerate(rows, 1):
            if written > XLSX_ROWS:
                raise InputError(f"A sheet holds {XLSX_ROWS:,} rows, and there are more. Write .csv or .parquet instead.")
            for index, column in enumerate(columns):
                _write_cell(sheet, written, index, row.get(column), quoted)
    return written


def _write_cell(sheet: Any, row: int, column: int, value: Any, quoted: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, (int, float)):
        sheet.write_number(row, column, value)
    elif isinstance(value, datetime):
        sheet.write_datetime(row, column, value.astimezone(UTC).replace(tzinfo=None))
    elif text := _text(value)[:_CELL]:
        held = runs(text)
        sheet.write_string(row, column, text if held else neutralise(text), quoted if held else None)


def _write_parquet(path: Path, columns: Sequence[str], rows: Iterator[Mapping[str, Any]], kinds: Kinds) -> int:
    """Write typed columns; a Parquet file runs nothing, so its texts are as they are."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {int: pa.int64(), float: pa.float64(), bool: pa.bool_(), datetime: pa.timestamp("us", tz="UTC")}
    schema = pa.schema([(column, types.get(kinds.get(column, str), pa.string())) for column in columns])
    written = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        while part := list(islice(rows, _PART)):
            plain = [[_typed(row.get(column), kinds.get(column, str)) for row in part] for column in columns]
            writer.write_batch(pa.record_batch(plain, schema=schema))
            written += len(part)
    return written


def _typed(value: Any, kind: type) -> Any:
    return (_text(value) or None) if kind is str and value is not None else value
