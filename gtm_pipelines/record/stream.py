"""Whole tables, a part at a time, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.record.engine import Record

PART = 5_000


def every_row(record: Record, table: sa.Table) -> Iterator[dict[str, Any]]:
    """Yield every row of one table of the workspace by id, as it stood when the first was asked for.

    Of companies and contacts only those that stand for themselves, not those merged into another.
    """
    query = sa.select(table).where(table.c.workspace_id == record.workspace_id).order_by(table.c.id)
    query = query.where(table.c.merged_into.is_(None)) if "merged_into" in table.c else query
    with record.read() as connection:
        for row in connection.execution_options(yield_per=PART).execute(query):
            yield dict(row._mapping)
