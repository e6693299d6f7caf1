"""Queries over connected tools. Keys are not here: a row says where its key is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.ids import new_id
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import connection as table
from gtm_pipelines.record.upsert import upsert


def page(record: Record) -> Sequence[sa.RowMapping]:
    """Return every connected tool, oldest first."""
    query = sa.select(table).where(table.c.workspace_id == record.workspace_id).order_by(table.c.id)
    with record.read() as connection:
        return connection.execute(query).mappings().all()


def find(connection: sa.Connection, workspace_id: str, tool: str) -> sa.RowMapping | None:
    """Return the connection to a tool."""
    query = sa.select(table).where(table.c.workspace_id == workspace_id, table.c.tool == tool)
    return connection.execute(query).mappings().one_or_none()


def put(record: Record, connection: sa.Connection, tool: str, values: Mapping[str, Any]) -> None:
    """Write the connection to a tool; who connected it first, and when, stays."""
    fresh = upsert(record, table).values(id=new_id(), workspace_id=record.workspace_id, tool=tool, **values)
    changed = {name: value for name, value in values.items() if name not in ("created_by", "created_at")}
    connection.execute(fresh.on_conflict_do_update(index_elements=["workspace_id", "tool"], set_=changed))


def change(connection: sa.Connection, workspace_id: str, tool: str, values: Mapping[str, Any]) -> None:
    """Change the connection to a tool."""
    mine = sa.update(table).where(table.c.workspace_id == workspace_id, table.c.tool == tool)
    connection.execute(mine.values(**values))


def remove(connection: sa.Connection, workspace_id: str, tool: str) -> None:
    """Delete the connection to a tool."""
    connection.execute(sa.delete(table).where(table.c.workspace_id == workspace_id, table.c.tool == tool))
