"""Files that were imported, their rows, and how their columns are read."""

from __future__ import annotations

import sqlalchemy as sa

from gtm_pipelines.record.tables.base import Id, at, count, json_column, ref, table, text

import_batch = table(
    "import_batch",
    text("kind", nullable=False),
    text("session_key", nullable=False),
    text("file_name", nullable=False),
    text("file_sha256", nullable=False),
    text("encoding"),
    text("delimiter"),
    json_column("mapping"),
    text("source"),
    text("lawful_basis"),
    text("status", nullable=False),
    count("rows"),
    count("imported"),
    count("merged"),
    count("unchanged"),
    count("rejected"),
    json_column("reasons"),
    at("started_at"),
    at("finished_at", nullable=True),
    sa.Column("same_as", Id),
    at("undone_at", nullable=True),
    text("undone_by"),
    sa.Index("ix_import_batch_file", "workspace_id", "kind", "file_sha256"),
)
"""``same_as``: the earlier batch whose very bytes this one repeats; its rows are that one's. ``undone_at``: taken back."""

import_row = table(
    "import_row",
    ref("batch_id", "import_batch", nullable=False),
    sa.Column("line_number", sa.Integer, nullable=False),
    text("outcome", nullable=False),
    text("reason_code"),
    text("reason"),
    text("raw"),
    text("row_hash"),
    sa.Column("entity_id", Id),
    sa.Index("ix_import_row_batch", "batch_id", "line_number"),
    sa.Index("ix_import_row_entity", "entity_id"),
)
"""One physical record of a file and what became of it (imported, merged, unchanged, rejected)."""

mapping_profile = table(
    "mapping_profile",
    text("name", nullable=False),
    text("kind", nullable=False),
    text("header_hash", nullable=False),
    json_column("columns"),
    text("created_by", nullable=False),
    at("created_at"),
    at("updated_at"),
    at("used_at", nullable=True),
    sa.UniqueConstraint("workspace_id", "kind", "name"),
    sa.Index("ix_mapping_profile_header", "workspace_id", "kind", "header_hash"),
)
"""How a person had the columns of a file read; files with the same header are read so again."""
