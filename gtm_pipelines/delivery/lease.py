"""Proof that a worker lives: a locked file that the operating system lets go when it dies.

A claim names its worker's token. Another worker may take the claim back only when
the token's file is not locked any more, however the worker ended.

The file also keeps the yes of a provider until it stands in the record: what a process
wrote is still there after it was killed, long before a commit could be done. It is not
forced to disk. Where the machine fails and takes it along, the message is unknown, as
it would be without it; it can only ever say what was true.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
import socket
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType

_UNSAFE = re.compile(r"[^A-Za-z0-9.-]")


class Lease:
    """One worker's token and the lock that proves it alive; a context manager.

    Args:
        folder: where the lock files of all workers of this data folder lie.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.token = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(6)}"
        self._path = _file_of(folder, self.token)
        self._file: int | None = None
        self._kept: set[str] = set()
        self._turn = threading.Lock()

    def __enter__(self) -> Lease:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._file = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_APPEND | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._file is not None:
            if not self._kept:  # what the record did not take is for whoever takes over
                self._path.unlink(missing_ok=True)
            os.close(self._file)
            self._file = None

    def keep(self, message_id: str, reference: str | None) -> None:
        """Note that a message was accepted, under the provider's name for it; a full disk keeps nothing."""
        if self._file is None:
            return
        with self._turn, suppress(OSError):
            os.write(self._file, (json.dumps([message_id, reference]) + "\n").encode())
            self._kept.add(message_id)

    def drop(self, message_id: str) -> None:
        """Forget a note: the record has it now."""
        with self._turn, suppress(OSError):
            self._kept.discard(message_id)
            if self._file is not None and not self._kept:
                os.ftruncate(self._file, 0)


def kept(folder: Path, token: str) -> dict[str, str | None]:
    """Return what a worker noted: message → the provider's name for it. A line that was cut short says nothing."""
    try:
        lines = _file_of(folder, token).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    return dict(pair for line in lines if (pair := _pair(line)))


def _pair(line: str) -> tuple[str, str | None] | None:
    with suppress(ValueError):
        match json.loads(line):
            case [str() as message_id, (str() | None) as reference]:
                return message_id, reference
    return None


def bury(folder: Path, tokens: Iterable[str]) -> None:
    """Clear away the files of workers that are gone and whose messages are taken care of."""
    for token in tokens:
        _file_of(folder, token).unlink(missing_ok=True)


def dead(folder: Path, tokens: Iterable[str]) -> list[str]:
    """Return those ``tokens`` whose worker is gone."""
    return [token for token in tokens if _is_dead(_file_of(folder, token))]


def _is_dead(path: Path) -> bool:
    try:
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(file)
    return True


def _file_of(folder: Path, token: str) -> Path:
    return folder / f"{_UNSAFE.sub('_', token)}.lock"
