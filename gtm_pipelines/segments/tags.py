"""Tags: words that people put on companies and contacts, one at a time or a whole segment's; each act can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa

from gtm_pipelines.clock import Clock
from gtm_pipelines.errors import InputError, NotFoundError
from gtm_pipelines.ids import new_id
from gtm_pipelines.record import companies, contacts
from gtm_pipelines.record import tags as queries
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.record.engine import Record
from gtm_pipelines.record.tables import contact
from gtm_pipelines.segments.model import Entity, SegmentVersion, check_name
from gtm_pipelines.segments.operators import storable

MAX_NAME = 60


class Segments(Protocol):
    """What tagging asks of the segments."""

    def get(self, segment: str, *, version: int | None = None) -> SegmentVersion:
        """Return a saved filter."""
        ...

    def members(self, version: SegmentVersion, columns: Sequence[sa.ColumnElement[Any]]) -> sa.Select[Any]:
        """Return the query of those it matches."""
        ...


@dataclass(frozen=True)
class TagReport:
    """What an act of tagging did.

    Attributes:
        act: names it, to undo it.
        name: the tag.
        changed: on how many the tag was put, or off how many it was taken.
        unchanged: how many bore it, or did not, before.
    """

    act: str
    name: str
    changed: int
    unchanged: int


class TagService:
    """Tags of one workspace."""

    def __init__(self, record: Record, clock: Clock, segments: Segments) -> None:
        self._record = record
        self._clock = clock
        self._segments = segments

    def counts(self, kind: Entity) -> list[tuple[str, int]]:
        """Return every tag with how many bear it, most frequent first."""
        with self._record.read() as connection:
            return queries.counts(connection, self._record.workspace_id, kind)

    def of(self, kind: Entity, subject_id: str) -> list[str]:
        """Return the tags of one company or contact, by name."""
        with self._record.read() as connection:
            return queries.of_subject(connection, self._record.workspace_id, kind, subject_id)

    def tag(self, kind: Entity, name: str, keys: Sequence[str] = (), *, segment: str | None = None, by: str) -> TagReport:
        """Put a tag on companies or contacts; those that bear it stay as they are.

        Args:
            kind: of what.
            name: the tag, 1 to 60 characters without a comma.
            keys: ids, or what ``gtm contact inspect`` and ``gtm company inspect`` take.
            segment: of contacts, everybody a segment matches now.
            by: who does it.

        Raises:
            InputError: the tag or the person has no name, or nobody is meant.
            NotFoundError: there is no such company, contact or segment.
        """
        return self._act(kind, name, keys, segment, by, remove=False)

    def untag(self, kind: Entity, name: str, keys: Sequence[str] = (), *, segment: str | None = None, by: str) -> TagReport:
        """Take a tag off; see ``tag``."""
        return self._act(kind, name, keys, segment, by, remove=True)

    def undo(self, act: str, *, by: str) -> TagReport:
        """Take back one act: what it put on comes off, what it took off is put on again.

        Raises:
            NotFoundError: there is no such act.
        """
        with self._record.write() as connection:
            events = queries.of_act(connection, self._record.workspace_id, act)
            if not events:
                raise NotFoundError(f"No tagging is called '{act}'. Tagging prints the name of the act.")
            kind, name = events[0].detail["kind"], events[0].detail["name"]
            subjects = [subject for event in events for subject in event.detail["subjects"]]
            return self._change(connection, kind, name, subjects, by, remove=events[0].action == queries.ACTIONS[0])

    def _act(self, kind: Entity, name: str, keys: Sequence[str], segment: str | None, by: str, *, remove: bool) -> TagReport:
        name = _checked(name)
        if not by.strip():
            raise InputError("Say who tags, such as --by anna.")
        find = companies.get if kind == "company" else contacts.get
        subjects = [str(find(self._record, key).id) for key in keys]
        if segment is not None and kind == "company":
            raise InputError("A segment holds contacts. Tag contacts by it, or name companies one by one.")
        if segment is not None:
            query = self._segments.members(self._segments.get(segment), [contact.c.id])
            with self._record.read() as connection:
                subjects += connection.execute(query).scalars()
        if not subjects and segment is None:
            raise InputError("Say whom: keys such as an email, or --segment NAME.")
        with self._record.write() as connection:
            return self._change(connection, kind, name, list(dict.fromkeys(subjects)), by.strip(), remove=remove)

    def _change(
        self, connection: sa.Connection, kind: Entity, name: str, subjects: list[str], by: str, *, remove: bool
    ) -> TagReport:
        """Change what is not so yet, and say so in the audit in the same transaction."""
        workspace, now, act = self._record.workspace_id, self._clock.now(), new_id()
        bear = queries.bearers(connection, workspace, kind, name, subjects)
        changing = [subject for subject in subjects if (subject in bear) == remove]
        if remove:
            queries.remove(connection, workspace, kind, name, changing)
        else:
            queries.add(connection, workspace, kind, name, changing, by=by, at=now)
        for part in queries.parts(changing):
            add_audit(
                connection,
                workspace,
                actor=by,
                action=queries.ACTIONS[1 if remove else 0],
                subject_type="tag",
                subject_id=act,
                at=now,
                detail={"kind": kind, "name": name, "subjects": part},
            )
        return TagReport(act, name, len(changing), len(subjects) - len(changing))


def _checked(name: str) -> str:
    trimmed = check_name(" ".join(name.split()), "tag")
    if len(trimmed) > MAX_NAME or "," in trimmed or not storable(trimmed):
        raise InputError(f"A tag has 1 to {MAX_NAME} characters and no comma.")
    return trimmed
