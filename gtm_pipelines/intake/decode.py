"""Bytes to text: what a file is written in, found by reading all of it once.

Order of belief: a byte order mark; valid UTF-8 to the last byte; UTF-16 by its
zero bytes; UTF-8 with a few broken bytes; and only then a guess among the
single-byte code pages that lists really come in.
"""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import re
import weakref
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from gtm_pipelines.errors import InputError
from gtm_pipelines.intake import foreign
from gtm_pipelines.intake.xlsx import check_density, write_text

BLOCK = 1 << 20
SAMPLE = 1 << 16
CODE_PAGES = ["cp1251", "koi8_r", "cp866", "cp1252", "latin_1"]
_GUESSED = frozenset(CODE_PAGES)
BROKEN_SHARE = 0.1
"""Most broken bytes, over valid characters beyond ASCII, in text that still counts as UTF-8.

Text of a single-byte code page read as UTF-8 breaks at nearly every such character.
"""
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How a ZIP (xlsx, xlsb, ods) and an old Excel file begin."""
_WIDE = ("utf-16", "utf-32")
_BEYOND_LETTERS = "\u2000"
"""Pairs of ASCII letters taken for UTF-16 lie above; the letters of a header of names, in an alphabet, below."""
_CYRILLIC_WORD = re.compile("[А-Яа-яЁё]{2}")
_BROKEN = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True)
class TextFile:
    """A file whose encoding is known.

    Attributes:
        sha256: of the bytes, unpacked; of a named sheet, of the workbook's bytes and that name.
        lines: line ends in it, plus one for a last line without an end.
        content: where its text is, if not in the file itself: a sheet of a workbook, kept while this value lives.
        delimiter: of its cells, where that is known beforehand.
        sheet: name of the sheet, of a workbook.
    """

    path: Path
    sha256: str
    encoding: str
    lines: int
    content: Path | None = None
    delimiter: str | None = None
    sheet: str | None = None

    def is_sound(self, text: str) -> bool:
        """Tell whether every byte of ``text`` meant something in the file's encoding."""
        if self.encoding.startswith(_WIDE):
            return "\ufffd" not in text
        return _is_whole(text)

    @contextmanager
    def text(self) -> Iterator[TextIO]:
        """Open the text; broken bytes become lone surrogates, line ends stay as they are."""
        with _unpacked(self.content or self.path) as raw:
            errors = "replace" if self.encoding.startswith(_WIDE) else "surrogateescape"
            yield io.TextIOWrapper(raw, encoding=self.encoding, errors=errors, newline="")


def examine(path: Path, sheet: str | None = None) -> TextFile:
    """Read all of ``path`` once and say what it is written in.

    Args:
        path: text, also packed with gzip, or a workbook.
        sheet: of a workbook; its first one with a table if absent.

    Raises:
        InputError: it is no file, is empty, is packed wrongly or to bursting, or is neither text nor a workbook.
    """
    if not path.is_file():
        raise InputError(f"{path} is not a file. Give the path of a CSV file or a workbook.")
    if not is_workbook(path):
        if sheet is not None:
            raise InputError(f"{path.name} is no workbook, so it has no sheet '{sheet}'. Leave the sheet out.")
        return _examined(path)
    if (names := foreign.inside_zip(path)) is not None:
        held = ", ".join(names[:3]) or "nothing"
        raise InputError(f"{path.name} looks like a ZIP archive (of {held}), not a list. Unpack it and import the file in it.")
    content, name = write_text(path, sheet)
    text = _examined(content)
    found = replace(text, path=path, content=content, delimiter="\t", sha256=_digest(path, sheet), sheet=name)
    weakref.finalize(found, content.unlink, missing_ok=True)
    return found


def is_workbook(path: Path) -> bool:
    """Whether a file begins like a workbook."""
    with path.open("rb") as raw:
        return raw.read(8).startswith(_WORKBOOKS)


def _digest(path: Path, sheet: str | None) -> str:
    with path.open("rb") as raw:
        digest = hashlib.file_digest(raw, "sha256")
    if sheet is not None:
        digest.update(f"\0{sheet}".encode())
    return digest.hexdigest()


def _examined(path: Path) -> TextFile:
    evidence, size = _Evidence(), path.stat().st_size
    try:
        with _unpacked(path) as raw:
            while block := raw.read(BLOCK):
                evidence.add(block)
                check_density(path.name, size, raw.tell())
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path.name} cannot be read: {error}. Check that it is whole and can be opened.") from error
    evidence.finish()
    if not evidence.head.strip():
        raise InputError(f"{path.name} is empty. Export it again, with a line of column names first.")
    if what := foreign.named(evidence.head):
        raise InputError(f"{path.name} looks like {what}, not a list. Open it and save the list as 'CSV UTF-8'.")
    encoding = evidence.encoding(path.name)
    if encoding in _GUESSED and foreign.is_noise(evidence.head):
        raise InputError(f"{path.name} is not text in any encoding: it looks like a program's data. Export the list as CSV.")
    return TextFile(path, evidence.sha.hexdigest(), encoding, evidence.lines)


class _Evidence:
    """What one pass over the bytes shows."""

    def __init__(self) -> None:
        self.sha = hashlib.sha256()
        self.head = b""
        self.foreign = bytearray()
        self.lines = 0
        self._ends = 0
        self._returns = 0
        self._last = b""
        self._broken = 0
        self._valid = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")

    def add(self, block: bytes) -> None:
        """Take in the next block."""
        self.sha.update(block)
        self.head = self.head or block[:SAMPLE]
        self._ends += block.count(b"\n")
        self._returns += block.count(b"\r")
        self._last = block[-2:]
        if len(self.foreign) < SAMPLE and not block.isascii():
            lines = (line for line in block.splitlines(keepends=True) if not line.isascii())
            self.foreign += b"".join(lines)[:SAMPLE]
        self._judge(self._decoder.decode(block))

    def finish(self) -> None:
        """Take in the end of the file."""
        self._judge(self._decoder.decode(b"", final=True))
        self.lines = (self._ends or self._returns) + (0 if self._last.endswith((b"\n", b"\r")) else 1)

    def _judge(self, text: str) -> None:
        if text.isascii():
            return
        broken = 0 if _is_whole(text) else len(_BROKEN.findall(text))
        self._broken += broken
        self._valid += sum(1 for c in text if c > "\x7f") - broken if broken else 1

    def encoding(self, name: str) -> str:
        for mark, encoding in _MARKS:
            if self.head.startswith(mark):
                return encoding
        wide = self._wide(name) if 0 in self.head else None
        if wide:
            return wide
        if not self._broken or self._broken <= self._valid * BROKEN_SHARE:
            return "utf-8"
        return self._guess(bytes(self.foreign[:SAMPLE]))

    @staticmethod
    def _guess(sample: bytes) -> str:
        """Choose a code page; a Cyrillic one only where two of its letters stand together."""
        from charset_normalizer import from_bytes

        best = from_bytes(sample, cp_isolation=CODE_PAGES).best()
        if best is None or (best.encoding not in ("cp1252", "latin_1") and not _CYRILLIC_WORD.search(str(best))):
            return "cp1252"
        return best.encoding

    def _wide(self, name: str) -> str | None:
        """Tell UTF-16 without a mark from text that happens to hold a NUL, by line ends and delimiters."""
        whole = self.head[: len(self.head) // 2 * 2]
        for encoding in ("utf-16-le", "utf-16-be"):
            text = whole.decode(encoding, "replace")
            header, end, _ = text.partition("\n")
            if not end or text.count("\n") * 2 < whole.count(b"\n") or not any(sign in header for sign in ",;\t|"):
                continue
            if sum(letter > _BEYOND_LETTERS for letter in header) * 2 < len(header):
                return encoding
        if self.head.count(0) > len(self.head) // 4:
            raise InputError(f"{name} is not text. Export it as CSV and try again.")
        return None


def _is_whole(text: str) -> bool:
    """Tell whether no byte of a decoded text was broken."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


@contextmanager
def _unpacked(path: Path) -> Iterator[BinaryIO]:
    """Open the bytes of ``path``, gzip taken off."""
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        if packed:
            with gzip.GzipFile(fileobj=raw) as unpacked:
                yield io.BufferedReader(cast(io.RawIOBase, unpacked), BLOCK)
        else:
            yield raw
