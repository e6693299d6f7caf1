"""counting: indexes that answer what pages ask of everybody in a campaign, without reading texts and snapshots

Revision: 0010
After: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ANSWERS = sa.text("inbound_message_id IS NOT NULL")
ADDED = {
    "draft": {
        "ix_draft_counts": ["campaign_id", "status", "variant", "language", "step", "workspace_id"],
        "ix_draft_people": ["campaign_id", "target_id", "step", "variant", "status", "workspace_id"],
    },
    "target": {
        "ix_target_people": [
            "campaign_id", "status", "status_reason", "id", "variant", "mailbox", "contact_id", "workspace_id",
        ],
    },
    "message": {
        "ix_message_state_updated": ["workspace_id", "state", "updated_at", "id"],
        "ix_message_counts": ["campaign_id", "state", "mailbox", "outcome", "step", "sent_at", "workspace_id"],
    },
}  # fmt: skip


def upgrade() -> None:
    for table, indexes in ADDED.items():
        for name, columns in indexes.items():
            op.create_index(name, table, columns, unique=False)
    op.create_index(
        "ix_draft_inbound", "draft", ["inbound_message_id"], unique=False, sqlite_where=ANSWERS, postgresql_where=ANSWERS
    )
    op.drop_index("ix_draft_campaign_status", table_name="draft")


def downgrade() -> None:
    op.create_index("ix_draft_campaign_status", "draft", ["campaign_id", "status"], unique=False)
    op.drop_index("ix_draft_inbound", table_name="draft")
    for table, indexes in ADDED.items():
        for name in indexes:
            op.drop_index(name, table_name=table)
