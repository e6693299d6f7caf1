"""What was recorded since a moment, counted by the ids of rows, which ascend with time."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from gtm_pipelines.ids import first_id_of
from gtm_pipelines.record.messages import handed_since
from gtm_pipelines.record.tables import (
    campaign,
    company,
    contact,
    decision,
    erasure,
    import_batch,
    inbound_message,
    message,
    revision,
)
from gtm_pipelines.record.threads import LEFT

COUNTED = {
    "imports": import_batch,
    "companies": company,
    "people": contact,
    "campaigns": campaign,
    "texts": revision,
    "decisions": decision,
    "answers": inbound_message,
    "erasures": erasure,
}
"""What is counted, by name; ``texts`` are drafts and each edit of one. Suppressions are none of it: a restore keeps them."""


def made_since(connection: sa.Connection, workspace_id: str, moment: datetime) -> dict[str, int]:
    """Return how many rows of each name in ``COUNTED`` were made since ``moment``, of those that have any."""
    first = first_id_of(moment)
    counts = {
        name: connection.execute(
            sa.select(sa.func.count()).select_from(table).where(table.c.id >= first, table.c.workspace_id == workspace_id)
        ).scalar_one()
        for name, table in COUNTED.items()
    }
    return {name: count for name, count in counts.items() if count}


def left_since(connection: sa.Connection, workspace_id: str, moment: datetime) -> dict[str, int]:
    """Return campaign → mails that left, or may have left, since ``moment``; most first."""
    mine = message.c.workspace_id == workspace_id, message.c.state.in_(LEFT), handed_since(connection, workspace_id, moment)
    count = sa.func.count().label("count")
    query = sa.select(campaign.c.name, count).join(message, message.c.campaign_id == campaign.c.id).where(*mine)
    rows = connection.execute(query.group_by(campaign.c.name).order_by(count.desc(), campaign.c.name))
    return {row.name: row[1] for row in rows}
