"""Which version of a pack counts: what people promoted and took back, as facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.errors import NotFoundError
from gtm_pipelines.packs.model import Pack, Release
from gtm_pipelines.packs.parse import parse_pack
from gtm_pipelines.record import packs as queries
from gtm_pipelines.record.engine import Record


class ReleaseBook:
    """Reads what was promoted.

    Args:
        record: the record.
    """

    def __init__(self, record: Record) -> None:
        self._record = record

    def current(self, pack: str) -> Pack | None:
        """Return the pack that was promoted last, exactly as it was then; ``None`` where none ever was."""
        with self._record.read() as connection:
            rows = queries.releases(connection, self._record.workspace_id, pack)
            if not rows:
                return None
            last = rows[-1]
            row = queries.kept(connection, self._record.workspace_id, pack, last["version"], last["content_hash"])
        where = f"{pack}/{last['version']}"
        if row is None:
            raise NotFoundError(f"The record lost the files of {where}, which counts now. Promote a version again.")
        return parse_pack(row["manifest"]["files"], where=where)

    def hashes(self) -> dict[str, tuple[str, str]]:
        """Return the version and content hash that count now, by pack."""
        with self._record.read() as connection:
            rows = queries.releases(connection, self._record.workspace_id)
        return {row["pack"]: (row["version"], row["content_hash"]) for row in rows}

    def releases(self, pack: str | None = None) -> list[Release]:
        """Return every promotion and rollback, newest first; of one pack or of all."""
        with self._record.read() as connection:
            rows = queries.releases(connection, self._record.workspace_id, pack)
        return [release_of(row) for row in reversed(rows)]


def release_of(row: Mapping[Any, Any]) -> Release:
    """Build a release from its row."""
    names = ("id", "pack", "version", "content_hash", "action", "previous_version", "reason", "decided_by", "created_at")
    return Release(**{name: row[name] for name in names})


def stack(rows: Sequence[sa.RowMapping]) -> list[str]:
    """Return the versions that counted, the current one last, without those that were taken back.

    Rolling back twice therefore goes back twice, instead of forth again.
    """
    versions: list[str] = []
    for row in rows:
        if row["action"] == "rollback" and row["version"] in versions:
            while versions[-1] != row["version"]:
                versions.pop()
            continue
        if not versions and row["previous_version"]:
            versions.append(row["previous_version"])
        versions.append(row["version"])
    return versions
