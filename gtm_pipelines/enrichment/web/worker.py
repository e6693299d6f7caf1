"""Reads documents in a process of its own, which can be stopped: what strangers wrote is parsed where it can harm nothing.

Runs as ``python -m gtm_pipelines.enrichment.web.worker``. Each request is a JSON head and a body, each answer one JSON
text, all with their lengths before them. It ends when nobody writes to it any more.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
import struct
import sys
from dataclasses import asdict
from typing import BinaryIO

from gtm_pipelines.enrichment.web.model import Reading

HEAD = struct.Struct("<II")
LENGTH = struct.Struct("<I")
_MEMORY_BYTES = 3 << 30
"""Address space one process may take: a page within the caps needs a tenth of it."""


def packed(body: bytes, content_type: str, url: str, most_text: int, *, judged: bool = True) -> bytes:
    """Write a request."""
    told = json.dumps([content_type, url, most_text, judged]).encode()
    return HEAD.pack(len(told), len(body)) + told + body


def unpacked(answer: bytes) -> Reading | None:
    """Read an answer."""
    told = json.loads(answer)
    if told is None:
        return None
    told["links"] = tuple((kind, url) for kind, url in told["links"])
    return Reading(**told)


def answered(body: bytes, content_type: str, url: str, most_text: int, judged: bool) -> bytes:
    """Read a document and return the answer: JSON without the signs that a database refuses."""
    from gtm_pipelines.enrichment.web.reading import read_html

    reading = read_html(body, content_type, url, most_text, judged=judged)
    told = None if reading is None else asdict(reading)
    return json.dumps(told, ensure_ascii=False).replace("\\u0000", "").encode("utf-8", "replace")


def main() -> None:
    """Answer requests from standard input on standard output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as out:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        served = 0
        while head := _exactly(sys.stdin.buffer, HEAD.size):
            told_size, body_size = HEAD.unpack(head)
            told = json.loads(_exactly(sys.stdin.buffer, told_size))
            answer = answered(_exactly(sys.stdin.buffer, body_size), *told)
            out.write(LENGTH.pack(len(answer)) + answer)
            out.flush()
            served += 1
            if served == 1:
                gc.freeze()


def _exactly(stream: BinaryIO, size: int) -> bytes:
    read = stream.read(size)
    return read if len(read) == size else b""


if __name__ == "__main__":
    main()
