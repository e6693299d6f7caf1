"""How drafts came to be: what each stage put out, what was checked, how it was judged, what was asked to be changed."""

from __future__ import annotations

import sqlalchemy as sa

from gtm_pipelines.record.tables.base import at, json_column, ref, table, text

draft_stage = table(
    "draft_stage",
    ref("draft_id", "draft", nullable=False),
    sa.Column("revision_number", sa.Integer, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    text("stage", nullable=False),
    json_column("output"),
    text("trace_id"),
    at("created_at"),
    sa.UniqueConstraint("draft_id", "revision_number", "position"),
)
"""What one stage of writing put out (``stage``: context, plan, write, check, refine): a fact. ``trace_id`` leads to its calls."""

grounding = table(
    "grounding",
    ref("draft_id", "draft", nullable=False),
    sa.Column("revision_number", sa.Integer, nullable=False),
    text("content_hash", nullable=False),
    text("verdict", nullable=False),
    json_column("claims"),
    json_column("findings"),
    text("checker", nullable=False),
    at("created_at"),
    sa.UniqueConstraint("draft_id", "revision_number", "checker"),
)
"""What stands behind the words of one revision: a fact.

``verdict``: clear, flag, block. ``claims``: each with its span in the text and the facts it rests on.
``findings``: what rests on nothing, and what else the rules found. ``checker``: the version of the rules.
"""

overruling = table(
    "overruling",
    ref("draft_id", "draft", nullable=False),
    sa.Column("revision_number", sa.Integer, nullable=False),
    text("rule", nullable=False),
    text("finding_key", nullable=False),
    text("words", nullable=False),
    text("reason", nullable=False),
    text("decided_by", nullable=False),
    at("created_at"),
    sa.UniqueConstraint("draft_id", "finding_key"),
)
"""That a person lets one finding pass, and why: a fact. It holds for the same words of the draft in later revisions, too."""

judgement = table(
    "judgement",
    ref("draft_id", "draft", nullable=False),
    sa.Column("revision_number", sa.Integer, nullable=False),
    text("content_hash", nullable=False),
    text("judge", nullable=False),
    sa.Column("quality", sa.Float, nullable=False),
    sa.Column("risk", sa.Float, nullable=False),
    json_column("reasons"),
    text("trace_id"),
    at("created_at"),
    sa.UniqueConstraint("draft_id", "revision_number", "judge"),
    sa.Index("ix_judgement_created", "workspace_id", "created_at"),
)
"""How one revision was judged, ``quality`` and ``risk`` from 0 to 1: a fact. ``judge``: its pack, version and model."""

rewrite = table(
    "rewrite",
    ref("campaign_id", "campaign", nullable=False),
    text("instruction", nullable=False),
    text("status", nullable=False),
    text("requested_by", nullable=False),
    at("created_at"),
    at("settled_at", nullable=True),
    sa.Index("ix_rewrite_campaign", "campaign_id", "created_at"),
)
"""One instruction over chosen drafts. ``status``: writing, previewed, kept, dropped."""

rewrite_item = table(
    "rewrite_item",
    ref("rewrite_id", "rewrite", nullable=False),
    ref("draft_id", "draft", nullable=False),
    sa.Column("base_revision", sa.Integer, nullable=False),
    text("status", nullable=False),
    text("subject"),
    text("body"),
    json_column("claims"),
    text("reason"),
    text("trace_id"),
    at("created_at"),
    sa.UniqueConstraint("rewrite_id", "draft_id"),
)
"""What the instruction made of one draft, before anybody keeps it. ``status``: asked, written, failed, kept, dropped, stale."""

voice_sample = table(
    "voice_sample",
    text("voice", nullable=False),
    text("language", nullable=False),
    text("text", nullable=False),
    text("text_hash", nullable=False),
    text("added_by", nullable=False),
    at("created_at"),
    sa.UniqueConstraint("workspace_id", "voice", "text_hash"),
)
"""A mail that a sender wrote, to learn their way of writing from. ``voice``: whose."""
