"""Who is never written to outlives a restore: whoever asked out since a backup was made stays suppressed.

A suppression that was lifted since comes back with the backup; a person lifts it again.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from gtm_pipelines.record.tables import suppression, suppression_salt

TABLES = (suppression_salt, suppression)
"""What a restore keeps beside what it brings, each row once."""


def spared(table: sa.Table) -> sa.Select[Any]:
    """Return the query for the rows that are kept; the import one came with may be unknown to the backup."""
    return sa.select(*(sa.null().label("batch_id") if column.name == "batch_id" else column for column in table.columns))
