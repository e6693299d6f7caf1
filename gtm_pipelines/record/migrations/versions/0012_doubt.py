"""doubt: until when another data folder may have sent what this one, a copy of it, has yet to send

Revision: 0012
After: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gtm_pipelines.record.tables.base import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("installation", sa.Column("doubt_before", UtcDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("installation") as batch:
        batch.drop_column("doubt_before")
