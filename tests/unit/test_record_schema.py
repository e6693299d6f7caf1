"""The record's schema is what the tables say, on both engines."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from gtm_pipelines.ids import new_id
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.migrate import is_current
from gtm_pipelines.record.tables import metadata, segment


def test_a_migrated_record_has_exactly_the_declared_tables(record: Record) -> None:
    with record.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    assert differences == []
    assert is_current(record)


def test_every_table_carries_its_workspace() -> None:
    missing = [table.name for table in metadata.tables.values() if "workspace_id" not in table.columns]
    assert missing == []


def test_a_workspace_never_sees_the_rows_of_another(record: Record, clock) -> None:
    if record.is_sqlite:
        return
    with record.write() as connection:
        values = {"id": new_id(), "workspace_id": "default", "name": "Ours", "current_version": 1}
        connection.execute(sa.insert(segment).values(**values, created_at=clock.now(), updated_at=clock.now()))
    stranger = Record(record.engine, "another")
    with stranger.read() as connection:
        assert connection.execute(sa.select(segment)).all() == []
    with record.read() as connection:
        assert len(connection.execute(sa.select(segment)).all()) == 1
