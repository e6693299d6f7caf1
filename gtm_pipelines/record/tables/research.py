"""What is learned about companies and people: runs, look-ups and what they cost, pages, and insights."""

from __future__ import annotations

import sqlalchemy as sa

from gtm_pipelines.record.tables.base import Id, at, count, json_column, ref, table, text, where_given

research_run = table(
    "research_run",
    text("subject_type", nullable=False),
    json_column("plan"),
    json_column("scope"),
    text("status", nullable=False),
    count("subjects"),
    count("done"),
    count("facts"),
    sa.Column("ceiling_usd", sa.Float),
    sa.Column("cost_usd", sa.Float, nullable=False, server_default="0"),
    text("actor", nullable=False),
    text("reason"),
    at("started_at"),
    at("finished_at", nullable=True),
    sa.Index("ix_research_run_started", "workspace_id", "started_at"),
)
"""One run of enrichment: which fields of whom, asked where in which order, and how far it came."""

lookup = table(
    "lookup",
    ref("run_id", "research_run", nullable=False),
    text("subject_type", nullable=False),
    sa.Column("subject_id", Id, nullable=False),
    text("source", nullable=False),
    text("request_key", nullable=False),
    json_column("fields"),
    text("status", nullable=False),
    count("facts"),
    sa.Column("cost_usd", sa.Float, nullable=False, server_default="0"),
    text("error_code"),
    text("error_text"),
    json_column("answer"),
    at("started_at"),
    at("finished_at", nullable=True),
    at("expires_at", nullable=True),
    at("updated_at"),
    sa.UniqueConstraint("run_id", "subject_id", "source", "request_key"),
    sa.Index("ix_lookup_subject", "workspace_id", "subject_id", "source"),
    sa.Index("ix_lookup_request", "workspace_id", "source", "request_key"),
    sa.Index("ix_lookup_updated", "workspace_id", "updated_at"),
)
"""One question to one source: written before it is asked, so that no crash asks and pays twice.

``status``: asking, found, empty, failed, unknown (it may have been answered and paid for, and nobody can tell).
"""

research_spend = table(
    "research_spend",
    text("scope", nullable=False),
    sa.Column("cost_usd", sa.Float, nullable=False),
    count("lookups"),
    count("fruitless"),
    at("updated_at"),
    sa.UniqueConstraint("workspace_id", "scope"),
)
"""What the look-ups of a month (``month:2026-03``), a run or a record add up to; ceilings look here."""

page = table(
    "page",
    ref("company_id", "company"),
    sa.Column("run_id", Id),
    text("url", nullable=False),
    text("final_url"),
    text("kind"),
    text("outcome", nullable=False),
    sa.Column("http_status", sa.Integer),
    text("title"),
    text("text"),
    text("language"),
    text("sha256"),
    json_column("data"),
    sa.Column("size", sa.Integer),
    at("fetched_at"),
    at("expires_at", nullable=True),
    where_given("ix_page_company", "workspace_id", "company_id"),
    sa.Index("ix_page_url", "workspace_id", "url", "fetched_at"),
)
"""A page as it was read once: its visible text, and what stood in it beside. Also pages that could not be had, and why."""

insight = table(
    "insight",
    text("subject_type", nullable=False),
    sa.Column("subject_id", Id, nullable=False),
    text("summary"),
    sa.Column("fit", sa.Integer),
    json_column("points"),
    json_column("summary_claims"),
    json_column("pains"),
    json_column("triggers"),
    json_column("angles"),
    json_column("dropped"),
    text("inputs_hash", nullable=False),
    sa.Column("strategy_id", Id),
    text("model"),
    text("trace_id"),
    sa.Column("confidence", sa.Float, nullable=False),
    at("created_at"),
    sa.Index("ix_insight_subject", "workspace_id", "subject_type", "subject_id", "created_at"),
)
"""What the facts about a company or a person mean for an offer. Every claim names its facts; the newest row counts."""
