"""The data folder: what of it is rewritten when a person is erased, and what only a person may touch.

Logs are rewritten in place, letter for letter, so that a program that still appends to
one goes on undisturbed. Lists that people brought, and backups, are never changed behind
anybody's back: they are named.
"""

from __future__ import annotations

import gzip
import mmap
import re
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from email import message_from_bytes
from email.errors import MessageError
from email.policy import default as modern
from pathlib import Path

from gtm_pipelines.privacy.model import Person, Remaining

MASK = b"#"
_BLOCK = 1 << 22
_MAGIC = b"SQLite format 3\x00"
_WAIT_SECONDS = 30
_OURS = {
    "inbox": ("inbox", "Take the person out of this list, or remove it; it would be refused if imported again."),
    "uploads": ("upload", "Remove this uploaded list, or take the person out of it."),
    "exports": ("export", "Remove this exported list, and ask whoever has a copy to do so too."),
    "backups": ("backup", "This backup holds the person until it is replaced; restoring it needs the erasure again."),
}
"""Folders of which only people decide: what is in them, and what to do."""
_REWRITTEN = ("logs", "dagster", "cache", "caches")


class DataFolder:
    """One data folder, searched for one person.

    Args:
        home: the folder.
        sandbox: the sandbox's own folder in it.
        person: who is looked for.
    """

    def __init__(self, home: Path, sandbox: Path, person: Person) -> None:
        self._home = home
        self._sandbox = sandbox
        self._person = person
        self._pattern = re.compile(b"|".join(map(re.escape, person.needles)) or rb"(?!)", re.I)

    def rewrite(self, *, dry_run: bool) -> dict[str, int]:
        """Mask the person in logs, caches and the databases of other programs, and remove sandbox mails."""
        counts = {"logs": 0, "databases": 0, "mails": 0}
        for path in self._files(*(self._home / name for name in _REWRITTEN), self._sandbox):
            if path.is_relative_to(self._sandbox / "inbox"):
                if self._in_mail(path):
                    counts["mails"] += 1
                    if not dry_run:
                        path.unlink(missing_ok=True)
            elif _is_sqlite(path):
                counts["databases"] += self._in_database(path, dry_run=dry_run)
            elif not path.name.endswith(("-wal", "-shm", "-journal")) and self.holds(path):
                counts["logs"] += 1
                if not dry_run:
                    self._mask(path)
        return {name: count for name, count in counts.items() if count}

    def remaining(self) -> Iterator[Remaining]:
        """Yield every file that holds the person, with what to do about it."""
        for path in self._files(self._home):
            if self.holds(path):
                place = path.relative_to(self._home)
                what, advice = _OURS.get(place.parts[0], ("other", "Look at this file; the workbench does not know what it is."))
                if place.name.startswith("record.sqlite"):
                    what, advice = "record", "Another row holds the same name; look whether it is the same person."
                yield Remaining(str(path), what, advice)

    def holds(self, path: Path) -> bool:
        """Tell whether the bytes of a file, unpacked where it is packed, hold the person."""
        needles = {needle.lower() for needle in self._person.needles}
        longest = max(map(len, needles), default=0)
        tail = b""
        try:
            with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
                while block := file.read(_BLOCK):
                    text = tail + block.lower()
                    if any(needle in text for needle in needles):
                        return True
                    tail = text[-longest:]
        except (OSError, EOFError, zlib.error):
            return False
        return False

    def _files(self, *folders: Path) -> Iterator[Path]:
        seen: set[Path] = set()
        for folder in folders:
            for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
                if path not in seen and path.is_file() and not path.is_symlink():
                    seen.add(path)
                    yield path

    def _mask(self, path: Path) -> None:
        with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as text:
            for found in list(self._pattern.finditer(text)):
                text[found.start() : found.end()] = MASK * (found.end() - found.start())
            text.flush()

    def _in_mail(self, path: Path) -> bool:
        """Tell whether a mail is to, from or about the person, also where it is written in base64."""
        raw = path.read_bytes()
        if self._pattern.search(raw):
            return True
        lowered = raw.lower()
        if b"base64" not in lowered and b"quoted-printable" not in lowered and b"=?" not in raw:
            return False
        try:
            mail = message_from_bytes(raw, policy=modern)
            parts = [str(value) for _, value in mail.items()]
            parts += [str(part.get_content()) for part in mail.walk() if part.get_content_maintype() == "text"]
        except (MessageError, LookupError, ValueError, KeyError):
            return False
        return self._pattern.search("\n".join(parts).encode("utf-8", "replace")) is not None

    def _in_database(self, path: Path, *, dry_run: bool) -> int:
        """Mask the person in every text of a small database of another program; count it if there was any."""
        with closing(sqlite3.connect(path, timeout=_WAIT_SECONDS, isolation_level=None)) as database:
            database.execute("PRAGMA secure_delete = ON")
            database.execute("BEGIN" if dry_run else "BEGIN IMMEDIATE")
            changed = sum(self._in_table(database, table, dry_run=dry_run) for table in list(_tables(database)))
            database.execute("ROLLBACK" if dry_run else "COMMIT")
            if changed and not dry_run:
                database.execute("VACUUM")
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return int(bool(changed))

    def _in_table(self, database: sqlite3.Connection, table: str, *, dry_run: bool) -> int:
        columns = [row[1] for row in database.execute(f"PRAGMA table_info({_quoted(table)})")]
        changed = 0
        for column in columns:
            name = _quoted(column)
            rows = database.execute(f"SELECT rowid, {name} FROM {_quoted(table)} WHERE typeof({name}) IN ('text', 'blob')")
            for number, value in list(self._hits(rows)):
                changed += 1
                if not dry_run:
                    database.execute(f"UPDATE {_quoted(table)} SET {name} = ? WHERE rowid = ?", (self._masked(value), number))
        return changed

    def _hits(self, rows: Iterable[tuple[int, str | bytes]]) -> Iterator[tuple[int, str | bytes]]:
        for number, value in rows:
            if self._pattern.search(value if isinstance(value, bytes) else value.encode("utf-8", "surrogateescape")):
                yield number, value

    def _masked(self, value: str | bytes) -> str | bytes:
        raw = value if isinstance(value, bytes) else value.encode("utf-8", "surrogateescape")
        masked = self._pattern.sub(lambda found: MASK * len(found[0]), raw)
        return masked if isinstance(value, bytes) else masked.decode("utf-8", "surrogateescape")


def _tables(database: sqlite3.Connection) -> Iterator[str]:
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND sql NOT LIKE '%WITHOUT ROWID%'"
    for (name,) in database.execute(query):
        yield str(name)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _is_sqlite(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC
