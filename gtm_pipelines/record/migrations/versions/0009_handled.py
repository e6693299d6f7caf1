"""handled: when a person dealt with an answer; whoever wrote it is written to no more until then

Revision: 0009
After: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gtm_pipelines.record.tables import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_HELD = "held: may ask to be left alone"
"""What such people were held by before: an entry among the suppressions."""


_OF_MACHINES = ("auto_reply", "bounce_hard", "bounce_soft", "complaint", "unsubscribe")


def upgrade() -> None:
    op.add_column("inbound_message", sa.Column("handled_at", UtcDateTime(), nullable=True))
    op.create_index("ix_inbound_message_contact", "inbound_message", ["contact_id"], unique=False)
    op.create_index("ix_inbound_message_conversation", "inbound_message", ["conversation_id"], unique=False)
    op.create_index("ix_inbound_message_from", "inbound_message", ["workspace_id", "from_address"], unique=False)
    names = ("handled_at", "updated_at", "confidence", "attribution", "class")
    inbound = sa.table("inbound_message", *(sa.column(name) for name in names))
    dealt = inbound.c.confidence == 1.0, inbound.c.attribution == "own_copy", inbound.c["class"].in_(_OF_MACHINES)
    op.execute(inbound.update().where(sa.or_(*dealt)).values(handled_at=inbound.c.updated_at))
    suppression = sa.table("suppression", sa.column("reason"))
    op.execute(suppression.delete().where(suppression.c.reason == _HELD))


def downgrade() -> None:
    for name in ("contact", "conversation", "from"):
        op.drop_index(f"ix_inbound_message_{name}", table_name="inbound_message")
    op.drop_column("inbound_message", "handled_at")
