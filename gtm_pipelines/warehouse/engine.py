"""The warehouse file: opened for the length of a transaction, by one process at a time.

A process has one in-memory DuckDB instance for its whole life and attaches the file to
it. A second instance, or any other opening of the file in the same process, would drop
the lock on it without a word; nothing else in the library may do that.
"""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path

import duckdb

from gtm_pipelines.clock import Clock
from gtm_pipelines.errors import PermanentError, TransientError
from gtm_pipelines.warehouse.lock import file_lock
from gtm_pipelines.warehouse.model import Limits

ALIAS = "warehouse"
STORAGE_VERSION = "v1.5.0"
"""Readable by DuckDB 1.5, which most database browsers still carry."""

_turn = threading.Lock()
_hosts: dict[int, duckdb.DuckDBPyConnection] = {}


def _host(spill: Path) -> duckdb.DuckDBPyConnection:
    """Return this process's instance; a forked child gets its own.

    What does not fit into memory goes beside the file, never into the folder somebody happens to stand in.
    """
    pid = os.getpid()
    if pid not in _hosts:
        _hosts.clear()
        _hosts[pid] = duckdb.connect(":memory:", config={"temp_directory": str(spill)})
    return _hosts[pid]


class WarehouseFile:
    """The DuckDB file and the only two ways into it.

    Args:
        path: where the file is, or will be made.
        clock: what waiting is measured by.
        limits: how much memory, how many threads, how long a wait.
    """

    def __init__(self, path: Path, clock: Clock, limits: Limits | None = None) -> None:
        self.path = path
        self._spill = path.parent / "spill"
        self._clock = clock
        self._limits = limits or Limits()

    @contextmanager
    def write(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open a transaction that commits at the end of the block or leaves no trace.

        Materialise every result inside the block: one left open keeps the file locked.

        Raises:
            TransientError: another thread, process or program holds the file.
            PermanentError: the file is no DuckDB file, or too new; or the work needs more memory than it may have.
        """
        with self.writing() as begin, begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Callable[[], AbstractContextManager[duckdb.DuckDBPyConnection]]]:
        """Hold the file for several transactions, each begun by calling what is yielded: opening it takes longer than most.

        Every transaction commits at the end of its block or leaves no trace. Raises as ``write`` does.
        """
        with self._attached(read_only=False) as connection:
            yield partial(self._transaction, connection)

    @contextmanager
    def _transaction(self, connection: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
        connection.execute("BEGIN")
        try:
            yield connection
        except duckdb.OutOfMemoryException as error:
            connection.execute("ROLLBACK")
            raise PermanentError(
                f"The figures need more memory than {self._limits.memory}. Give them more: warehouse.memory in gtm.toml."
            ) from error
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    @contextmanager
    def read(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open the file beside other readers, never beside a writer. The file must exist."""
        with self._attached(read_only=True) as connection:
            yield connection

    def delete(self) -> None:
        """Remove the file, and what killed processes spilled of it; the next synchronisation makes it anew from the record."""
        with self._alone(shared=False):
            for left in self._spill.glob("duckdb_temp_*"):
                if not left.name.startswith(f"duckdb_temp_{os.getpid()}_"):
                    left.unlink(missing_ok=True)
            self.path.unlink(missing_ok=True)
            self.path.with_name(self.path.name + ".wal").unlink(missing_ok=True)

    @contextmanager
    def _alone(self, *, shared: bool) -> Iterator[None]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if not _turn.acquire(timeout=self._limits.wait_seconds):
            raise TransientError("The warehouse is in use by another part of this program. Try again in a moment.")
        try:
            with file_lock(self.path, self._clock, shared=shared, wait_seconds=self._limits.wait_seconds):
                yield
        finally:
            _turn.release()

    @contextmanager
    def _attached(self, *, read_only: bool) -> Iterator[duckdb.DuckDBPyConnection]:
        with ExitStack() as stack:
            stack.enter_context(self._alone(shared=read_only))
            host = _host(self._spill)
            host.execute("SET memory_limit = ?", [self._limits.memory])
            host.execute("SET threads = ?", [self._limits.threads])
            self._attach(host, read_only=read_only)
            stack.callback(host.execute, f"DETACH {ALIAS}")
            connection = stack.enter_context(host.cursor())
            connection.execute(f"USE {ALIAS}")
            connection.execute("SET TimeZone = 'UTC'")
            yield connection

    def _attach(self, host: duckdb.DuckDBPyConnection, *, read_only: bool) -> None:
        option = "READ_ONLY" if read_only else f"STORAGE_VERSION '{STORAGE_VERSION}'"
        quoted = str(self.path).replace("'", "''")
        deadline = self._clock.monotonic() + self._limits.wait_seconds
        dice = random.Random(os.getpid())  # noqa: S311 - spreads retries, guards nothing
        while True:
            try:
                host.execute(f"ATTACH '{quoted}' AS {ALIAS} ({option})")
            except duckdb.Error as error:
                if "lock" not in str(error).lower():
                    raise PermanentError(
                        f"{self.path} cannot be opened: {error}. It holds copies only: "
                        "delete it and run 'gtm metrics refresh --rebuild'."
                    ) from error
                if self._clock.monotonic() >= deadline:
                    raise TransientError(
                        f"Another program has the warehouse open: {error}. Close the notebook or database browser "
                        f"that has opened {self.path.name}, then try again."
                    ) from error
                self._clock.sleep(dice.uniform(0.01, 0.1))
            else:
                return
