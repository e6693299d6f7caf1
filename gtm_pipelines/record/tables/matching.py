"""Probable duplicates, and what people made of them."""

from __future__ import annotations

import sqlalchemy as sa

from gtm_pipelines.record.tables.base import Id, at, json_column, table, text

duplicate_pair = table(
    "duplicate_pair",
    text("kind", nullable=False),
    sa.Column("left_id", Id, nullable=False),
    sa.Column("right_id", Id, nullable=False),
    sa.Column("score", sa.Float, nullable=False),
    json_column("reasons"),
    text("status", nullable=False),
    text("decided_by"),
    at("decided_at", nullable=True),
    at("created_at"),
    at("updated_at"),
    sa.UniqueConstraint("workspace_id", "kind", "left_id", "right_id"),
    sa.Index("ix_duplicate_pair_status", "workspace_id", "kind", "status", "score"),
)
"""Two that may be one; ``left_id`` is the older. ``status``: open, merged, apart, gone."""

entity_merge = table(
    "entity_merge",
    text("kind", nullable=False),
    sa.Column("winner_id", Id, nullable=False),
    sa.Column("loser_id", Id, nullable=False),
    json_column("before"),
    json_column("chosen"),
    text("actor", nullable=False),
    at("created_at"),
    at("undone_at", nullable=True),
    text("undone_by"),
    sa.Index("ix_entity_merge_winner", "workspace_id", "winner_id"),
    sa.Index("ix_entity_merge_loser", "workspace_id", "loser_id"),
)
"""One merge: both rows as they were before it, and for each field which value won and why."""
