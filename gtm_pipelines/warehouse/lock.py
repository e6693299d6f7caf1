"""A fair lock between processes, beside the warehouse file.

DuckDB's own lock refuses at once and is lost when the file is opened a second time in
the holding process. So this one lies in its own file, ``flock``-ed through a
turnstile: whoever holds the gate is next, and nobody overtakes.
"""

from __future__ import annotations

import fcntl
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gtm_pipelines.clock import Clock
from gtm_pipelines.errors import TransientError

_SHORTEST_WAIT, _LONGEST_WAIT = 0.002, 0.05


@contextmanager
def file_lock(path: Path, clock: Clock, *, shared: bool, wait_seconds: float) -> Iterator[None]:
    """Hold the warehouse against other processes, alone or with other readers.

    Args:
        path: the warehouse file; the lock lies beside it.
        shared: admit other holders that are shared too.
        wait_seconds: how long to wait.

    Raises:
        TransientError: another process kept it for longer; the text names that process.
    """
    deadline = clock.monotonic() + wait_seconds
    dice = random.Random(os.getpid())  # noqa: S311 - spreads retries, guards nothing
    main = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    gate = os.open(f"{path}.gate", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        _acquire(gate, fcntl.LOCK_EX, clock, dice, deadline, main)
        _acquire(main, fcntl.LOCK_SH if shared else fcntl.LOCK_EX, clock, dice, deadline, main)
        fcntl.flock(gate, fcntl.LOCK_UN)
        if not shared:
            _sign(main)
        yield
    finally:
        os.close(main)
        os.close(gate)


def _acquire(handle: int, mode: int, clock: Clock, dice: random.Random, deadline: float, signed: int) -> None:
    while True:
        try:
            fcntl.flock(handle, mode | fcntl.LOCK_NB)
        except BlockingIOError:
            if clock.monotonic() >= deadline:
                raise TransientError(
                    f"The warehouse is in use by {_holder(signed)}. Wait for that run to end, or stop it, then try again."
                ) from None
            clock.sleep(dice.uniform(_SHORTEST_WAIT, _LONGEST_WAIT))
        else:
            return


def _sign(handle: int) -> None:
    os.ftruncate(handle, 0)
    os.pwrite(handle, str(os.getpid()).encode(), 0)


def _holder(handle: int) -> str:
    pid = os.pread(handle, 32, 0).decode("ascii", "replace").strip()
    return f"process {pid}" if pid else "another process"
