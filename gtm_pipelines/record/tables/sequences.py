"""Sequences of mails, the mailboxes they leave from, and answers waiting to be given."""

from __future__ import annotations

import sqlalchemy as sa

from gtm_pipelines.record.tables.base import at, count, json_column, ref, table, text, where_given

campaign_step = table(
    "campaign_step",
    ref("campaign_id", "campaign", nullable=False),
    sa.Column("step", sa.Integer, nullable=False),
    ref("pack_version_id", "pack_version", nullable=False),
    json_column("variants"),
    sa.Column("wait_days", sa.Integer, nullable=False),
    at("created_at"),
    sa.UniqueConstraint("campaign_id", "step"),
)
"""The second and later mails of a campaign, frozen when it is created; the first is the campaign's own.

``wait_days``: working days of the recipient after the mail before.
"""

enrolment = table(
    "enrolment",
    ref("campaign_id", "campaign", nullable=False),
    ref("target_id", "target", nullable=False),
    ref("contact_id", "contact", nullable=False),
    ref("company_id", "company"),
    text("status", nullable=False),
    sa.Column("step", sa.Integer, nullable=False),
    text("reason"),
    ref("cause_id", "inbound_message"),
    at("next_at", nullable=True),
    at("paused_until", nullable=True),
    at("created_at"),
    at("updated_at"),
    sa.UniqueConstraint("campaign_id", "contact_id"),
    sa.UniqueConstraint("target_id"),
    sa.Index("ix_enrolment_status", "workspace_id", "status", "next_at"),
    sa.Index("ix_enrolment_updated", "workspace_id", "updated_at"),
    sa.Index("ix_enrolment_contact", "workspace_id", "contact_id"),
    where_given("ix_enrolment_company", "workspace_id", "company_id"),
)
"""Where a person stands in the sequence of a campaign; made once, for good.

``status``: active, paused, stopped, finished. ``step``: the next mail that is due to this person.
``reason``: why it is paused or stopped: replied, bounced, unsubscribed, complained, meeting, company,
out_of_office, person. ``next_at``: the earliest moment of ``step``; null before the mail before it left.
"""

mailbox_state = table(
    "mailbox_state",
    text("mailbox", nullable=False),
    text("status", nullable=False),
    text("reason"),
    text("code"),
    count("failures"),
    at("since"),
    at("ramp_from", nullable=True),
    at("checked_at", nullable=True),
    json_column("checks"),
    at("updated_at"),
    sa.UniqueConstraint("workspace_id", "mailbox"),
)
"""``status``: working, paused. ``failures``: hand-overs in a row that failed. ``ramp_from``: the day its caps rise from.

``checks``: what the last look at its servers and its domain found.
"""

conversation_event = table(
    "conversation_event",
    ref("conversation_id", "conversation", nullable=False),
    ref("inbound_message_id", "inbound_message"),
    text("from_state"),
    text("to_state", nullable=False),
    text("actor", nullable=False),
    text("reason", nullable=False),
    at("created_at"),
    sa.Index("ix_conversation_event_conversation", "conversation_id", "created_at"),
)
"""Every passage of a conversation from one state to the next, and why; never changed."""
