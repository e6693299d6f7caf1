"""The record's engine: connections, transactions and the workspace they act for.

``Record.read`` and ``Record.write`` are the only ways in. A write on SQLite takes
the writer's lock at once (``BEGIN IMMEDIATE``), so a read followed by a write in
one block cannot be overtaken. On PostgreSQL the workspace is set for the length of
the transaction, and row-level security holds to it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from gtm_pipelines.acting import admit_write
from gtm_pipelines.errors import SettingsError, TransientError
from gtm_pipelines.record.compare import number_in, word_in
from gtm_pipelines.record.compare_sql import NUMBER_FUNCTION, WORD_FUNCTION
from gtm_pipelines.record.text import HAS_FUNCTION, SQLITE_FUNCTION, fold_text, has_text
from gtm_pipelines.record.unchanged import Unchanged

T = TypeVar("T")
BUSY_TIMEOUT_SECONDS = 30
PRAGMAS = ("page_size=8192", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY", "cache_size=-65536")
"""Of every connection to SQLite. The page size holds for new files only: a million contacts go in a tenth faster than at 4 KB."""


@dataclass(frozen=True)
class Record:
    """An open record, acting for one workspace."""

    engine: sa.Engine
    workspace_id: str
    _turn: threading.RLock = field(default_factory=threading.RLock, repr=False, compare=False)
    _unchanged: Unchanged = field(default_factory=Unchanged, repr=False, compare=False)

    @property
    def is_sqlite(self) -> bool:
        """Whether the engine is SQLite."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Open a transaction that only reads; SQLite readers never wait for the writer."""
        with self._begin(immediate=False) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """Open a transaction that commits at the end of the block or leaves no trace.

        Raises:
            TransientError: another process held the writer's lock for too long.
            ForbiddenError: whoever acts may not change anything here.
        """
        admit_write()
        with self._in_turn(), self._begin(immediate=True) as connection:
            yield connection

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """Let writers of this process follow each other at once: left to SQLite they sleep for up to 100 ms between looks."""
        if not self.is_sqlite:
            yield
            return
        if not self._turn.acquire(timeout=BUSY_TIMEOUT_SECONDS):
            raise TransientError("Something else is writing to the record. Try again in a moment.")
        try:
            yield
        finally:
            self._turn.release()

    @contextmanager
    def _begin(self, *, immediate: bool) -> Iterator[sa.Connection]:
        with self.engine.connect() as connection:
            connection = connection.execution_options(gtm_immediate=immediate)
            try:
                with connection.begin():
                    if not self.is_sqlite:
                        setting = sa.text("select set_config('gtm.workspace_id', :workspace, true)")
                        connection.execute(setting, {"workspace": self.workspace_id})
                    yield connection
            except OperationalError as error:
                if "database is locked" in str(error.orig):
                    raise TransientError("Another process is writing to the record. Try again in a moment.") from error
                raise

    def kept(self, key: Hashable, read: Callable[[], T]) -> T:
        """Return what ``read`` found for ``key`` when it was last asked, if nothing was written since, by whomever; else ask it.

        Args:
            key: names what is read, within this workspace.
            read: reads nothing but the record, so not the time of day either.
        """
        return self._unchanged.kept(self.engine, key, read)

    def close(self) -> None:
        """Close every connection."""
        self._unchanged.close()
        self.engine.dispose()


def open_record(url: str, workspace_id: str, *, password: str | None = None) -> Record:
    """Open the record at ``url`` for ``workspace_id``; nothing is created or migrated.

    Args:
        url: ``sqlite:///path`` or ``postgresql+psycopg://user@host/name``.
        workspace_id: whose rows are read and written.
        password: added to the URL, so that it need not stand in it.

    Raises:
        SettingsError: the URL names an engine the record does not run on.
    """
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
        if password:
            parsed = parsed.set(password=password)
        return Record(sa.create_engine(parsed, pool_pre_ping=True), workspace_id)
    if parsed.get_backend_name() != "sqlite":
        raise SettingsError(f"record_url must name SQLite or PostgreSQL, not {parsed.get_backend_name()}.")
    return Record(_sqlite_engine(parsed), workspace_id)


def _sqlite_engine(url: sa.URL) -> sa.Engine:
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False})

    @sa.event.listens_for(engine, "connect")
    def prepare(dbapi_connection: Any, _record: Any) -> None:
        """Hand transactions to SQLAlchemy and make every commit durable."""
        dbapi_connection.isolation_level = None
        cursor = dbapi_connection.cursor()
        for pragma in PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
        dbapi_connection.create_function(SQLITE_FUNCTION, 1, fold_text, deterministic=True)
        dbapi_connection.create_function(HAS_FUNCTION, 2, has_text, deterministic=True)
        dbapi_connection.create_function(NUMBER_FUNCTION, 1, number_in, deterministic=True)
        dbapi_connection.create_function(WORD_FUNCTION, 2, word_in, deterministic=True)

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        immediate = connection.get_execution_options().get("gtm_immediate", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine
