"""Queries that lead back: from a company or contact to the rows of the files that spoke of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.record import merges
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import import_batch, import_row


def source_rows(record: Record, entity_id: str) -> Sequence[Any]:
    """Return every imported row about one company or contact and those merged with it, newest first, with its file."""
    with record.read() as connection:
        subjects = merges.family_of_any_kind(connection, record.workspace_id, entity_id)
    query = (
        sa.select(
            import_batch.c.file_name,
            import_row.c.line_number,
            import_row.c.outcome,
            import_batch.c.started_at.label("imported_at"),
            import_batch.c.session_key,
            import_row.c.batch_id,
            import_row.c.raw,
        )
        .join(import_batch, import_batch.c.id == import_row.c.batch_id)
        .where(import_row.c.workspace_id == record.workspace_id, import_row.c.entity_id.in_(subjects))
        .order_by(import_row.c.id.desc())
    )
    with record.read() as connection:
        return connection.execute(query).all()
