"""What people and replies taught, and what became of packs by it."""

from __future__ import annotations

import sqlalchemy as sa

from gtm_pipelines.record.tables.base import Id, at, count, json_column, ref, table, text

training_example = table(
    "training_example",
    text("kind", nullable=False),
    text("source_key", nullable=False),
    text("split", nullable=False),
    text("split_key", nullable=False),
    text("pack", nullable=False),
    text("pack_version"),
    text("variant"),
    text("language", nullable=False),
    sa.Column("campaign_id", Id),
    sa.Column("draft_id", Id),
    sa.Column("contact_id", Id),
    sa.Column("company_id", Id),
    json_column("inputs"),
    json_column("output"),
    json_column("labels"),
    at("created_at"),
    at("updated_at"),
    sa.UniqueConstraint("workspace_id", "kind", "source_key"),
    sa.Index("ix_training_example_pack", "workspace_id", "pack", "split"),
    sa.Index("ix_training_example_updated", "workspace_id", "updated_at"),
)
"""One case to learn from, rebuilt from facts at any time.

``kind``: draft, judge, reply. ``split``: train, validation, held_out, by ``split_key`` (the company), so that nothing leaks.
``labels``: the decision, the edit (before, after, kind of change) and the outcome.
"""

optimisation = table(
    "optimisation",
    text("pack", nullable=False),
    text("base_version", nullable=False),
    text("base_hash", nullable=False),
    text("program", nullable=False),
    text("optimiser", nullable=False),
    text("status", nullable=False),
    json_column("settings"),
    json_column("state"),
    json_column("report"),
    text("result_version"),
    text("result_hash"),
    sa.Column("budget_usd", sa.Float),
    sa.Column("budget_calls", sa.Integer),
    sa.Column("cost_usd", sa.Float, nullable=False, server_default="0"),
    count("calls"),
    text("trace_id", nullable=False),
    text("requested_by", nullable=False),
    at("created_at"),
    at("updated_at"),
    at("finished_at", nullable=True),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.Index("ix_optimisation_pack", "workspace_id", "pack", "created_at"),
)
"""One attempt to better a pack. ``status``: running, stopped, failed, finished. ``report``: old and new on held-out cases."""

pack_release = table(
    "pack_release",
    text("pack", nullable=False),
    text("version", nullable=False),
    text("content_hash", nullable=False),
    text("action", nullable=False),
    text("previous_version"),
    text("reason"),
    text("decided_by", nullable=False),
    at("created_at"),
    sa.Index("ix_pack_release_pack", "workspace_id", "pack", "created_at"),
)
"""A person made a version the one new campaigns take (``action``: promote, rollback): a fact; the latest counts."""

benchmark_run = table(
    "benchmark_run",
    text("name", nullable=False),
    text("cases_hash", nullable=False),
    json_column("settings"),
    text("status", nullable=False),
    text("requested_by", nullable=False),
    at("created_at"),
    at("finished_at", nullable=True),
    sa.Index("ix_benchmark_run_created", "workspace_id", "created_at"),
)
"""Packs and models over one fixed set of cases."""

benchmark_score = table(
    "benchmark_score",
    ref("run_id", "benchmark_run", nullable=False),
    text("pack", nullable=False),
    text("pack_version", nullable=False),
    text("variant", nullable=False),
    text("model", nullable=False),
    text("case_id", nullable=False),
    text("language", nullable=False),
    text("outcome", nullable=False),
    sa.Column("quality", sa.Float),
    sa.Column("groundedness", sa.Float),
    sa.Column("cost_usd", sa.Float),
    sa.Column("latency_ms", sa.Integer),
    json_column("details"),
    text("trace_id"),
    at("created_at"),
    sa.UniqueConstraint("run_id", "pack", "pack_version", "variant", "model", "case_id"),
)
"""What one pack and model made of one case: a fact."""
