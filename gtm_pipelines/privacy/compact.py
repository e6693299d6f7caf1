"""The record's file after an erasure: no freed page and no journal keeps what was removed."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import sqlalchemy as sa

from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import metadata


def compact(record: Record) -> bool:
    """Write the record's file anew without freed pages; return whether nobody stood in the way.

    SQLite: ``VACUUM``, then the write-ahead log is emptied; another process that reads at
    this moment keeps the log, and the answer is no. PostgreSQL: dead rows are freed for
    reuse; its own logs and backups follow the server's settings.
    """
    if not record.is_sqlite:
        with record.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table in metadata.sorted_tables:
                connection.exec_driver_sql(f"VACUUM {table.name}")
        return True
    with closing(record.engine.raw_connection()) as pooled:
        driver = pooled.driver_connection
        if not isinstance(driver, sqlite3.Connection):
            raise TypeError("the record is not SQLite")
        try:
            driver.execute("VACUUM")
            (busy, _, _) = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            return False
        return not busy


def secure(connection: sa.Connection) -> None:
    """Have SQLite overwrite what this connection removes."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
