"""Drafts, what they said at each moment, and what people decided."""

from __future__ import annotations

import sqlalchemy as sa

from gtm_pipelines.record.tables.base import Id, at, json_column, ref, table, text, where_given

draft = table(
    "draft",
    ref("campaign_id", "campaign", nullable=False),
    ref("target_id", "target", nullable=False),
    ref("contact_id", "contact", nullable=False),
    sa.Column("step", sa.Integer, nullable=False, server_default="1"),
    text("variant", nullable=False),
    text("language", nullable=False),
    text("drafter", nullable=False),
    sa.Column("inbound_message_id", Id),
    text("status", nullable=False),
    sa.Column("current_revision", sa.Integer, nullable=False),
    text("content_hash", nullable=False),
    json_column("warnings"),
    at("created_at"),
    at("updated_at"),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.UniqueConstraint("target_id", "step", "variant"),
    sa.Index("ix_draft_counts", "campaign_id", "status", "variant", "language", "step", "workspace_id"),
    sa.Index("ix_draft_people", "campaign_id", "target_id", "step", "variant", "status", "workspace_id"),
    where_given("ix_draft_inbound", "inbound_message_id"),
    sa.Index("ix_draft_updated", "workspace_id", "updated_at"),
)
"""``step``: which mail of the sequence it is, from 1; of an answer to ``inbound_message_id``, from 1001.
A plain id, since what came in names the message that names the draft. What a campaign is asked on every page is answered by
the first two indexes alone.
"""

draft_failure = table(
    "draft_failure",
    ref("campaign_id", "campaign", nullable=False),
    ref("target_id", "target", nullable=False),
    sa.Column("step", sa.Integer, nullable=False, server_default="1"),
    text("variant", nullable=False),
    text("reason_code", nullable=False),
    text("reason", nullable=False),
    at("created_at"),
    sa.Index("ix_draft_failure_campaign", "campaign_id"),
)

revision = table(
    "revision",
    ref("draft_id", "draft", nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    text("subject", nullable=False),
    text("body", nullable=False),
    text("content_hash", nullable=False),
    text("author", nullable=False),
    text("reason"),
    ref("pack_version_id", "pack_version"),
    at("created_at"),
    sa.UniqueConstraint("draft_id", "number"),
)
"""What a draft said at one moment; ``author`` is ``drafter:NAME`` or ``person:NAME``."""

decision = table(
    "decision",
    ref("draft_id", "draft", nullable=False),
    sa.Column("revision_number", sa.Integer, nullable=False),
    text("kind", nullable=False),
    text("content_hash", nullable=False),
    text("decided_by", nullable=False),
    text("reason"),
    at("created_at"),
    sa.Index("ix_decision_newest", "draft_id", "id"),
)
"""``kind``: approve, reject, void. An approval holds for its ``content_hash`` only."""
