"""Segments, packs and campaigns, each kept as it was when it was used."""

from __future__ import annotations

import sqlalchemy as sa

from gtm_pipelines.record.tables.base import at, json_column, ref, table, text

segment = table(
    "segment",
    text("name", nullable=False),
    text("description"),
    sa.Column("current_version", sa.Integer, nullable=False),
    at("created_at"),
    at("updated_at"),
    sa.UniqueConstraint("workspace_id", "name"),
)

segment_version = table(
    "segment_version",
    ref("segment_id", "segment", nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    json_column("filter"),
    text("filter_hash", nullable=False),
    text("created_by", nullable=False),
    at("created_at"),
    sa.UniqueConstraint("segment_id", "version"),
)

pack_version = table(
    "pack_version",
    text("pack", nullable=False),
    text("version", nullable=False),
    text("content_hash", nullable=False),
    json_column("manifest"),
    at("created_at"),
    sa.UniqueConstraint("workspace_id", "pack", "version", "content_hash"),
)
"""A pack as it was when it was used; its text can be found again by hash."""

campaign = table(
    "campaign",
    text("name", nullable=False),
    text("status", nullable=False),
    ref("segment_version_id", "segment_version", nullable=False),
    ref("pack_version_id", "pack_version", nullable=False),
    json_column("variants"),
    json_column("mailboxes"),
    json_column("settings"),
    sa.Column("seed", sa.BigInteger, nullable=False),
    text("created_by", nullable=False),
    at("created_at"),
    at("updated_at"),
    at("released_at", nullable=True),
    at("paused_at", nullable=True),
    text("pause_reason"),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.UniqueConstraint("workspace_id", "name"),
)
"""``mailboxes``: names, in order of rotation. ``released_at``: a person said send.
``paused_at``: since then nothing leaves, for ``pause_reason``, though it stays released."""

target = table(
    "target",
    ref("campaign_id", "campaign", nullable=False),
    ref("contact_id", "contact", nullable=False),
    ref("company_id", "company"),
    text("recipient"),
    text("mailbox", nullable=False),
    text("variant", nullable=False),
    text("stratum"),
    json_column("snapshot"),
    text("snapshot_hash", nullable=False),
    text("status", nullable=False),
    text("status_reason"),
    at("created_at"),
    at("updated_at"),
    sa.UniqueConstraint("campaign_id", "contact_id"),
    sa.Index("ix_target_updated", "workspace_id", "updated_at"),
    sa.Index(
        "ix_target_people", "campaign_id", "status", "status_reason", "id", "variant", "mailbox", "contact_id", "workspace_id"
    ),
)
"""A contact as frozen into a campaign; ``variant`` is the one its recorded coin chose, within ``stratum``.
``ix_target_people`` holds all that is asked of everybody at once, without their snapshots."""
