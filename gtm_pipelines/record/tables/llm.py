"""Language models: every call, what was spent, and answers that are given again."""

from __future__ import annotations

import sqlalchemy as sa

from gtm_pipelines.record.tables.base import Id, at, count, json_column, table, text, where_given

interaction = table(
    "interaction",
    text("call_id", nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    text("trace_id", nullable=False),
    text("run_id", nullable=False),
    text("purpose", nullable=False),
    text("role", nullable=False),
    text("provider", nullable=False),
    text("provider_kind", nullable=False),
    text("model", nullable=False),
    text("response_model"),
    text("prompt_hash", nullable=False),
    text("pack_version"),
    json_column("inputs"),
    json_column("outputs"),
    sa.Column("input_tokens", sa.Integer),
    sa.Column("output_tokens", sa.Integer),
    sa.Column("cache_read_tokens", sa.Integer),
    sa.Column("cache_write_tokens", sa.Integer),
    sa.Column("cost_usd", sa.Float),
    sa.Column("latency_ms", sa.Integer, nullable=False),
    text("error_code"),
    text("error_text"),
    sa.Column("cached", sa.Boolean, nullable=False),
    sa.Column("campaign_id", Id),
    sa.Column("contact_id", Id),
    sa.Column("company_id", Id),
    sa.Column("batch_id", Id),
    text("session_key"),
    at("created_at"),
    sa.Index("ix_interaction_created", "workspace_id", "created_at"),
    sa.Index("ix_interaction_trace", "workspace_id", "trace_id"),
    where_given("ix_interaction_campaign", "workspace_id", "campaign_id"),
    where_given("ix_interaction_contact", "contact_id"),
)
"""One request to one model, answered or not: a fact. ``cost_usd`` is empty where the price is unknown, not nought.

Whom it was for is named, not referred to: money that was spent stays accounted for when an import is undone.
"""

llm_spend = table(
    "llm_spend",
    text("scope", nullable=False),
    sa.Column("cost_usd", sa.Float, nullable=False),
    count("calls"),
    count("unpriced_calls"),
    at("updated_at"),
    sa.UniqueConstraint("workspace_id", "scope"),
)
"""What the interactions of a month (``month:2026-03``) or a run (``run:<id>``) add up to; caps look here."""

llm_answer = table(
    "llm_answer",
    text("key", nullable=False),
    text("provider", nullable=False),
    text("model", nullable=False),
    json_column("answer"),
    sa.Column("interaction_id", Id),
    sa.Column("contact_id", Id),
    sa.Column("company_id", Id),
    at("created_at"),
    at("expires_at"),
    sa.UniqueConstraint("workspace_id", "key"),
    sa.Index("ix_llm_answer_expires", "workspace_id", "expires_at"),
    where_given("ix_llm_answer_contact", "contact_id"),
)
"""Answers given again to the same question until they expire: a cache, which may be emptied at any time."""
