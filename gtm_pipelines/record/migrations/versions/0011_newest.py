"""newest: a draft's newest decision, the latest conversations, answers that wait, and a day's events, each by an index

Revision: 0011
After: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

WAITING = sa.text("handled_at IS NULL")
REPLACED = (
    ("decision", ("ix_decision_draft", ["draft_id", "created_at"]), ("ix_decision_newest", ["draft_id", "id"])),
    (
        "message_event",
        ("ix_message_event_recorded", ["workspace_id", "recorded_at"]),
        ("ix_message_event_happened", ["workspace_id", "recorded_at", "kind"]),
    ),
)


def upgrade() -> None:
    op.create_index("ix_conversation_last", "conversation", ["workspace_id", "last_at", "id"], unique=False)
    op.create_index(
        "ix_inbound_message_waiting",
        "inbound_message",
        ["contact_id"],
        unique=False,
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    for table, (old, _), (new, columns) in REPLACED:
        op.create_index(new, table, columns, unique=False)
        op.drop_index(old, table_name=table)


def downgrade() -> None:
    for table, (old, columns), (new, _) in REPLACED:
        op.create_index(old, table, columns, unique=False)
        op.drop_index(new, table_name=table)
    op.drop_index("ix_inbound_message_waiting", table_name="inbound_message")
    op.drop_index("ix_conversation_last", table_name="conversation")
