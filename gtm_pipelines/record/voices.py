"""Queries over mails that senders wrote, to learn their way of writing from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.record.tables import voice_sample


def add(connection: sa.Connection, values: Mapping[str, Any]) -> bool:
    """Keep a sample unless the voice has the same text already; tell whether it was new."""
    same = (
        voice_sample.c.workspace_id == values["workspace_id"],
        voice_sample.c.voice == values["voice"],
        voice_sample.c.text_hash == values["text_hash"],
    )
    if connection.execute(sa.select(voice_sample.c.id).where(*same)).first() is not None:
        return False
    connection.execute(sa.insert(voice_sample).values(**values))
    return True


def samples(connection: sa.Connection, workspace_id: str, voice: str) -> list[sa.RowMapping]:
    """Return the samples of a voice, oldest first."""
    mine = voice_sample.c.workspace_id == workspace_id, voice_sample.c.voice == voice
    return list(connection.execute(sa.select(voice_sample).where(*mine).order_by(voice_sample.c.id)).mappings())


def listed(connection: sa.Connection, workspace_id: str) -> list[sa.RowMapping]:
    """Return every voice with its languages' counts and when it last grew."""
    columns = (
        voice_sample.c.voice, voice_sample.c.language, sa.func.count().label("samples"),
        sa.func.max(voice_sample.c.created_at).label("latest"),
    )  # fmt: skip
    grouped = sa.select(*columns).where(voice_sample.c.workspace_id == workspace_id)
    query = grouped.group_by(voice_sample.c.voice, voice_sample.c.language).order_by(
        voice_sample.c.voice, voice_sample.c.language
    )
    return list(connection.execute(query).mappings())


def remove(connection: sa.Connection, workspace_id: str, sample_id: str) -> bool:
    """Remove a sample; tell whether it was there."""
    mine = voice_sample.c.workspace_id == workspace_id, voice_sample.c.id == sample_id
    return bool(connection.execute(sa.delete(voice_sample).where(*mine)).rowcount)
