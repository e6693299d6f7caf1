"""Read and normalise a large file in a process of its own, while this one writes what came before.

The other process is told the file and how to read it, and answers with one frame a chunk: a
letter, a length, and the sheet. It holds two chunks at most beyond the one being written, so
memory stays bounded; it ends by itself when nobody listens any more.
"""

from __future__ import annotations

import gc
import marshal
import os
import pickle
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import Queue
from typing import BinaryIO

from gtm_pipelines.errors import GtmError, TransientError
from gtm_pipelines.intake.emails import BadEmail, parse_email
from gtm_pipelines.intake.mapping import ColumnMap
from gtm_pipelines.intake.normalise.derive import contact_codes
from gtm_pipelines.intake.prepare import preparer
from gtm_pipelines.intake.read import Layout, RawRow
from gtm_pipelines.intake.records import chunks
from gtm_pipelines.intake.sheet import Refused, Sheet
from gtm_pipelines.intake.web import company_domain

WORTH_BYTES = 8 << 20
"""From this size of a file on (some 100,000 lines), the second process saves more than its start costs."""
_FRAME = struct.Struct("<cQ")
_SHEET, _ERROR, _END = b"S", b"E", b"."


@dataclass(frozen=True)
class Reading:
    """What to read and how.

    Attributes:
        size: records in a chunk.
        skip: records that were taken before.
        source: of contacts that name none.
        lawful_basis: of contacts that name none.
        shared: domains that identify no company.
    """

    layout: Layout
    mapping: ColumnMap
    size: int
    skip: int = 0
    source: str | None = None
    lawful_basis: str | None = None
    shared: frozenset[str] = frozenset()

    def sheets(self) -> Iterator[Sheet]:
        """Yield the records by chunk, read here."""
        prepare = preparer(self.mapping, source=self.source, lawful_basis=self.lawful_basis, shared=self.shared)
        for records in chunks(self.layout, self.size, skip=self.skip):
            yield prepare(records)


@contextmanager
def reader(path: Path, *, ahead_from: int = WORTH_BYTES) -> Iterator[Callable[[Reading], Iterator[Sheet]]]:
    """Give the function that yields a file's records by chunk; a large file is read ahead by another process.

    That process starts at once, and is ready when the file has been examined.

    Args:
        path: what will be read.
        ahead_from: bytes from which a file is large.

    Raises:
        TransientError: the other process died, when a chunk is asked for.
    """
    if not path.is_file() or path.stat().st_size < ahead_from:
        yield Reading.sheets
        return
    command = [sys.executable, "-m", "gtm_pipelines.intake.ahead"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            yield partial(_received, process)
        finally:
            process.kill()


def _received(process: subprocess.Popen[bytes], reading: Reading) -> Iterator[Sheet]:
    told, answers = process.stdin, process.stdout
    if told is None or answers is None:
        raise TransientError("The reading process has no pipes.")
    with suppress(BrokenPipeError), told:
        pickle.dump(reading, told)
    while True:
        head = answers.read(_FRAME.size)
        kind, length = _FRAME.unpack(head) if len(head) == _FRAME.size else (b"", 0)
        body = answers.read(length)
        if kind == _END:
            return
        if kind == _ERROR and len(body) == length:
            raise pickle.loads(body)  # noqa: S301 - written by our own process
        if kind != _SHEET or len(body) < length:
            raise TransientError("The process that reads the file ended too early. Import the file again; it goes on.")
        yield unpacked(body)


def packed(sheet: Sheet) -> bytes:
    """Write a sheet in the form that is read fastest; for the same interpreter only."""
    refused = [(*row, verdict.code, str(verdict)) for row, verdict in sheet.refused]
    tins, domains, names = zip(*sheet.employers, strict=True) if sheet.employers else ((), (), ())
    employers = (tins, tuple(zip(*domains, strict=True)), names)
    said = (sheet.suppress, sheet.reads, sheet.hashes, sheet.texts, sheet.others, employers, refused)
    return marshal.dumps((sheet.lines, sheet.raws, sheet.values, *said))


def unpacked(body: bytes) -> Sheet:
    """Read what ``packed`` wrote."""
    lines, raws, values, suppress, reads, hashes, texts, others, employers, refused = marshal.loads(body)  # noqa: S302 - our own
    tins, domains, names = employers
    employers = list(zip(tins, zip(*domains, strict=True), names, strict=True))
    verdicts = [(RawRow(*row), Refused(code, reason)) for *row, code, reason in refused]
    said = {"suppress": suppress, "reads": reads, "hashes": hashes, "texts": texts, "others": others}
    return Sheet(lines, raws, values, {}, employers=employers, refused=verdicts, **said)


def main() -> None:
    """Read the file that standard input names and write its sheets to standard output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
    warm()
    reading: Reading = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by our own process
    waiting: Queue[tuple[bytes, bytes] | None] = Queue(maxsize=2)
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0) as out:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        writer = threading.Thread(target=_write, args=(waiting, out), daemon=True)
        writer.start()
        try:
            for sheet in reading.sheets():
                waiting.put((_SHEET, packed(sheet)))
            waiting.put((_END, b""))
        except GtmError as error:
            waiting.put((_ERROR, pickle.dumps(error)))
        waiting.put(None)
        writer.join()


def warm() -> None:
    """Load the tables of names, places and numbers, by looking something up in each."""
    contact_codes({"country": "Germany", "city": "Hamburg", "phone": "+49 40 1234567", "position": "CTO"}, "HH")
    company_domain("https://www.firm.example/")
    with suppress(BadEmail):
        parse_email("anna@firm.example")


def _write(waiting: Queue[tuple[bytes, bytes] | None], out: BinaryIO) -> None:
    """Write frames as they come; nobody listening ends the process."""
    while (frame := waiting.get()) is not None:
        kind, body = frame
        try:
            for part in (_FRAME.pack(kind, len(body)), body):
                rest = memoryview(part)
                while rest:
                    rest = rest[out.write(rest) :]
        except OSError:
            os._exit(0)


if __name__ == "__main__":
    main()
