"""What can be searched: pieces of text cut from everything that is known, and their vectors."""

from __future__ import annotations

import sqlalchemy as sa

from gtm_pipelines.record.tables.base import Id, at, table, text, where_given

chunk = table(
    "chunk",
    text("entity_type", nullable=False),
    sa.Column("entity_id", Id, nullable=False),
    text("source_stamp", nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("company_id", Id),
    sa.Column("contact_id", Id),
    text("title"),
    text("text", nullable=False),
    text("text_hash", nullable=False),
    text("language"),
    text("url"),
    at("recorded_at"),
    at("indexed_at"),
    sa.UniqueConstraint("workspace_id", "entity_type", "entity_id", "position"),
    sa.Index("ix_chunk_order", "workspace_id", "id"),
    sa.Index("ix_chunk_text_hash", "workspace_id", "text_hash"),
    where_given("ix_chunk_contact", "workspace_id", "contact_id"),
    where_given("ix_chunk_company", "workspace_id", "company_id"),
)
"""A piece of a company, contact, fact, page, insight, message, reply or pack: made from them, and made again at any time.

``source_stamp``: the state of what it was cut from; another one there, and it is cut anew. Pieces are never changed.
"""

chunk_source = table(
    "chunk_source",
    text("entity_type", nullable=False),
    text("stamp", nullable=False),
    at("looked_at"),
    sa.UniqueConstraint("workspace_id", "entity_type"),
)
"""How far each kind of text has been cut: what its tables looked like then. Equal now means nothing to do.

One row more, ``index``, has another stamp after every change of pieces or vectors.
"""

chunk_vector = table(
    "chunk_vector",
    text("text_hash", nullable=False),
    text("model", nullable=False),
    sa.Column("vector", sa.LargeBinary, nullable=False),
    at("created_at"),
    sa.UniqueConstraint("workspace_id", "model", "text_hash"),
    sa.Index("ix_chunk_vector_order", "workspace_id", "model", "id"),
)
"""The vector of a text by one model, as float32 numbers one after another; equal texts share it."""
