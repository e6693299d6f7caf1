"""Workbooks to text: one sheet becomes a file of tab-separated lines, one line a row, read like any other list.

``python-calamine`` reads the cells (of xlsx, xlsb, xls and ods alike): 200,000 rows of eleven cells
in 5 s and 210 MB, where ``openpyxl`` streaming takes 60 s and 56 MB. The sheet is held once, while
it is turned into text; all later passes read the text, so memory is bounded by what a sheet may
hold (1,048,576 rows), and by ``LARGEST``.
"""

from __future__ import annotations

import csv
import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from gtm_pipelines.errors import InputError

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

LARGEST = 2 << 30
"""Most bytes that a workbook may unpack to: a full sheet of twenty columns takes about 1.5 GB."""
DENSEST = 200
"""Most bytes that one packed byte may unpack to, in files beyond ``SMALL``; XML of cells packs 5 to 60 times, CSV 3 to 30."""
SMALL = 64 << 20
_BLOCK = 1 << 20
_OURS = "gtm-sheet-"
_EXACT = 2**53


def write_text(path: Path, sheet: str | None) -> tuple[Path, str]:
    """Write a sheet of a workbook as tab-separated UTF-8 lines into a temporary file; return where, and the sheet's name.

    Line n of it is row n of the sheet; line breaks in cells become spaces.

    Args:
        path: the workbook.
        sheet: its name; the first one that holds a table if absent.

    Raises:
        InputError: it is no workbook, is locked, broken or far too large, or has no such sheet.
    """
    check_size(path)
    _sweep()
    handle, name = tempfile.mkstemp(prefix=f"{_OURS}{os.getpid()}-", suffix=".tsv")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as out:
            name_of_sheet = _write(path, sheet, out)
    except BaseException:
        Path(name).unlink()
        raise
    return Path(name), name_of_sheet


def _sweep() -> None:
    """Remove the files of processes that were killed before they could: people stand in them."""
    for left in Path(tempfile.gettempdir()).glob(f"{_OURS}*.tsv"):
        owner = left.name.removeprefix(_OURS).partition("-")[0]
        try:
            os.kill(int(owner), 0)
        except ProcessLookupError:
            left.unlink(missing_ok=True)
        except (ValueError, PermissionError):
            continue


@contextmanager
def _legible(path: Path) -> Iterator[None]:
    from python_calamine import CalamineError

    try:
        yield
    except CalamineError as error:
        raise InputError(f"{path.name} cannot be read: {error}. Open it, save it as 'CSV UTF-8', and import that.") from error


def sheet_names(path: Path) -> tuple[str, ...]:
    """Return the sheets of a workbook that a person sees in it, in order.

    Raises:
        InputError: as ``write_text``.
    """
    check_size(path)
    return tuple(_visible(_opened(path)))


def check_size(path: Path) -> None:
    """Refuse a workbook that would unpack to far more than a list can be (a ZIP bomb).

    Raises:
        InputError: it would, or it is packed wrongly.
    """
    if not zipfile.is_zipfile(path):
        return
    packed, unpacked = path.stat().st_size, 0
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                unpacked = _measured(archive, member, unpacked, packed, path.name)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise InputError(f"{path.name} is packed wrongly: {error}. Open it and save it again.") from error


def cell_text(value: Any) -> str:
    """Return a cell as text: dates in ISO form, whole numbers without a fraction, text as it stands."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _EXACT else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value) if isinstance(value, (int, timedelta)) else ""


def _measured(archive: zipfile.ZipFile, member: zipfile.ZipInfo, so_far: int, packed: int, name: str) -> int:
    """Unpack a member into nothing, for what its header declares need not be true; return the bytes so far."""
    with archive.open(member) as stream:
        while block := stream.read(_BLOCK):
            so_far += len(block)
            if so_far > LARGEST:
                raise too_dense(name, so_far)
            check_density(name, packed, so_far)
    return so_far


def check_density(name: str, packed: int, unpacked: int) -> None:
    """Refuse what unpacks to far more than a list of so many packed bytes can.

    Raises:
        InputError: it does.
    """
    if unpacked > SMALL and unpacked > packed * DENSEST:
        raise too_dense(name, unpacked)


def too_dense(name: str, unpacked: int) -> InputError:
    """Return what is told of a file that unpacks to too much."""
    return InputError(
        f"{name} unpacks to more than {unpacked >> 20} MB, which no list of its size does. "
        "If it is one, open it, save it as 'CSV UTF-8', and import that."
    )


def _opened(path: Path) -> CalamineWorkbook:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        with path.open("rb") as file:
            return CalamineWorkbook.from_filelike(file)
    except PasswordError as error:
        raise InputError(f"{path.name} is locked by a password. Save it without one and try again.") from error
    except CalamineError as error:
        raise InputError(
            f"{path.name} is no Excel workbook that can be read: {error}. Unpack it if it is a ZIP, or save it as 'CSV UTF-8'."
        ) from error


def _meant(book: CalamineWorkbook, path: Path, sheet: str | None) -> str:
    """Return the name of the sheet that is meant: the one named, else the first with a table, else the first with anything."""
    if sheet is not None:
        if sheet not in book.sheet_names:
            raise InputError(f"{path.name} has no sheet '{sheet}'. It has: {', '.join(book.sheet_names)}.")
        return sheet
    names = _visible(book)
    for name in names:
        if any(sum(map(_filled, row)) > 1 for row in book.get_sheet_by_name(name).iter_rows()):
            return name
    for name in names:
        if book.get_sheet_by_name(name).height:
            return name
    raise InputError(f"{path.name} has no sheet with a table. Put the column names into the first row of one.")


def _visible(book: CalamineWorkbook) -> list[str]:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    data = book.sheets_metadata
    return [s.name for s in data if s.visible == SheetVisibleEnum.Visible and s.typ == SheetTypeEnum.WorkSheet]


def _filled(value: Any) -> bool:
    return value not in ("", None)


def _write(path: Path, sheet: str | None, out: TextIO) -> str:
    """Write every row of the sheet that is meant, and return its name."""
    book = _opened(path)
    with _legible(path):
        name = _meant(book, path, sheet)
        texts = ([cell_text(value) for value in row] for row in book.get_sheet_by_name(name).iter_rows())
        _write_rows(texts, out)
    return name


def _write_rows(texts: Iterable[list[str]], out: TextIO) -> None:
    """Write rows at their full width, but a title before the table as the one cell it is."""
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    in_table = False
    for row in texts:
        cells = [" ".join(cell.splitlines()) if "\n" in cell or "\r" in cell else cell for cell in row]
        in_table = in_table or sum(map(bool, cells)) > 1
        if not any(cells):
            out.write("\n")
        else:
            writer.writerow(cells if in_table else [cell for cell in cells if cell])
