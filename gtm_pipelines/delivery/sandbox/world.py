"""The sandbox's own memory: what its server accepted, and the answers it laid in the inboxes.

The ledger is written and the answer laid down before the server says 250, so a crash
never makes the world forget what it told a sender it had taken.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gtm_pipelines.delivery.sandbox.answers import answer, read
from gtm_pipelines.delivery.sandbox.people import Person, person_at
from gtm_pipelines.settings import SandboxSettings

_SCHEMA = """
CREATE TABLE IF NOT EXISTS accepted (
    number INTEGER PRIMARY KEY AUTOINCREMENT, message_id TEXT NOT NULL, recipient TEXT NOT NULL, accepted_at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS accepted_message_id ON accepted (message_id);
CREATE TABLE IF NOT EXISTS arrival (number INTEGER PRIMARY KEY AUTOINCREMENT, inbox TEXT NOT NULL);
"""
_WAIT_SECONDS = 30


@dataclass(frozen=True)
class Accepted:
    """What the world counts on its own side of the wire.

    Args:
        accepted: mails the server said 250 to.
        distinct: how many different Message-IDs they had.
    """

    accepted: int
    distinct: int

    @property
    def duplicates(self) -> int:
        """Mails that arrived more than once."""
        return self.accepted - self.distinct


class World:
    """One sandbox, kept in ``folder``."""

    def __init__(self, folder: Path, people: SandboxSettings, now: Callable[[], datetime]) -> None:
        self._folder = folder
        self._people = people
        self._now = now

    def person(self, address: str) -> Person:
        """Return who lives at ``address``."""
        return person_at(address, self._people)

    def accept(self, recipient: str, raw: bytes) -> None:
        """Take one mail for good: note it, and lay the answer, if any, in the sender's inbox."""
        mail, now = read(raw), self._now()
        reply = answer(mail, self.person(recipient), now)
        if reply is not None:
            self._lay(mail.sender, self._next_number(mail.sender), reply)
        with self._ledger() as ledger:
            noted = (mail.message_id, recipient.lower(), now.isoformat())
            ledger.execute("INSERT INTO accepted (message_id, recipient, accepted_at) VALUES (?, ?, ?)", noted)

    def has(self, message_id: str) -> bool:
        """Tell whether a mail with this Message-ID was accepted."""
        with self._ledger() as ledger:
            return ledger.execute("SELECT 1 FROM accepted WHERE message_id = ?", (message_id,)).fetchone() is not None

    def count(self) -> Accepted:
        """Count what was accepted."""
        with self._ledger() as ledger:
            return Accepted(*ledger.execute("SELECT count(*), count(DISTINCT message_id) FROM accepted").fetchone())

    def _next_number(self, inbox: str) -> int:
        """Take a number for good: one that a crash left unused is never given out again."""
        with self._ledger() as ledger:
            return int(ledger.execute("INSERT INTO arrival (inbox) VALUES (?)", (inbox,)).lastrowid or 0)

    @contextmanager
    def _ledger(self) -> Iterator[sqlite3.Connection]:
        self._folder.mkdir(parents=True, exist_ok=True)
        ledger = sqlite3.connect(self._folder / "accepted.sqlite", timeout=_WAIT_SECONDS, isolation_level=None)
        try:
            ledger.execute("PRAGMA journal_mode=WAL")
            ledger.execute("PRAGMA synchronous=FULL")
            ledger.executescript(_SCHEMA)
            ledger.execute("BEGIN IMMEDIATE")
            yield ledger
            ledger.execute("COMMIT")
        finally:
            ledger.close()

    def _lay(self, inbox: str, number: int, raw: bytes) -> None:
        folder = self._folder / "inbox" / inbox
        for box in ("tmp", "new", "cur"):
            (folder / box).mkdir(parents=True, exist_ok=True)
        name = f"{number:012d}.sandbox"
        (folder / "tmp" / name).write_bytes(raw)
        (folder / "tmp" / name).rename(folder / "new" / name)
