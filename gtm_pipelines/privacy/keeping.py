"""What the data folder holds, and copies of the record kept in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from gtm_pipelines.acting import Role, needs
from gtm_pipelines.clock import Clock
from gtm_pipelines.record.backup import FOLDER, BackupReport, back_up, suffix
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.since import left_since, made_since


@dataclass(frozen=True)
class Kept:
    """A file or folder of the data folder, by its name, with all that is in it."""

    name: str
    size_bytes: int


@dataclass(frozen=True)
class Copy:
    """A copy of the record as it was; ``made_at`` in UTC."""

    path: Path
    made_at: datetime
    size_bytes: int


@dataclass(frozen=True)
class Since:
    """What going back to a copy would forget.

    Attributes:
        made: how many of what were recorded since, by the names of ``COUNTED``.
        left: campaign → mails that left since, or may have; the copy takes them for mails that are still to leave.
    """

    made: Mapping[str, int]
    left: Mapping[str, int]


class KeepingService:
    """Looks after the data folder.

    Args:
        record: the record.
        clock: the present moment.
        home: the data folder.
    """

    def __init__(self, record: Record, clock: Clock, home: Path) -> None:
        self._record, self._clock, self._home = record, clock, home

    def contents(self) -> list[Kept]:
        """Return what the data folder holds, the largest first."""
        found = [Kept(one.name, _size(one)) for one in self._home.iterdir()] if self._home.is_dir() else []
        return sorted(found, key=lambda one: (-one.size_bytes, one.name))

    def copies(self) -> list[Copy]:
        """Return the copies of the record that were made, newest first."""
        folder = self._home / FOLDER
        files = [(one, one.stat()) for one in folder.iterdir() if one.is_file()] if folder.is_dir() else []
        made = [Copy(path, datetime.fromtimestamp(stat.st_mtime, UTC), stat.st_size) for path, stat in files]
        return sorted(made, key=lambda one: one.made_at, reverse=True)

    def since(self, copy: Copy) -> Since:
        """Return what was recorded since a copy was made, and going back to it would forget."""
        with self._record.read() as connection:
            of_us = self._record.workspace_id
            return Since(made_since(connection, of_us, copy.made_at), left_since(connection, of_us, copy.made_at))

    @needs(Role.OWNER, "copy the record")
    def copy(self) -> BackupReport:
        """Copy the record into the data folder while others go on using it.

        Raises:
            ConflictError: another copy was made in this second.
            SettingsError: PostgreSQL's client programs are missing.
        """
        return back_up(self._record, self._home / FOLDER / f"record-{self._clock.now():%Y%m%dT%H%M%S}{suffix(self._record)}")


def _size(path: Path) -> int:
    inside = path.rglob("*") if path.is_dir() and not path.is_symlink() else [path]
    return sum(one.lstat().st_size for one in inside if one.is_file() and not one.is_symlink())
