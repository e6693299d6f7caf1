"""Bring a record's schema up to date, with Alembic."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from gtm_pipelines.record.engine import Record

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(record: Record) -> str:
    """Apply every migration that is missing and return the revision reached."""
    config = _config()
    with record.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
    return current(record) or ""


def current(record: Record) -> str | None:
    """Return the revision the record is at, or ``None`` for an empty one."""
    with record.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_current(record: Record) -> bool:
    """Tell whether no migration is missing."""
    return current(record) == ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config
