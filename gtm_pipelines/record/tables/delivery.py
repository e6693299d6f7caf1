"""Messages and what happened to them."""

from __future__ import annotations

import sqlalchemy as sa

from gtm_pipelines.record.tables.base import at, ref, table, text

message = table(
    "message",
    ref("campaign_id", "campaign", nullable=False),
    sa.Column("step", sa.Integer, nullable=False),
    ref("contact_id", "contact", nullable=False),
    ref("target_id", "target", nullable=False),
    ref("draft_id", "draft", nullable=False),
    sa.Column("revision_number", sa.Integer, nullable=False),
    ref("decision_id", "decision", nullable=False),
    text("content_hash", nullable=False),
    text("mailbox", nullable=False),
    text("rfc_message_id", nullable=False),
    text("in_reply_to"),
    text("reference_ids"),
    text("recipient", nullable=False),
    text("subject", nullable=False),
    text("body", nullable=False),
    text("state", nullable=False),
    at("due_at"),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    text("claimed_by"),
    at("claimed_at", nullable=True),
    at("handed_at", nullable=True),
    at("sent_at", nullable=True),
    text("outcome"),
    at("outcome_at", nullable=True),
    text("provider_reference"),
    text("last_error"),
    at("created_at"),
    at("updated_at"),
    sa.UniqueConstraint("campaign_id", "step", "contact_id"),
    sa.UniqueConstraint("workspace_id", "rfc_message_id"),
    sa.Index("ix_message_state", "workspace_id", "state", "due_at"),
    sa.Index("ix_message_mailbox_handed", "workspace_id", "mailbox", "handed_at"),
    sa.Index("ix_message_contact", "contact_id"),
    sa.Index("ix_message_updated", "workspace_id", "updated_at"),
    sa.Index("ix_message_state_updated", "workspace_id", "state", "updated_at", "id"),
    sa.Index("ix_message_counts", "campaign_id", "state", "mailbox", "outcome", "step", "sent_at", "workspace_id"),
)
"""``state``: queued, claimed, handing, sent, deferred, failed, unknown, reconciled.

``outcome``: what came of it: bounced_hard, bounced_soft, replied, else null. A recipient the
server refused during the hand-over is ``failed`` with ``bounced_hard``: attempted, and bounced.
``in_reply_to``, ``reference_ids``: the thread it goes on, as its headers say; fixed when it is queued.
``handed_at``: the moment it counts against caps and gaps; null where it provably never left.
"""

message_event = table(
    "message_event",
    ref("message_id", "message", nullable=False),
    ref("campaign_id", "campaign", nullable=False),
    ref("contact_id", "contact", nullable=False),
    text("kind", nullable=False),
    text("source_key", nullable=False),
    text("detail"),
    at("occurred_at"),
    at("recorded_at"),
    sa.UniqueConstraint("workspace_id", "source_key"),
    sa.Index("ix_message_event_message", "message_id"),
    sa.Index("ix_message_event_campaign", "campaign_id", "kind"),
    sa.Index("ix_message_event_happened", "workspace_id", "recorded_at", "kind"),
)
"""``kind``: the message states, plus bounced_hard, bounced_soft, replied, auto_replied,
unsubscribed, complained, opened. ``source_key`` makes recording it twice impossible."""
