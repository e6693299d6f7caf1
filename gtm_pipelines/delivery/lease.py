"""Proof that a worker lives: a locked file that the operating system lets go when it dies.

A claim names its worker's token. Another worker may take the claim back only when
the token's file is not locked any more, however the worker ended.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import socket
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

_UNSAFE = re.compile(r"[^A-Za-z0-9.-]")


class Lease:
    """One worker's token and the lock that proves it alive; a context manager.

    Args:
        folder: where the lock files of all workers of this data folder lie.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path: Path | None = None
        self._file: int | None = None
        self.token = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(6)}"

    def __enter__(self) -> Lease:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._path = _file_of(self._folder, self.token)
        self._file = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._file is not None and self._path is not None:
            self._path.unlink(missing_ok=True)
            os.close(self._file)
            self._file = None


def dead(folder: Path, tokens: Iterable[str]) -> list[str]:
    """Return those ``tokens`` whose worker is gone, and clear their files away."""
    return [token for token in tokens if _is_dead(_file_of(folder, token))]


def _is_dead(path: Path) -> bool:
    try:
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink(missing_ok=True)
    except BlockingIOError:
        return False
    finally:
        os.close(file)
    return True


def _file_of(folder: Path, token: str) -> Path:
    return folder / f"{_UNSAFE.sub('_', token)}.lock"
