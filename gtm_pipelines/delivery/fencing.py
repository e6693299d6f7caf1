"""Only one data folder sends for a workspace: a copy or a restored backup never does by itself.

A folder is known by its machine, its path and a marker file in it. What identifies the
marker is its inode and the time of its last status change: neither survives a copy, an
archive or a restore, and both survive a restart of the machine.
"""

from __future__ import annotations

import os
import socket
from datetime import datetime
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from gtm_pipelines.errors import PolicyError
from gtm_pipelines.ids import digest
from gtm_pipelines.record import installation

MARKER = "installation.marker"
_MACHINE_ID = Path("/etc/machine-id")


def fingerprint(home: Path) -> str:
    """Return what tells this folder from every copy of it; makes the marker if it is missing."""
    marker = home / MARKER
    try:
        status = marker.stat()
    except FileNotFoundError:
        status = _make(marker)
    return digest(_machine(), _place(home), str(status.st_ino), str(status.st_ctime_ns))


def require(connection: sa.Connection, workspace_id: str, home: Path, *, at: datetime, owner: str | None = None) -> None:
    """Refuse unless this folder may send; the very first use adopts it.

    Args:
        connection: the transaction whose act it guards.
        workspace_id: for whom.
        home: this folder.
        at: now.
        owner: the folder that may send, where it was read in the same transaction already.

    Raises:
        PolicyError: ``installation.not_adopted``; another folder, or none since a restore, may send.
    """
    mine = fingerprint(home)
    owner = owner or installation.owner(connection, workspace_id)
    if owner == mine:
        return
    if owner is None and not installation.has_messages(connection, workspace_id):
        installation.adopt(connection, workspace_id, fingerprint=mine, at=at, by="first use")
        return
    raise PolicyError(
        "installation.not_adopted",
        "This data folder may not send: it was copied, moved or restored, and the original may still be sending. "
        "If it is to take over, stop the other one, then run 'gtm adopt'.",
    )


def allows(connection: sa.Connection, workspace_id: str, home: Path) -> bool:
    """Tell whether ``require`` would pass, changing nothing."""
    owner = installation.owner(connection, workspace_id)
    if owner is None:
        return not installation.has_messages(connection, workspace_id)
    return (home / MARKER).exists() and owner == fingerprint(home)


def _make(marker: Path) -> os.stat_result:
    """Create the marker, empty, so that nothing touches it after it can be seen by others."""
    marker.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.close(os.open(marker, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o400))
    except FileExistsError:
        return marker.stat()
    folder = os.open(marker.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return marker.stat()


@cache
def _place(home: Path) -> str:
    """Return where a folder lies; it is asked for every message."""
    return str(home.resolve())


@cache
def _machine() -> str:
    try:
        return _MACHINE_ID.read_text("ascii").strip() or socket.gethostname()
    except (OSError, UnicodeDecodeError):
        return socket.gethostname()
