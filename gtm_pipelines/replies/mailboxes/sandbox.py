"""The mailbox of a sandbox identity: a Maildir that the sandbox's world drops answers into.

File names begin with a twelve-digit counter, ``000000000001.…``, in the order of
arrival; it is the uid. A mail is written to ``tmp`` and renamed into ``new``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from gtm_pipelines.errors import TransientError
from gtm_pipelines.replies.model import Cursor, RawMail
from gtm_pipelines.replies.parse import headers_of, message_ids, open_mail, sent_at

FOLDER = "INBOX"
UIDVALIDITY = 1
_NAME = re.compile(r"^(\d{12})\.")


class SandboxMailbox:
    """Reads ``folder`` (with ``new`` and ``cur`` in it) and leaves every file where it is."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def fetch(self, cursor: Cursor) -> Iterator[RawMail]:
        """Yield what is beyond ``cursor``, in the order of arrival.

        Raises:
            TransientError: a file could not be read.
        """
        at = cursor.get(FOLDER)
        last = at.last_uid if at and at.uidvalidity == UIDVALIDITY else 0
        for uid, path in self._files():
            if uid > last:
                raw = self._bytes(path)
                yield RawMail(FOLDER, UIDVALIDITY, uid, raw, self._received_at(path, raw))

    def contains_message_id(self, folder: str, message_id: str) -> bool:
        """Tell whether the inbox holds a message with this Message-ID; there is no other folder."""
        if folder != FOLDER:
            return False
        wanted = message_id.encode()
        for _uid, path in self._files():
            raw = self._bytes(path)
            if wanted in raw and message_id in message_ids(headers_of(open_mail(raw)).get("message-id")):
                return True
        return False

    def _files(self) -> list[tuple[int, Path]]:
        found = [path for box in ("new", "cur") if (self._folder / box).is_dir() for path in (self._folder / box).iterdir()]
        return sorted((int(match[1]), path) for path in found if (match := _NAME.match(path.name)))

    def _bytes(self, path: Path) -> bytes:
        try:
            return path.read_bytes()
        except OSError as error:
            raise TransientError(f"The sandbox's mail {path} cannot be read: {error}. Collect again.") from error

    def _received_at(self, path: Path, raw: bytes) -> datetime:
        """Return the mail's own date: the sandbox's world may run on a virtual clock, the file system does not."""
        header = raw[:65536].partition(b"\n\n")[0] if b"\r\n\r\n" not in raw[:65536] else raw[:65536].partition(b"\r\n\r\n")[0]
        dated = sent_at(headers_of(open_mail(header + b"\n\n")).get("date"))
        return dated or datetime.fromtimestamp(path.stat().st_mtime, UTC)
