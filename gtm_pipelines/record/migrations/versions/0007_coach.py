"""coach: what it believes about the user, talks with it, analyses kept, the user's own rates over time

Revision: 0007
After: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from gtm_pipelines.record.row_security import keep_apart
from gtm_pipelines.record.tables import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WORKSPACE_TABLES = ("belief", "coach_chat", "coach_message", "analysis", "personal_benchmark")


def upgrade() -> None:
    op.create_table(
        "belief",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("workspace_id", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_belief")),
        sa.UniqueConstraint("workspace_id", "subject", "value", name=op.f("uq_belief_workspace_id_subject_value")),
    )
    op.create_table(
        "coach_chat",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("workspace_id", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coach_chat")),
    )
    op.create_index("ix_coach_chat_updated", "coach_chat", ["workspace_id", "updated_at"], unique=False)
    op.create_table(
        "coach_message",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("workspace_id", sa.String(length=64), nullable=False),
        sa.Column("chat_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), server_default="en", nullable=False),
        sa.Column("way", sa.Text(), nullable=True),
        sa.Column("detail", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("trace_id", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["coach_chat.id"], name=op.f("fk_coach_message_chat_id_coach_chat")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coach_message")),
        sa.UniqueConstraint("chat_id", "number", name=op.f("uq_coach_message_chat_id_number")),
    )
    op.create_table(
        "analysis",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("workspace_id", sa.String(length=64), nullable=False),
        sa.Column("campaign_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("figures_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_analysis_campaign_id_campaign")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_analysis")),
        sa.UniqueConstraint("campaign_id", "number", name=op.f("uq_analysis_campaign_id_number")),
    )
    op.create_table(
        "personal_benchmark",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("workspace_id", sa.String(length=64), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("slice", sa.Text(), nullable=False),
        sa.Column("numerator", sa.Integer(), server_default="0", nullable=False),
        sa.Column("denominator", sa.Integer(), server_default="0", nullable=False),
        sa.Column("measured_on", sa.Date(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_benchmark")),
        sa.UniqueConstraint(
            "workspace_id", "metric", "slice", "measured_on",
            name=op.f("uq_personal_benchmark_workspace_id_metric_slice_measured_on"),
        ),
    )  # fmt: skip

    keep_apart(WORKSPACE_TABLES)


def downgrade() -> None:
    for table in ("coach_message", "coach_chat", "analysis", "belief", "personal_benchmark"):
        op.drop_table(table)
