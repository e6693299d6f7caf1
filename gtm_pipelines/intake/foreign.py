"""Files that are no list whatever their name says, told by how they begin and by what no text holds."""

from __future__ import annotations

import zipfile
from pathlib import Path

_BEGINNINGS = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"RIFF", "a sound, a film or a picture"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"Rar!\x1a", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"BZh", "an archive packed with bzip2"),
    (b"\xfd7zXZ\0", "an archive packed with xz"),
    (b"\x28\xb5\x2f\xfd", "an archive packed with zstd"),
    (b"{\\rtf", "a text document (RTF)"),
)
_PAGES = (b"<!doctype html", b"<html")
_CONTROLS = bytes({*range(1, 32)} - set(b"\t\n\v\f\r\x1a\x1b\x1c\x1d\x1e\x1f")) + b"\x7f"
"""Bytes that stand for no letter and no layout in any code page of lists. NUL is left out: broken exports hold some."""
_NOISE = 0.03
"""Least share of such bytes in what is no text: chance gives 0.08, lists in any code page next to none."""
_LEAST = 8
_WORKBOOK_PARTS = ("xl/", "content.xml", "[Content_Types].xml", "Index/")


def named(head: bytes) -> str | None:
    """Return what a file is that begins so, such as ``a PNG picture``; ``None`` where nothing is known of it."""
    if head[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_PAGES):
        return "a web page (HTML)"
    return next((what for magic, what in _BEGINNINGS if head.startswith(magic)), None)


def is_noise(head: bytes) -> bool:
    """Tell whether the first bytes of a file, which are in no Unicode encoding, are no text in any other either."""
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return controls >= _LEAST and controls > _NOISE * len(head)


def inside_zip(path: Path) -> list[str] | None:
    """Return the files in a ZIP archive that is no workbook; ``None`` for everything else."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError):
        return None
    return None if any(name.startswith(_WORKBOOK_PARTS) for name in names) else names
