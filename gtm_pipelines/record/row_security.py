"""What keeps workspaces apart inside PostgreSQL; for migrations that make tables. From 0006 on: older ones say it themselves."""

from __future__ import annotations

from collections.abc import Iterable

from alembic import op


def keep_apart(tables: Iterable[str]) -> None:
    """Let every connection see the rows of its own workspace only, owner of the tables included; SQLite has one workspace."""
    if op.get_bind().dialect.name != "postgresql":
        return
    own = "workspace_id = current_setting('gtm.workspace_id', true)"
    for table in tables:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {table}_workspace ON {table} USING ({own}) WITH CHECK ({own})")
