"""The values a field has, most frequent first, to choose from while a filter is built."""

from __future__ import annotations

import sqlalchemy as sa

from gtm_pipelines.record import members as queries
from gtm_pipelines.record.tables import company, contact
from gtm_pipelines.segments.columns import column_of
from gtm_pipelines.segments.fields import FilterField
from gtm_pipelines.segments.known import top_known


def suggestions(connection: sa.Connection, workspace_id: str, field: FilterField, limit: int) -> list[tuple[str, int]]:
    """Return up to ``limit`` values with their counts; what is neither text nor a word has none."""
    if field.type not in ("text", "mixed", "words"):
        return []
    if field.source in ("column", "attribute"):
        table = company if field.table == "company" else contact
        return queries.top_values(connection, workspace_id, table, column_of(field), limit=limit)
    return [(str(row[0]), int(row[1])) for row in connection.execute(top_known(field, workspace_id).limit(limit))]
