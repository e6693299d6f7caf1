"""The house itself: which folder may send, who did what, what was asked of the pipeline."""

from __future__ import annotations

import sqlalchemy as sa

from gtm_pipelines.record.tables.base import at, count, json_column, table, text

installation = table(
    "installation",
    text("fingerprint", nullable=False),
    at("adopted_at"),
    at("doubt_before", nullable=True),
    sa.UniqueConstraint("workspace_id"),
)
"""The one data folder that may send for a workspace; another must be adopted first.

``doubt_before``: what was to leave before this moment may have left from the folder that this one is a copy of.
"""

audit_event = table(
    "audit_event",
    text("actor", nullable=False),
    text("action", nullable=False),
    text("subject_type", nullable=False),
    text("subject_id"),
    json_column("detail"),
    at("created_at"),
    sa.Index("ix_audit_event_subject", "workspace_id", "subject_type", "subject_id"),
)

job = table(
    "job",
    text("kind", nullable=False),
    json_column("payload"),
    text("request_key", nullable=False),
    text("status", nullable=False, default="requested"),
    text("run_id"),
    count("progress_done"),
    sa.Column("progress_total", sa.Integer),
    text("message"),
    json_column("result"),
    text("requested_by", nullable=False),
    at("created_at"),
    at("updated_at"),
    sa.Index("ix_job_status", "workspace_id", "status"),
    sa.Index(
        "uq_job_open",
        "workspace_id",
        "kind",
        "request_key",
        unique=True,
        sqlite_where=sa.text("status IN ('requested', 'running')"),
        postgresql_where=sa.text("status IN ('requested', 'running')"),
    ),
)
"""What a face asked the pipeline to do; ``id`` is the run key, so it happens once."""
