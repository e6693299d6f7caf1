"""What the coach knows of the user: what it believes, what was said, what was analysed, how the user's own rates moved."""

from __future__ import annotations

import sqlalchemy as sa

from gtm_pipelines.record.tables.base import at, count, json_column, ref, table, text

belief = table(
    "belief",
    text("subject", nullable=False),
    text("value", nullable=False),
    text("source", nullable=False),
    text("origin"),
    text("created_by", nullable=False),
    at("created_at"),
    at("updated_at"),
    sa.UniqueConstraint("workspace_id", "subject", "value"),
)
"""One thing the coach believes about the user. ``subject``: stage, goal, offer, audience, tool, language, note.

``source``: person (set by hand), chat (said to the coach, ``origin`` is the message), record (seen there, ``origin`` says where).
"""

coach_chat = table(
    "coach_chat",
    text("title", nullable=False),
    text("created_by", nullable=False),
    at("created_at"),
    at("updated_at"),
    sa.Index("ix_coach_chat_updated", "workspace_id", "updated_at"),
)
"""One talk with the coach."""

coach_message = table(
    "coach_message",
    ref("chat_id", "coach_chat", nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    text("role", nullable=False),
    text("text", nullable=False),
    text("language", nullable=False, default="en"),
    text("way"),
    json_column("detail"),
    text("trace_id"),
    at("created_at"),
    sa.UniqueConstraint("chat_id", "number"),
)
"""One question or answer. ``role``: user, coach. ``way``: rules, model, fallback (a model's answer was not kept).

``detail``: topic, sureness, the figures cited with what each is made of, actions proposed, sentences taken out.
"""

analysis = table(
    "analysis",
    ref("campaign_id", "campaign", nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    json_column("content"),
    text("created_by", nullable=False),
    at("figures_at"),
    at("created_at"),
    sa.UniqueConstraint("campaign_id", "number"),
)
"""One look at a campaign, kept to compare later ones with: funnel, rates, light and findings of that moment."""

personal_benchmark = table(
    "personal_benchmark",
    text("metric", nullable=False),
    text("slice", nullable=False),
    count("numerator"),
    count("denominator"),
    sa.Column("measured_on", sa.Date, nullable=False),
    at("created_at"),
    at("updated_at"),
    sa.UniqueConstraint("workspace_id", "metric", "slice", "measured_on"),
)
"""A rate of the user's own as it stood on a day; the last look of the day counts."""
