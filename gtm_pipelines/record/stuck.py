"""Messages that stay behind: failed, given up, said not to have left, or of which nobody knows whether they did."""

from __future__ import annotations

import sqlalchemy as sa

from gtm_pipelines.record.compare import unindexed
from gtm_pipelines.record.tables import campaign, contact, message


def stuck(connection: sa.Connection, workspace_id: str, campaign_id: str | None = None) -> list[sa.RowMapping]:
    """Return the messages that failed, may have left, or did not as a person said, with campaign and contact, latest first."""
    query = (
        sa.select(message, campaign.c.name.label("campaign_name"), contact.c.full_name.label("contact_name"))
        .join(campaign, campaign.c.id == message.c.campaign_id)
        .join(contact, contact.c.id == message.c.contact_id)
        .where(message.c.workspace_id == workspace_id, message.c.state.in_(("failed", "unknown", "reconciled")))
        .where(sa.or_(message.c.state != "reconciled", message.c.sent_at.is_(None)))
    )
    query = query.where(message.c.campaign_id == campaign_id) if campaign_id else query
    latest = unindexed(message.c.updated_at).desc()  # few are stuck: they are found by their state, not among all by the moment
    return list(connection.execute(query.order_by(latest, message.c.id)).mappings())
