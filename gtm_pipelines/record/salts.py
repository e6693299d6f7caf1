"""The salt of a workspace and the hashes made with it: what is left of a suppression when its value is erased."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime
from functools import cache

import sqlalchemy as sa

from gtm_pipelines.ids import new_id
from gtm_pipelines.record.tables import suppression_salt

HASH_MARK = "hmac-sha256:"


def hash_value(salt: str, kind: str, value_key: str) -> str:
    """Return the salted hash kept for a value; marked, so that no real value looks like it."""
    return HASH_MARK + hmac.new(bytes.fromhex(salt), f"{kind}\0{value_key}".encode(), hashlib.sha256).hexdigest()


def find(connection: sa.Connection, workspace_id: str) -> str | None:
    """Return the salt; ``None`` before anything was suppressed."""
    return connection.execute(_find(), {"workspace": workspace_id}).scalar_one_or_none()


@cache
def _find() -> sa.Select[str]:
    """Build the question once: it is asked for every message."""
    return sa.select(suppression_salt.c.salt).where(suppression_salt.c.workspace_id == sa.bindparam("workspace"))


def make(connection: sa.Connection, workspace_id: str, at: datetime) -> str:
    """Make the salt and return it."""
    salt = secrets.token_hex(16)
    connection.execute(suppression_salt.insert().values(id=new_id(), workspace_id=workspace_id, salt=salt, created_at=at))
    return salt
