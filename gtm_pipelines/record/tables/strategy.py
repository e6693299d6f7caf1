"""Whom to write to and why: strategies, their documents, what people corrected, and the context they were made from."""

from __future__ import annotations

import sqlalchemy as sa

from gtm_pipelines.record.tables.base import Id, at, count, json_column, ref, table, text

strategy = table(
    "strategy",
    text("name", nullable=False),
    text("website", nullable=False),
    text("language", nullable=False, default="en"),
    text("status", nullable=False),
    text("created_by", nullable=False),
    at("created_at"),
    at("updated_at"),
    at("confirmed_at", nullable=True),
    text("confirmed_by"),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.UniqueConstraint("workspace_id", "name"),
)
"""One offer's strategy. ``status``: draft, confirmed, archived."""

strategy_document = table(
    "strategy_document",
    ref("strategy_id", "strategy", nullable=False),
    text("kind", nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    json_column("content"),
    sa.Column("confidence", sa.Float, nullable=False),
    json_column("confidences"),
    json_column("evidence"),
    json_column("context"),
    text("author", nullable=False),
    text("trace_id"),
    sa.Column("correction_id", Id),
    at("created_at"),
    sa.UniqueConstraint("strategy_id", "kind", "number"),
)
"""One version of one document: a fact. ``context``: what it was made from, how fresh and how sure. The highest number counts."""

strategy_correction = table(
    "strategy_correction",
    ref("strategy_id", "strategy", nullable=False),
    text("kind", nullable=False),
    text("scope", nullable=False),
    text("path"),
    json_column("before"),
    json_column("after"),
    text("guidance"),
    json_column("changes"),
    sa.Column("confidence_before", sa.Float),
    sa.Column("confidence_after", sa.Float),
    text("actor", nullable=False),
    at("created_at"),
    sa.Index("ix_strategy_correction_strategy", "strategy_id", "created_at"),
)
"""What a person corrected (``scope``: field, section, global, undo), what changed by it: a fact, and an example to learn from."""

context_entry = table(
    "context_entry",
    text("url_hash", nullable=False),
    text("url", nullable=False),
    text("kind", nullable=False),
    json_column("content"),
    sa.Column("quality", sa.Float, nullable=False),
    json_column("gaps"),
    json_column("sources"),
    at("created_at"),
    at("expires_at"),
    count("hits"),
    count("reads"),
    sa.UniqueConstraint("workspace_id", "url_hash", "kind"),
)
"""Context gathered for an address, kept for the next who asks: a cache, which may be emptied at any time."""
