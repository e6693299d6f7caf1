"""One launcher a data folder: two daemons on one instance would start every run twice."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gtm_pipelines.errors import ConflictError


@contextmanager
def hold(path: Path) -> Iterator[None]:
    """Hold the lock file at ``path`` for the length of the block; it is let go even if the process is killed.

    Raises:
        ConflictError: another process holds it; the text names the process.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise ConflictError(
                f"The workbench is already running on {path.parent} (process {holder}). "
                "Stop it with Ctrl-C where it runs, or set GTM_HOME to another folder."
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
