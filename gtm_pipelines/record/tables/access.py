"""Who may come in, and what is connected: accounts, sign-ins, tools. Passwords are kept as hashes, keys not at all."""

from __future__ import annotations

import sqlalchemy as sa

from gtm_pipelines.record.tables.base import at, count, json_column, ref, table, text

account = table(
    "account",
    text("name", nullable=False),
    text("role", nullable=False),
    text("password_hash"),
    text("created_by", nullable=False),
    at("created_at"),
    at("updated_at"),
    sa.UniqueConstraint("workspace_id", "name"),
)
"""A person who may sign in; without ``password_hash`` an identity provider vouches for ``name``, their address there."""

sign_in = table(
    "sign_in",
    ref("account_id", "account", nullable=False),
    text("token_hash", nullable=False),
    at("created_at"),
    at("seen_at"),
    at("expires_at"),
    at("ended_at", nullable=True),
    sa.UniqueConstraint("token_hash"),
    sa.Index("ix_sign_in_account", "workspace_id", "account_id"),
)
"""A time during which somebody is signed in; of its token only a hash is kept."""

sign_in_guard = table(
    "sign_in_guard",
    text("subject", nullable=False),
    count("failures"),
    at("failed_at"),
    at("blocked_until", nullable=True),
    sa.UniqueConstraint("workspace_id", "subject"),
)
"""How often a name, or an address of the network, was refused in a row; ``subject`` is a hash of it."""

connection = table(
    "connection",
    text("tool", nullable=False),
    text("key_ref"),
    text("status", nullable=False),
    text("told"),
    json_column("limits"),
    at("checked_at", nullable=True),
    at("succeeded_at", nullable=True),
    text("created_by", nullable=False),
    at("created_at"),
    at("updated_at"),
    sa.UniqueConstraint("workspace_id", "tool"),
)
"""A tool of the user's. ``key_ref`` says where its key is kept. ``status``: unchecked, working, refused, unreachable."""
