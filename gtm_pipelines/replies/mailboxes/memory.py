"""A mailbox in memory: the shipped fake, held to the same contract as the real ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from gtm_pipelines.replies.model import Cursor, RawMail
from gtm_pipelines.replies.parse import headers_of, message_ids, open_mail


@dataclass
class MemoryMailbox:
    """Folders of mails kept in a dictionary; ``uidvalidity`` may be changed to force a full reading."""

    uidvalidity: int = 1
    folders: dict[str, list[tuple[int, bytes, datetime]]] = field(default_factory=dict)

    def deliver(self, raw: bytes, received_at: datetime, folder: str = "INBOX") -> int:
        """Put a mail into ``folder`` and return its uid."""
        mails = self.folders.setdefault(folder, [])
        uid = mails[-1][0] + 1 if mails else 1
        mails.append((uid, raw, received_at))
        return uid

    def fetch(self, cursor: Cursor) -> Iterator[RawMail]:
        """Yield what is beyond ``cursor``."""
        for folder, mails in self.folders.items():
            at = cursor.get(folder)
            last = at.last_uid if at and at.uidvalidity == self.uidvalidity else 0
            for uid, raw, received_at in list(mails):
                if uid > last:
                    yield RawMail(folder, self.uidvalidity, uid, raw, received_at)

    def contains_message_id(self, folder: str, message_id: str) -> bool:
        """Tell whether ``folder`` holds a message with this Message-ID."""
        for _uid, raw, _at in self.folders.get(folder, []):
            if message_id in message_ids(headers_of(open_mail(raw)).get("message-id")):
                return True
        return False
