"""People who were erased: known by salted hashes alone, so that no list brings them back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.errors import InputError
from gtm_pipelines.ids import new_id
from gtm_pipelines.record import suppressions
from gtm_pipelines.record.tables import erasure
from gtm_pipelines.record.upsert import among

REASON = "person.erased"
Key = tuple[str, str]
"""What somebody can be known by: ``address``, ``profile`` (a LinkedIn address) or ``person`` (a name at a company)."""


def keys_of(email: str | None, profile: str | None, name: str | None = None, company: str | None = None) -> tuple[Key, ...]:
    """Return what somebody is known by, strongest first; a name at a company only where there is nothing else."""
    keys: list[Key] = []
    if email:
        try:
            keys.append(("address", suppressions.key("address", email)))
        except InputError:
            keys.append(("address", email.strip().casefold()))
    if profile:
        keys.append(("profile", profile.casefold()))
    if not keys and name and company:
        keys.append(("person", f"{' '.join(name.split())}\n{' '.join(company.split())}".casefold()))
    return tuple(keys)


def is_any(connection: sa.Connection, workspace_id: str) -> bool:
    """Tell whether anybody was erased at all."""
    return connection.execute(sa.select(erasure.c.id).where(erasure.c.workspace_id == workspace_id).limit(1)).first() is not None


def known(connection: sa.Connection, workspace_id: str, keys: Iterable[Key]) -> set[Key]:
    """Return those of the keys by which somebody was erased."""
    hashed = suppressions.hashes(connection, workspace_id, keys)
    if not hashed:
        return set()
    query = sa.select(erasure.c.value_hash).where(
        erasure.c.workspace_id == workspace_id, among(connection, erasure.c.value_hash, list(hashed.values()))
    )
    found = set(connection.execute(query).scalars())
    return {key for key, value in hashed.items() if value in found}


def add(
    connection: sa.Connection, workspace_id: str, keys: Iterable[Key], *, counts: Mapping[str, Any], actor: str, at: datetime
) -> str:
    """Note that somebody known by these keys was erased; return the id of the note that holds the counts."""
    hashed = suppressions.hashes(connection, workspace_id, keys, make_at=at)
    first = new_id()
    rows = [
        {
            "id": new_id() if number else first, "workspace_id": workspace_id, "value_hash": value, "actor": actor,
            "created_at": at, "counts": {"with": first} if number else dict(counts),
        }
        for number, value in enumerate(hashed.values())
    ]  # fmt: skip
    if rows:
        connection.execute(sa.insert(erasure), rows)
    return first
