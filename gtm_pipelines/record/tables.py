"""Every table of the record. No queries here: those live one module a subject.

Two kinds. *Facts* are append-only: ``import_row``, ``fact``, ``revision``,
``decision``, ``message_event``, ``inbound_message``, ``audit_event``. *Current
state* tables hold what the facts add up to and change in the same transaction.
Every table carries ``workspace_id``; PostgreSQL enforces it by row-level security.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware moment in UTC on both engines; naive values are refused."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        """Use ``timestamptz`` where there is one."""
        return dialect.type_descriptor(sa.DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC on the way in."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment in the record must carry its time zone")
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return an aware moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = sa.JSON().with_variant(JSONB(), "postgresql")
Id = sa.String(32)


def _table(name: str, *columns: sa.schema.SchemaItem) -> sa.Table:
    """Declare a table with the two columns all of them share."""
    return sa.Table(
        name,
        metadata,
        sa.Column("id", Id, primary_key=True),
        sa.Column("workspace_id", sa.String(64), nullable=False),
        *columns,
    )


def _ref(name: str, target: str, *, nullable: bool = True) -> sa.Column[str]:
    return sa.Column(name, Id, sa.ForeignKey(f"{target}.id"), nullable=nullable)


def _at(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, UtcDateTime, nullable=nullable)


def _text(name: str, *, nullable: bool = True, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable, server_default=default)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default="0")


def _json(name: str) -> sa.Column[Any]:
    return sa.Column(name, Json, nullable=False)


# --- the house ---------------------------------------------------------------------------------

installation = _table(
    "installation",
    _text("fingerprint", nullable=False),
    _at("adopted_at"),
    sa.UniqueConstraint("workspace_id"),
)
"""The one data folder that may send for a workspace; another must be adopted first."""

audit_event = _table(
    "audit_event",
    _text("actor", nullable=False),
    _text("action", nullable=False),
    _text("subject_type", nullable=False),
    _text("subject_id"),
    _json("detail"),
    _at("created_at"),
    sa.Index("ix_audit_event_subject", "workspace_id", "subject_type", "subject_id"),
)

job = _table(
    "job",
    _text("kind", nullable=False),
    _json("payload"),
    _text("request_key", nullable=False),
    _text("status", nullable=False, default="requested"),
    _text("run_id"),
    _count("progress_done"),
    sa.Column("progress_total", sa.Integer),
    _text("message"),
    _json("result"),
    _text("requested_by", nullable=False),
    _at("created_at"),
    _at("updated_at"),
    sa.Index("ix_job_status", "workspace_id", "status"),
    sa.Index(
        "uq_job_open",
        "workspace_id",
        "kind",
        "request_key",
        unique=True,
        sqlite_where=sa.text("status IN ('requested', 'running')"),
        postgresql_where=sa.text("status IN ('requested', 'running')"),
    ),
)
"""What a face asked the pipeline to do; ``id`` is the run key, so it happens once."""

# --- lists -------------------------------------------------------------------------------------

import_batch = _table(
    "import_batch",
    _text("kind", nullable=False),
    _text("session_key", nullable=False),
    _text("file_name", nullable=False),
    _text("file_sha256", nullable=False),
    _text("encoding"),
    _text("delimiter"),
    _json("mapping"),
    _text("source"),
    _text("lawful_basis"),
    _text("status", nullable=False),
    _count("rows"),
    _count("imported"),
    _count("merged"),
    _count("unchanged"),
    _count("rejected"),
    _json("reasons"),
    _at("started_at"),
    _at("finished_at", nullable=True),
    sa.Index("ix_import_batch_file", "workspace_id", "kind", "file_sha256"),
)

import_row = _table(
    "import_row",
    _ref("batch_id", "import_batch", nullable=False),
    sa.Column("line_number", sa.Integer, nullable=False),
    _text("outcome", nullable=False),
    _text("reason_code"),
    _text("reason"),
    _text("raw"),
    _text("row_hash"),
    sa.Column("entity_id", Id),
    sa.Index("ix_import_row_batch", "batch_id", "line_number"),
    sa.Index("ix_import_row_entity", "entity_id"),
)
"""One physical record of a file and what became of it (imported, merged, unchanged, rejected)."""

company = _table(
    "company",
    _ref("batch_id", "import_batch"),
    _text("session_key"),
    _text("name", nullable=False),
    _text("name_key"),
    _text("domain"),
    _text("website"),
    _text("tin"),
    _text("registration_number"),
    _text("country"),
    _text("state"),
    _text("city"),
    _text("address"),
    _text("phone"),
    _text("industry"),
    sa.Column("employee_count", sa.Integer),
    _text("revenue"),
    _text("segment"),
    sa.Column("sme_registry", sa.Boolean),
    _text("status"),
    _text("description"),
    _text("language"),
    _text("linkedin_url"),
    _json("attributes"),
    _at("created_at"),
    _at("updated_at"),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.Index("uq_company_tin", "workspace_id", "tin", unique=True),
    sa.Index("uq_company_registration_number", "workspace_id", "registration_number", unique=True),
    sa.Index("uq_company_domain", "workspace_id", "domain", unique=True),
    sa.Index("ix_company_name_key", "workspace_id", "name_key"),
    sa.Index("ix_company_updated", "workspace_id", "updated_at"),
)

contact = _table(
    "contact",
    _ref("batch_id", "import_batch"),
    _text("session_key"),
    _ref("company_id", "company"),
    _text("company_name"),
    _text("email"),
    _text("email_key"),
    _text("email_domain"),
    _text("first_name"),
    _text("last_name"),
    _text("full_name"),
    _text("position"),
    _text("phone"),
    _text("linkedin_url"),
    _text("country"),
    _text("city"),
    _text("time_zone"),
    _text("language"),
    _text("client_status"),
    _text("campaign_status"),
    _at("last_outreach_at", nullable=True),
    _text("last_reply_class"),
    sa.Column("do_not_contact", sa.Boolean, nullable=False, server_default=sa.false()),
    _text("source"),
    _text("lawful_basis"),
    _json("attributes"),
    _at("created_at"),
    _at("updated_at"),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.Index("uq_contact_email_key", "workspace_id", "email_key", unique=True),
    sa.Index("uq_contact_linkedin_url", "workspace_id", "linkedin_url", unique=True),
    sa.Index("ix_contact_company", "company_id"),
    sa.Index("ix_contact_updated", "workspace_id", "updated_at"),
)

suppression = _table(
    "suppression",
    _text("kind", nullable=False),
    _text("value_key", nullable=False),
    _text("value_hash", nullable=False),
    _text("reason", nullable=False),
    _text("source", nullable=False),
    _ref("batch_id", "import_batch"),
    _at("created_at"),
    sa.UniqueConstraint("workspace_id", "kind", "value_key"),
)
"""Who is never written to: ``kind`` is address, domain or company (by its id).

An erased entry keeps ``value_hash`` in ``value_key`` too, and goes on suppressing.
"""

suppression_salt = _table(
    "suppression_salt",
    _text("salt", nullable=False),
    _at("created_at"),
    sa.UniqueConstraint("workspace_id"),
)
"""The random salt of a workspace's suppression hashes."""

fact = _table(
    "fact",
    _ref("batch_id", "import_batch"),
    _text("session_key"),
    _text("subject_type", nullable=False),
    sa.Column("subject_id", Id, nullable=False),
    _text("field", nullable=False),
    _text("value"),
    _text("source", nullable=False),
    _text("url"),
    _text("evidence"),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("cost_usd", sa.Float, nullable=False, server_default="0"),
    _at("retrieved_at"),
    _at("expires_at", nullable=True),
    sa.Index("ix_fact_subject", "workspace_id", "subject_type", "subject_id", "field"),
)

# --- segments and campaigns --------------------------------------------------------------------

segment = _table(
    "segment",
    _text("name", nullable=False),
    _text("description"),
    sa.Column("current_version", sa.Integer, nullable=False),
    _at("created_at"),
    _at("updated_at"),
    sa.UniqueConstraint("workspace_id", "name"),
)

segment_version = _table(
    "segment_version",
    _ref("segment_id", "segment", nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    _json("filter"),
    _text("filter_hash", nullable=False),
    _text("created_by", nullable=False),
    _at("created_at"),
    sa.UniqueConstraint("segment_id", "version"),
)

pack_version = _table(
    "pack_version",
    _text("pack", nullable=False),
    _text("version", nullable=False),
    _text("content_hash", nullable=False),
    _json("manifest"),
    _at("created_at"),
    sa.UniqueConstraint("workspace_id", "pack", "version", "content_hash"),
)
"""A pack as it was when it was used; its text can be found again by hash."""

campaign = _table(
    "campaign",
    _text("name", nullable=False),
    _text("status", nullable=False),
    _ref("segment_version_id", "segment_version", nullable=False),
    _ref("pack_version_id", "pack_version", nullable=False),
    _json("variants"),
    _json("mailboxes"),
    _json("settings"),
    sa.Column("seed", sa.BigInteger, nullable=False),
    _text("created_by", nullable=False),
    _at("created_at"),
    _at("updated_at"),
    _at("released_at", nullable=True),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.UniqueConstraint("workspace_id", "name"),
)
"""``mailboxes``: names, in order of rotation. ``released_at``: a person said send."""

target = _table(
    "target",
    _ref("campaign_id", "campaign", nullable=False),
    _ref("contact_id", "contact", nullable=False),
    _ref("company_id", "company"),
    _text("recipient"),
    _text("mailbox", nullable=False),
    _text("variant", nullable=False),
    _json("snapshot"),
    _text("snapshot_hash", nullable=False),
    _text("status", nullable=False),
    _text("status_reason"),
    _at("created_at"),
    _at("updated_at"),
    sa.UniqueConstraint("campaign_id", "contact_id"),
    sa.Index("ix_target_updated", "workspace_id", "updated_at"),
)
"""A contact as frozen into a campaign; ``variant`` is the one its recorded coin chose."""

# --- drafts and review -------------------------------------------------------------------------

draft = _table(
    "draft",
    _ref("campaign_id", "campaign", nullable=False),
    _ref("target_id", "target", nullable=False),
    _ref("contact_id", "contact", nullable=False),
    sa.Column("step", sa.Integer, nullable=False, server_default="1"),
    _text("variant", nullable=False),
    _text("language", nullable=False),
    _text("drafter", nullable=False),
    _text("status", nullable=False),
    sa.Column("current_revision", sa.Integer, nullable=False),
    _text("content_hash", nullable=False),
    _json("warnings"),
    _at("created_at"),
    _at("updated_at"),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.UniqueConstraint("target_id", "step", "variant"),
    sa.Index("ix_draft_campaign_status", "campaign_id", "status"),
    sa.Index("ix_draft_updated", "workspace_id", "updated_at"),
)

draft_failure = _table(
    "draft_failure",
    _ref("campaign_id", "campaign", nullable=False),
    _ref("target_id", "target", nullable=False),
    _text("variant", nullable=False),
    _text("reason_code", nullable=False),
    _text("reason", nullable=False),
    _at("created_at"),
    sa.Index("ix_draft_failure_campaign", "campaign_id"),
)

revision = _table(
    "revision",
    _ref("draft_id", "draft", nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    _text("subject", nullable=False),
    _text("body", nullable=False),
    _text("content_hash", nullable=False),
    _text("author", nullable=False),
    _text("reason"),
    _ref("pack_version_id", "pack_version"),
    _at("created_at"),
    sa.UniqueConstraint("draft_id", "number"),
)
"""What a draft said at one moment; ``author`` is ``drafter:NAME`` or ``person:NAME``."""

decision = _table(
    "decision",
    _ref("draft_id", "draft", nullable=False),
    sa.Column("revision_number", sa.Integer, nullable=False),
    _text("kind", nullable=False),
    _text("content_hash", nullable=False),
    _text("decided_by", nullable=False),
    _text("reason"),
    _at("created_at"),
    sa.Index("ix_decision_draft", "draft_id", "created_at"),
)
"""``kind``: approve, reject, void. An approval holds for its ``content_hash`` only."""

# --- delivery ----------------------------------------------------------------------------------

message = _table(
    "message",
    _ref("campaign_id", "campaign", nullable=False),
    sa.Column("step", sa.Integer, nullable=False),
    _ref("contact_id", "contact", nullable=False),
    _ref("target_id", "target", nullable=False),
    _ref("draft_id", "draft", nullable=False),
    sa.Column("revision_number", sa.Integer, nullable=False),
    _ref("decision_id", "decision", nullable=False),
    _text("content_hash", nullable=False),
    _text("mailbox", nullable=False),
    _text("rfc_message_id", nullable=False),
    _text("recipient", nullable=False),
    _text("subject", nullable=False),
    _text("body", nullable=False),
    _text("state", nullable=False),
    _at("due_at"),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    _text("claimed_by"),
    _at("claimed_at", nullable=True),
    _at("handed_at", nullable=True),
    _at("sent_at", nullable=True),
    _text("outcome"),
    _at("outcome_at", nullable=True),
    _text("provider_reference"),
    _text("last_error"),
    _at("created_at"),
    _at("updated_at"),
    sa.UniqueConstraint("campaign_id", "step", "contact_id"),
    sa.UniqueConstraint("workspace_id", "rfc_message_id"),
    sa.Index("ix_message_state", "workspace_id", "state", "due_at"),
    sa.Index("ix_message_mailbox_handed", "workspace_id", "mailbox", "handed_at"),
    sa.Index("ix_message_contact", "contact_id"),
    sa.Index("ix_message_updated", "workspace_id", "updated_at"),
)
"""``state``: queued, claimed, handing, sent, deferred, failed, unknown, reconciled.

``outcome``: what came of it: bounced_hard, bounced_soft, replied, else null. A recipient the
server refused during the hand-over is ``failed`` with ``bounced_hard``: attempted, and bounced.
``handed_at``: the moment it counts against caps and gaps; null where it provably never left.
"""

message_event = _table(
    "message_event",
    _ref("message_id", "message", nullable=False),
    _ref("campaign_id", "campaign", nullable=False),
    _ref("contact_id", "contact", nullable=False),
    _text("kind", nullable=False),
    _text("source_key", nullable=False),
    _text("detail"),
    _at("occurred_at"),
    _at("recorded_at"),
    sa.UniqueConstraint("workspace_id", "source_key"),
    sa.Index("ix_message_event_message", "message_id"),
    sa.Index("ix_message_event_campaign", "campaign_id", "kind"),
    sa.Index("ix_message_event_recorded", "workspace_id", "recorded_at"),
)
"""``kind``: the message states, plus bounced_hard, bounced_soft, replied, auto_replied,
unsubscribed, complained, opened. ``source_key`` makes recording it twice impossible."""

# --- replies -----------------------------------------------------------------------------------

mailbox_cursor = _table(
    "mailbox_cursor",
    _text("mailbox", nullable=False),
    _text("folder", nullable=False),
    sa.Column("uidvalidity", sa.BigInteger, nullable=False),
    sa.Column("last_uid", sa.BigInteger, nullable=False),
    _at("updated_at"),
    sa.UniqueConstraint("workspace_id", "mailbox", "folder"),
)

conversation = _table(
    "conversation",
    _ref("contact_id", "contact", nullable=False),
    _ref("campaign_id", "campaign", nullable=False),
    _text("state", nullable=False),
    _text("last_class"),
    _at("last_at"),
    _at("created_at"),
    _at("updated_at"),
    sa.UniqueConstraint("campaign_id", "contact_id"),
)

inbound_message = _table(
    "inbound_message",
    _text("mailbox", nullable=False),
    _text("folder", nullable=False),
    sa.Column("uidvalidity", sa.BigInteger, nullable=False),
    sa.Column("uid", sa.BigInteger, nullable=False),
    _text("content_key", nullable=False),
    _text("rfc_message_id"),
    _text("in_reply_to"),
    _json("reference_ids"),
    _text("from_address"),
    _text("from_name"),
    _text("to_address"),
    _text("subject"),
    _text("text"),
    _text("language"),
    _at("received_at"),
    _text("class", nullable=False),
    sa.Column("confidence", sa.Float, nullable=False),
    _text("class_reason", nullable=False),
    _text("bounced_recipient"),
    _text("attribution", nullable=False),
    _ref("message_id", "message"),
    _ref("campaign_id", "campaign"),
    _ref("contact_id", "contact"),
    _ref("conversation_id", "conversation"),
    sa.Column("raw", sa.LargeBinary, nullable=False),
    _at("created_at"),
    _at("updated_at"),
    sa.UniqueConstraint("workspace_id", "mailbox", "content_key"),
    sa.Index("ix_inbound_message_campaign", "campaign_id"),
    sa.Index("ix_inbound_message_attribution", "workspace_id", "attribution"),
    sa.Index("ix_inbound_message_message", "message_id"),
    sa.Index("ix_inbound_message_rfc", "workspace_id", "rfc_message_id"),
    sa.Index("ix_inbound_message_received", "workspace_id", "received_at"),
    sa.Index("ix_inbound_message_updated", "workspace_id", "updated_at"),
)
"""``attribution``: in_reply_to, references, embedded, unsubscribe_link, recipient, person, none (the visible queue), own_copy.

``raw`` and what was read from it never change; class and attribution are put right by a person, with an audit event.
"""
