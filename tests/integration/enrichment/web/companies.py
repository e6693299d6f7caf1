"""Companies to read sites for."""

from __future__ import annotations

import sqlalchemy as sa

from gtm_pipelines.clock import Clock
from gtm_pipelines.ids import new_id
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import company as table


def company(record: Record, clock: Clock, name: str, **values: str) -> str:
    """Put a company on record and return its id."""
    key, now = new_id(), clock.now()
    with record.write() as connection:
        row = {
            "id": key,
            "workspace_id": record.workspace_id,
            "name": name,
            "attributes": {},
            "created_at": now,
            "updated_at": now,
        }
        connection.execute(sa.insert(table).values(**row, **values))
    return key
