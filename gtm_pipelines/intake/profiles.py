"""A person's word on how columns are read, remembered for every file with the same columns."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_pipelines.clock import Clock
from gtm_pipelines.errors import InputError, NotFoundError
from gtm_pipelines.intake.fields import header_key
from gtm_pipelines.intake.mapping import ATTRIBUTE, ColumnMap
from gtm_pipelines.intake.model import Kind
from gtm_pipelines.intake.own import OURS
from gtm_pipelines.record import profiles
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.record.engine import Record

_LONGEST_NAME = 100


@dataclass(frozen=True)
class Profile:
    """How the columns of some files are read.

    Attributes:
        columns: file column → field, or ``attribute``.
    """

    id: str
    name: str
    kind: Kind
    columns: Mapping[str, str] = field(default_factory=dict)
    created_by: str = ""
    updated_at: datetime | None = None
    used_at: datetime | None = None


@dataclass(frozen=True)
class Profiles:
    """Remembers how people had columns read, and reads files with the same columns so again."""

    record: Record
    clock: Clock

    def all(self, kind: Kind | None = None) -> list[Profile]:
        """Return every profile by name."""
        return [_profile(row) for row in profiles.all_profiles(self.record, kind)]

    def get(self, name: str, kind: Kind | None = None) -> Profile:
        """Return one profile.

        Raises:
            NotFoundError: there is none of this name.
            InputError: companies and people each have one, and ``kind`` does not say which.
        """
        found = profiles.by_name(self.record, name, kind)
        if not found:
            known = ", ".join(sorted({p.name for p in self.all(kind)})) or "none"
            raise NotFoundError(f"There is no profile '{name}'. Known: {known}. See 'gtm profile list'.")
        if len(found) > 1:
            raise InputError(f"Both companies and people have a profile '{name}'. Say which with --kind.")
        return _profile(found[0])

    def of_header(self, kind: Kind, header: Sequence[str]) -> Profile | None:
        """Return the profile last saved for files with these columns, in whatever order."""
        row = profiles.by_header(self.record, kind, header_hash(header))
        return None if row is None else _profile(row)

    def save(self, name: str, mapping: ColumnMap, *, by: str) -> str:
        """Remember how a file is read, in place of an older profile of this name; return the profile's id.

        Raises:
            InputError: the name is empty or very long.
        """
        tidy = " ".join(name.split())
        if not tidy or len(tidy) > _LONGEST_NAME:
            raise InputError(f"Give the profile a name of 1 to {_LONGEST_NAME} letters.")
        columns = dict.fromkeys(mapping.unmapped, ATTRIBUTE) | mapping.by_column
        now, workspace_id = self.clock.now(), self.record.workspace_id
        with self.record.write() as connection:
            saved = profiles.save(
                connection, workspace_id, name=tidy, kind=mapping.kind, header_hash=header_hash(mapping.header), columns=columns,
                by=by, at=now,
            )  # fmt: skip
            _audit(connection, workspace_id, by, "profile.saved", saved, now, tidy)
        return saved

    def delete(self, name: str, kind: Kind | None = None, *, by: str) -> Profile:
        """Forget a profile and return it; what was imported by it stays. Raises as ``get`` does."""
        found = self.get(name, kind)
        with self.record.write() as connection:
            profiles.delete(connection, self.record.workspace_id, found.id)
            _audit(connection, self.record.workspace_id, by, "profile.deleted", found.id, self.clock.now(), found.name)
        return found

    def choose(self, kind: Kind, header: Sequence[str], name: str | None) -> Profile | None:
        """Return the profile a file is read by: the named one, else the one for its columns, else none.

        Raises:
            NotFoundError: there is no profile of this name.
            InputError: the named profile knows no column of the file.
        """
        if name is None:
            return self.of_header(kind, header)
        found = self.get(name, kind)
        if not {header_key(column) for column in found.columns} & {header_key(column) for column in header}:
            raise InputError(f"Profile '{name}' knows no column of this file. Its columns are: {', '.join(found.columns)}.")
        return found

    def note_use(self, profile: Profile) -> None:
        """Note that a file was imported by a profile."""
        with self.record.write() as connection:
            profiles.mark_used(connection, self.record.workspace_id, profile.id, self.clock.now())


def header_hash(header: Sequence[str]) -> str:
    """Return what files with the same columns share, in whatever order and spelling of signs they stand.

    The columns that a file of refused rows has beside its own do not count.
    """
    keys = sorted(header_key(column) for column in header if column not in OURS)
    return hashlib.sha256("\n".join(keys).encode("utf-8", "surrogateescape")).hexdigest()


def overrides(profile: Profile | None, header: Sequence[str], given: Mapping[str, str] | None) -> dict[str, str]:
    """Return what is said of the columns of a file: by its profile, and above that by the person who imports it."""
    own = dict(given or {})
    if profile is None:
        return own
    said = {header_key(column) for column in own}
    taken = {field for field in own.values() if field != ATTRIBUTE}
    remembered = {header_key(column): field for column, field in profile.columns.items()}
    for column in header:
        key = header_key(column)
        if key in remembered and key not in said and remembered[key] not in taken:
            own[column] = remembered[key]
    return own


def _profile(row: sa.Row[Any]) -> Profile:
    return Profile(row.id, row.name, row.kind, row.columns, row.created_by, row.updated_at, row.used_at)


def _audit(connection: sa.Connection, workspace_id: str, by: str, action: str, subject: str, at: datetime, name: str) -> None:
    add_audit(
        connection,
        workspace_id,
        actor=by,
        action=action,
        subject_type="profile",
        subject_id=subject,
        at=at,
        detail={"name": name},
    )
