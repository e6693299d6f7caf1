"""A mail server that remembers: every Message-ID it accepts is on disk before it says 250.

Run as ``python -m gtm_pipelines.proof.sink LEDGER``; prints its port, then serves until killed.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

_MESSAGE_ID = re.compile(rb"^message-id:\s*(<[^>\r\n]+>)", re.IGNORECASE | re.MULTILINE)


class Ledger:
    """An append-only file of Message-IDs, a line each, forced to disk line by line."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o644)

    def write(self, message_id: str) -> None:
        """Append one line and wait until it is on disk."""
        os.write(self._file, f"{message_id}\n".encode())
        os.fsync(self._file)


class _Door:
    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        found = _MESSAGE_ID.search(envelope.original_content or b"")
        if not found:
            return "554 5.6.0 no Message-ID"
        self._ledger.write(found[1].decode("ascii"))
        return "250 2.0.0 accepted"


async def serve(ledger: Ledger) -> None:
    """Listen on a free loopback port, print it, and serve for ever."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(_Door(ledger), hostname="sink.example", loop=loop), "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Ledger(Path(sys.argv[1]))))
