"""What came back, and the conversations it belongs to."""

from __future__ import annotations

import sqlalchemy as sa

from gtm_pipelines.record.tables.base import at, json_column, ref, table, text

WAITING = sa.text("handled_at IS NULL")
"""An answer that nobody has dealt with yet."""

mailbox_cursor = table(
    "mailbox_cursor",
    text("mailbox", nullable=False),
    text("folder", nullable=False),
    sa.Column("uidvalidity", sa.BigInteger, nullable=False),
    sa.Column("last_uid", sa.BigInteger, nullable=False),
    at("updated_at"),
    sa.UniqueConstraint("workspace_id", "mailbox", "folder"),
)

conversation = table(
    "conversation",
    ref("contact_id", "contact", nullable=False),
    ref("campaign_id", "campaign", nullable=False),
    text("state", nullable=False),
    text("last_class"),
    text("owner"),
    at("last_at"),
    at("created_at"),
    at("updated_at"),
    sa.UniqueConstraint("campaign_id", "contact_id"),
    sa.Index("ix_conversation_last", "workspace_id", "last_at", "id"),
)
"""``state``: initial_outreach, awaiting_response, qualifying, objection_handling, scheduling, nurture, closed.

``owner``: the person it was handed to; answers are suggested only where there is none.
"""

inbound_message = table(
    "inbound_message",
    text("mailbox", nullable=False),
    text("folder", nullable=False),
    sa.Column("uidvalidity", sa.BigInteger, nullable=False),
    sa.Column("uid", sa.BigInteger, nullable=False),
    text("content_key", nullable=False),
    text("rfc_message_id"),
    text("in_reply_to"),
    json_column("reference_ids"),
    text("from_address"),
    text("from_name"),
    text("to_address"),
    text("subject"),
    text("text"),
    text("language"),
    at("received_at"),
    text("class", nullable=False),
    sa.Column("confidence", sa.Float, nullable=False),
    text("class_reason", nullable=False),
    at("return_at", nullable=True),
    text("bounced_recipient"),
    text("attribution", nullable=False),
    ref("message_id", "message"),
    ref("campaign_id", "campaign"),
    ref("contact_id", "contact"),
    ref("conversation_id", "conversation"),
    sa.Column("raw", sa.LargeBinary, nullable=False),
    at("handled_at", nullable=True),
    at("created_at"),
    at("updated_at"),
    sa.UniqueConstraint("workspace_id", "mailbox", "content_key"),
    sa.Index("ix_inbound_message_campaign", "campaign_id"),
    sa.Index("ix_inbound_message_attribution", "workspace_id", "attribution"),
    sa.Index("ix_inbound_message_message", "message_id"),
    sa.Index("ix_inbound_message_contact", "contact_id"),
    sa.Index("ix_inbound_message_conversation", "conversation_id"),
    sa.Index("ix_inbound_message_from", "workspace_id", "from_address"),
    sa.Index("ix_inbound_message_rfc", "workspace_id", "rfc_message_id"),
    sa.Index("ix_inbound_message_waiting", "contact_id", sqlite_where=WAITING, postgresql_where=WAITING),
    sa.Index("ix_inbound_message_received", "workspace_id", "received_at"),
    sa.Index("ix_inbound_message_updated", "workspace_id", "updated_at"),
)
"""``attribution``: in_reply_to, references, embedded, unsubscribe_link, calendar (the UID of the invitation that a calendar
answers), recipient, person, report (a vendor's), none (the visible queue), own_copy.

``handled_at``: when a person dealt with it; until then whoever wrote it gets nothing but the answer to it.
``return_at``: when an absent person says to be back, or somebody asks to be written to again.
``raw`` and what was read from it never change; class and attribution are put right by a person, with an audit event.
"""
