"""Who is never written to outlives a restore: whoever asked out since a backup was made stays suppressed.

A suppression that was lifted since comes back with the backup; a person lifts it again.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from gtm_pipelines.errors import InputError
from gtm_pipelines.record import salts, suppressions
from gtm_pipelines.record.tables import suppression, suppression_salt

TABLES = (suppression_salt, suppression)
"""What a restore keeps beside what it brings, each row once."""


def spared(table: sa.Table) -> sa.Select[Any]:
    """Return the query for the rows that are kept; the import one came with may be unknown to the backup."""
    return sa.select(*(sa.null().label("batch_id") if column.name == "batch_id" else column for column in table.columns))


def require_kin(live: sa.Connection, copy: sa.Connection, workspace_id: str) -> None:
    """Refuse a backup under whose salt nobody who was erased here could be recognised any more.

    Raises:
        InputError: it is of another record than the one it would replace.
    """
    held, brought = salts.find(live, workspace_id), salts.find(copy, workspace_id)
    if held and brought and held != brought and suppressions.count(live, workspace_id):
        raise InputError(
            "The backup is of another record, and whoever was erased or suppressed here could not be recognised after it. "
            "Restore it into an empty data folder."
        )
