"""sequences: later mails of a campaign, where people stand in it, mailboxes that pause, conversations that move on

Revision: 0006
After: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from gtm_pipelines.record.row_security import keep_apart
from gtm_pipelines.record.tables import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

WORKSPACE_TABLES = ("mailbox_state", "campaign_step", "conversation_event", "enrolment")


def upgrade() -> None:
    op.create_table(
        "mailbox_state",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("workspace_id", sa.String(length=64), nullable=False),
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("ramp_from", UtcDateTime(), nullable=True),
        sa.Column("checked_at", UtcDateTime(), nullable=True),
        sa.Column("checks", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailbox_state")),
        sa.UniqueConstraint("workspace_id", "mailbox", name=op.f("uq_mailbox_state_workspace_id_mailbox")),
    )
    op.create_table(
        "campaign_step",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("workspace_id", sa.String(length=64), nullable=False),
        sa.Column("campaign_id", sa.String(length=32), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("pack_version_id", sa.String(length=32), nullable=False),
        sa.Column("variants", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("wait_days", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_step_campaign_id_campaign")),
        sa.ForeignKeyConstraint(
            ["pack_version_id"], ["pack_version.id"], name=op.f("fk_campaign_step_pack_version_id_pack_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_step")),
        sa.UniqueConstraint("campaign_id", "step", name=op.f("uq_campaign_step_campaign_id_step")),
    )
    op.create_table(
        "conversation_event",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("workspace_id", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("inbound_message_id", sa.String(length=32), nullable=True),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_conversation_event_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(
            ["inbound_message_id"], ["inbound_message.id"], name=op.f("fk_conversation_event_inbound_message_id_inbound_message")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation_event")),
    )
    op.create_index("ix_conversation_event_conversation", "conversation_event", ["conversation_id", "created_at"], unique=False)
    op.create_table(
        "enrolment",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("workspace_id", sa.String(length=64), nullable=False),
        sa.Column("campaign_id", sa.String(length=32), nullable=False),
        sa.Column("target_id", sa.String(length=32), nullable=False),
        sa.Column("contact_id", sa.String(length=32), nullable=False),
        sa.Column("company_id", sa.String(length=32), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("cause_id", sa.String(length=32), nullable=True),
        sa.Column("next_at", UtcDateTime(), nullable=True),
        sa.Column("paused_until", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_enrolment_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["cause_id"], ["inbound_message.id"], name=op.f("fk_enrolment_cause_id_inbound_message")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_enrolment_company_id_company")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_enrolment_contact_id_contact")),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name=op.f("fk_enrolment_target_id_target")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
        sa.UniqueConstraint("campaign_id", "contact_id", name=op.f("uq_enrolment_campaign_id_contact_id")),
        sa.UniqueConstraint("target_id", name=op.f("uq_enrolment_target_id")),
    )
    op.create_index(
        "ix_enrolment_company",
        "enrolment",
        ["workspace_id", "company_id"],
        unique=False,
        sqlite_where=sa.text("company_id IS NOT NULL"),
        postgresql_where=sa.text("company_id IS NOT NULL"),
    )
    op.create_index("ix_enrolment_status", "enrolment", ["workspace_id", "status", "next_at"], unique=False)
    op.create_index("ix_enrolment_updated", "enrolment", ["workspace_id", "updated_at"], unique=False)
    op.create_index("ix_enrolment_contact", "enrolment", ["workspace_id", "contact_id"], unique=False)
    op.add_column("campaign", sa.Column("paused_at", UtcDateTime(), nullable=True))
    op.add_column("campaign", sa.Column("pause_reason", sa.Text(), nullable=True))
    op.add_column("conversation", sa.Column("owner", sa.Text(), nullable=True))
    op.add_column("draft", sa.Column("inbound_message_id", sa.String(length=32), nullable=True))
    op.add_column("draft_failure", sa.Column("step", sa.Integer(), server_default="1", nullable=False))
    op.add_column("inbound_message", sa.Column("return_at", UtcDateTime(), nullable=True))
    op.add_column("message", sa.Column("in_reply_to", sa.Text(), nullable=True))
    op.add_column("message", sa.Column("reference_ids", sa.Text(), nullable=True))

    keep_apart(WORKSPACE_TABLES)


def downgrade() -> None:
    for table in reversed(WORKSPACE_TABLES):
        op.drop_table(table)
    op.drop_column("message", "reference_ids")
    op.drop_column("message", "in_reply_to")
    op.drop_column("inbound_message", "return_at")
    op.drop_column("draft_failure", "step")
    op.drop_column("draft", "inbound_message_id")
    op.drop_column("conversation", "owner")
    op.drop_column("campaign", "pause_reason")
    op.drop_column("campaign", "paused_at")
