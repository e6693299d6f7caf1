"""Lists: files and their rows, companies and contacts, facts about them, and who is never written to."""

from __future__ import annotations

import sqlalchemy as sa

from gtm_pipelines.record.tables.base import Id, at, json_column, ref, table, text, where_given

KEYLESS = sa.text("email_key IS NULL AND linkedin_url IS NULL")
"""A contact that can be found again by name and company alone."""

company = table(
    "company",
    ref("batch_id", "import_batch"),
    text("session_key"),
    text("name", nullable=False),
    text("name_key"),
    text("legal_form"),
    text("domain"),
    text("website"),
    text("tin"),
    text("registration_number"),
    text("country"),
    text("country_code"),
    text("state"),
    text("city"),
    text("time_zone"),
    text("address"),
    text("phone"),
    text("phone_e164"),
    text("industry"),
    text("industry_code"),
    sa.Column("employee_count", sa.Integer),
    text("revenue"),
    text("segment"),
    sa.Column("sme_registry", sa.Boolean),
    text("status"),
    text("description"),
    text("language"),
    text("linkedin_url"),
    json_column("attributes"),
    at("created_at"),
    at("updated_at"),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.Column("merged_into", Id),
    where_given("ix_company_merged_into", "merged_into"),
    where_given("uq_company_tin", "workspace_id", "tin", unique=True),
    where_given("uq_company_registration_number", "workspace_id", "registration_number", unique=True),
    where_given("uq_company_domain", "workspace_id", "domain", unique=True),
    sa.Index("ix_company_name_key", "workspace_id", "name_key"),
    sa.Index("ix_company_updated", "workspace_id", "updated_at"),
)
"""``merged_into``: the company this row is the same as; it keeps its keys, facts and rows, and is shown no more.

Codes beside a value as it stood: ``country_code`` ISO 3166-1 alpha-2, ``phone_e164``, ``industry_code`` of our vocabulary.
"""

contact = table(
    "contact",
    ref("batch_id", "import_batch"),
    text("session_key"),
    ref("company_id", "company"),
    text("company_name"),
    text("email"),
    text("email_key"),
    text("email_domain"),
    text("first_name"),
    text("middle_name"),
    text("last_name"),
    text("full_name"),
    text("position"),
    text("function"),
    text("seniority"),
    text("phone"),
    text("phone_e164"),
    text("linkedin_url"),
    text("country"),
    text("country_code"),
    text("city"),
    text("time_zone"),
    text("language"),
    text("client_status"),
    text("campaign_status"),
    at("last_outreach_at", nullable=True),
    text("last_reply_class"),
    sa.Column("do_not_contact", sa.Boolean, nullable=False, server_default=sa.false()),
    text("source"),
    text("lawful_basis"),
    json_column("attributes"),
    at("created_at"),
    at("updated_at"),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.Column("merged_into", Id),
    where_given("ix_contact_merged_into", "merged_into"),
    sa.Index("uq_contact_email_key", "workspace_id", "email_key", unique=True),
    where_given("uq_contact_linkedin_url", "workspace_id", "linkedin_url", unique=True),
    where_given("ix_contact_company", "company_id"),
    sa.Index("ix_contact_keyless", "workspace_id", "full_name", sqlite_where=KEYLESS, postgresql_where=KEYLESS),
    sa.Index("ix_contact_updated", "workspace_id", "updated_at"),
)
"""``merged_into`` and codes as for a company. ``function`` and ``seniority`` are read from ``position``."""

tag = table(
    "tag",
    text("subject_type", nullable=False),
    sa.Column("subject_id", Id, nullable=False),
    text("name", nullable=False),
    text("created_by", nullable=False),
    at("created_at"),
    sa.UniqueConstraint("workspace_id", "subject_type", "subject_id", "name"),
    sa.Index("ix_tag_name", "workspace_id", "name"),
)
"""A word that a person put on a company or contact."""

suppression = table(
    "suppression",
    text("kind", nullable=False),
    text("value_key", nullable=False),
    text("value_hash", nullable=False),
    text("reason", nullable=False),
    text("source", nullable=False),
    ref("batch_id", "import_batch"),
    at("created_at"),
    sa.UniqueConstraint("workspace_id", "kind", "value_key"),
)
"""Who is never written to: ``kind`` is address, domain or company (by its id).

An erased entry keeps ``value_hash`` in ``value_key`` too, and goes on suppressing.
"""

suppression_salt = table(
    "suppression_salt",
    text("salt", nullable=False),
    at("created_at"),
    sa.UniqueConstraint("workspace_id"),
)
"""The random salt of a workspace's suppression hashes."""

fact = table(
    "fact",
    ref("batch_id", "import_batch"),
    text("session_key"),
    text("subject_type", nullable=False),
    sa.Column("subject_id", Id, nullable=False),
    text("field", nullable=False),
    text("value"),
    text("source", nullable=False),
    text("url"),
    text("evidence"),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("cost_usd", sa.Float, nullable=False, server_default="0"),
    at("retrieved_at"),
    at("expires_at", nullable=True),
    sa.Index("ix_fact_subject", "workspace_id", "subject_type", "subject_id", "field"),
)

erasure = table(
    "erasure",
    text("value_hash", nullable=False),
    json_column("counts"),
    text("actor", nullable=False),
    at("created_at"),
    sa.Index("ix_erasure_value", "workspace_id", "value_hash"),
)
"""That a person was erased on request: how many rows of which tables, and the salted hash that goes on suppressing."""
