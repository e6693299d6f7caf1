"""Where a pool lies: in memory for one use, or in a file that the next search goes on with.

The file is a copy like the warehouse: made from the record, never decided from, and made
anew when it is missing, damaged or of another form.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from gtm_pipelines.errors import TransientError
from gtm_pipelines.matching.pool import Pool

MEMORY = "1GB"
THREADS = 2
FORM = "2"
"""Changes whenever rows are read or packed otherwise, so that files of before are not gone on with."""
_TABLES = """
    CREATE TABLE IF NOT EXISTS entry (number INTEGER, id VARCHAR, stamp VARCHAR, packed VARCHAR, changed BOOLEAN);
    CREATE TABLE IF NOT EXISTS term (number INTEGER, field VARCHAR, value VARCHAR);
    CREATE TABLE IF NOT EXISTS counted (field VARCHAR, value VARCHAR, held BIGINT);
    CREATE TABLE IF NOT EXISTS note (name VARCHAR PRIMARY KEY, value VARCHAR);
"""


@contextmanager
def open_pool(path: Path | None = None) -> Iterator[Pool]:
    """Open a pool for the length of a block; what does not fit in memory goes to a temporary folder.

    Args:
        path: the file it is kept in; none for an empty one that is gone afterwards.

    Raises:
        TransientError: another search holds the file.
    """
    with tempfile.TemporaryDirectory(prefix="gtm-matching-") as folder, _connected(path) as connection:
        quoted = str(Path(folder)).replace("'", "''")
        connection.execute(f"SET temp_directory = '{quoted}'")
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        connection.execute(f"SET threads = {THREADS}")
        connection.execute("SET preserve_insertion_order = false")
        yield Pool(connection)


def remove_pools(folder: Path) -> None:
    """Remove every kept pool; the next search reads all rows again."""
    for path in sorted(folder.glob("*.duckdb*")) if folder.is_dir() else ():
        path.unlink(missing_ok=True)


@contextmanager
def _connected(path: Path | None) -> Iterator[duckdb.DuckDBPyConnection]:
    if path is None:
        with duckdb.connect(":memory:") as connection:
            connection.execute(_TABLES)
            yield connection
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with _alone(path), _opened(path) as connection:
        yield connection


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    handle = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise TransientError("Another search for duplicates is under way. Wait for it to end, then search again.") from None
    finally:
        os.close(handle)


def _opened(path: Path) -> duckdb.DuckDBPyConnection:
    """Open the file, or a new one in its place where it cannot be read or has another form."""
    try:
        connection = duckdb.connect(str(path))
        connection.execute(_TABLES)
        told = connection.execute("SELECT value FROM note WHERE name = 'form'").fetchone()
        rows = connection.execute("SELECT count(*) FROM entry").fetchall()[0][0]
        if not rows or (told and told[0] == FORM):
            connection.execute("INSERT OR REPLACE INTO note VALUES ('form', ?)", [FORM])
            return connection
        connection.close()
    except duckdb.Error:
        path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
    path.unlink(missing_ok=True)
    connection = duckdb.connect(str(path))
    connection.execute(_TABLES)
    connection.execute("INSERT OR REPLACE INTO note VALUES ('form', ?)", [FORM])
    return connection
