"""Bring a record's schema up to date, with Alembic."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from gtm_pipelines.errors import SettingsError
from gtm_pipelines.record.engine import Record

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(record: Record) -> str:
    """Apply every migration that is missing and return the revision reached.

    Raises:
        SettingsError: the record was made by a newer version of the program.
    """
    config = _config()
    reached = current(record)
    if reached is not None and reached not in known_revisions():
        raise SettingsError(f"The record is at revision {reached}, made by a newer version. Update the program, then try again.")
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
    return current(record) == head()


@cache
def head() -> str:
    """Return the revision that this version of the program wants."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def known_revisions() -> set[str]:
    """Return every revision that this version of the program can bring up to date."""
    return {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config
