"""Many rows go into a table at once, however many one statement takes."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

import sqlalchemy as sa

from gtm_pipelines.ids import new_ids
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import tag
from gtm_pipelines.record.upsert import ROWS_A_STATEMENT, insert_columns

NOW = datetime(2026, 3, 4, tzinfo=UTC)
COUNT = 2 * ROWS_A_STATEMENT + 7


def put(connection: sa.Connection, subjects: list[str], **common: str) -> int:
    columns = {"id": list(new_ids(len(subjects))), "subject_id": subjects, "name": [f"имя {s}" for s in subjects]}
    said = {"workspace_id": "default", "subject_type": "contact", "created_by": "anna", "created_at": NOW} | common
    return insert_columns(connection, tag, columns, ignore_conflicts=True, **said)


def test_every_row_arrives_with_its_own_values_whatever_is_left_over(record: Record) -> None:
    subjects = [str(number) for number in range(COUNT)]
    with record.write() as connection:
        assert put(connection, subjects, created_by="it's '? VALUES (1)") == COUNT
        stored = connection.execute(sa.select(tag.c.subject_id, tag.c.name, tag.c.created_by)).all()

    assert sorted(map(tuple, stored)) == sorted((s, f"имя {s}", "it's '? VALUES (1)") for s in subjects)


def test_rows_with_a_key_that_another_row_has_are_left_out_one_by_one(record: Record) -> None:
    subjects = [str(number) for number in range(COUNT)]
    with record.write() as connection:
        assert put(connection, subjects[:3]) == 3
        assert put(connection, [*subjects, "5", "5"]) == COUNT - 3


def test_a_long_text_that_all_rows_share_makes_no_statement_too_long(record: Record) -> None:
    text = "я" * 30_000
    with record.write() as connection:
        if isinstance(driver := connection.connection.dbapi_connection, sqlite3.Connection):
            driver.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, 1_000_000)
        assert put(connection, [str(number) for number in range(COUNT)], created_by=text) == COUNT
        assert connection.execute(sa.select(tag.c.created_by).distinct()).scalars().all() == [text]
