"""Segments: preview a filter, save it as a version, find it again, compare versions."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from gtm_pipelines.errors import ConflictError, InputError, NotFoundError
from gtm_pipelines.record import segments as queries
from gtm_pipelines.record.audit import add_audit
from gtm_pipelines.segments.describe import describe
from gtm_pipelines.segments.diff import diff
from gtm_pipelines.segments.findings import CompanyRow, ContactRow, SegmentDiff
from gtm_pipelines.segments.model import FilterTree, SegmentVersion, check_name, parse_filter
from gtm_pipelines.segments.reading import FilterLike, SegmentReader


class SegmentService(SegmentReader):
    """Segments of one workspace: their versions, and whom they find."""

    def save(self, name: str, filter: FilterLike, *, by: str, description: str | None = None) -> SegmentVersion:  # noqa: A002
        """Save a filter under a name; a changed one becomes a new version, an unchanged one none.

        Raises:
            FilterError: the filter cannot be used.
            ConflictError: somebody saved a segment of that name at the same moment.
        """
        tree, name, by = parse_filter(filter), check_name(name, "segment"), by.strip()
        if not by:
            raise InputError("Say who saves the segment, such as --by anna.")
        self._clause(tree, "contact")
        try:
            with self._record.write() as connection:
                self._save(connection, name, tree, by, description)
        except IntegrityError as error:
            raise ConflictError(f"Somebody saved segment '{name}' at the same moment. Look at it, then save again.") from error
        return self.get(name)

    def _save(self, connection: sa.Connection, name: str, tree: FilterTree, by: str, description: str | None) -> None:
        workspace, now = self._record.workspace_id, self._clock.now()
        held = queries.lock_by_name(connection, workspace, name)
        segment_id = held["id"] if held else queries.add_segment(connection, workspace, name, description, now)
        if held and description is not None:
            queries.describe_segment(connection, workspace, segment_id, description)
        last = held["current_version"] if held else 0
        known = queries.versions(connection, workspace, segment_key=segment_id, current_only=True)
        if known and known[0]["filter_hash"] == tree.content_hash():
            return
        version_id = queries.add_version(
            connection,
            workspace,
            segment_id,
            version=last + 1,
            filter_json=tree.to_json(),
            filter_hash=tree.content_hash(),
            by=by,
            at=now,
        )
        detail = {"name": name, "version": last + 1, "segment_version_id": version_id}
        add_audit(
            connection,
            workspace,
            actor=by,
            action="segment.save",
            subject_type="segment",
            subject_id=segment_id,
            at=now,
            detail=detail,
        )

    def list(self) -> list[SegmentVersion]:
        """Return every segment at its current version, by name."""
        with self._record.read() as connection:
            return [_version(row) for row in queries.versions(connection, self._record.workspace_id, current_only=True)]

    def get(self, segment: str, *, version: int | None = None) -> SegmentVersion:
        """Return a segment by name or id, at its current version or the one asked for.

        Raises:
            NotFoundError: there is no such segment or version.
        """
        found = self.versions(segment)
        wanted = [item for item in found if item.is_current] if version is None else [v for v in found if v.version == version]
        if not wanted:
            raise NotFoundError(f"Segment '{segment}' has no version {version}. It has {len(found)}.")
        return wanted[0]

    def versions(self, segment: str) -> Sequence[SegmentVersion]:
        """Return every version of a segment, newest first.

        Raises:
            NotFoundError: there is no such segment.
        """
        with self._record.read() as connection:
            found = [_version(row) for row in queries.versions(connection, self._record.workspace_id, segment_key=segment)]
        if not found:
            raise NotFoundError(f"No segment is called '{segment}'. 'gtm segment list' shows those there are.")
        return found

    def diff(self, segment: str, before: int, after: int | None = None) -> SegmentDiff:
        """Say what changed between two versions: conditions in words, and who comes in and goes out now.

        Args:
            segment: name or id.
            before: number of the one version.
            after: number of the other; the current one if absent.

        Raises:
            NotFoundError: there is no such segment or version.
        """
        return diff(self.get(segment, version=before), self.get(segment, version=after), self._look)

    def _look(self, tree: FilterTree, limit: int) -> tuple[int, tuple[ContactRow | CompanyRow, ...]]:
        found = self.preview(tree, limit=limit)
        return found.count, found.rows

    def delete(self, segment: str, *, by: str) -> None:
        """Remove a segment that no campaign was made from.

        Raises:
            ConflictError: a campaign was made from it, and its history must stay.
        """
        held, workspace, now = self.get(segment), self._record.workspace_id, self._clock.now()
        with self._record.write() as connection:
            used = queries.campaigns_of(connection, workspace, held.segment_id)
            if used:
                raise ConflictError(f"Segment '{held.name}' stays: campaigns were made from it ({', '.join(used[:5])}).")
            queries.delete_segment(connection, workspace, held.segment_id)
            act = {"actor": by, "action": "segment.delete", "subject_type": "segment", "subject_id": held.segment_id}
            add_audit(connection, workspace, **act, at=now, detail={"name": held.name})


def _version(row: sa.RowMapping) -> SegmentVersion:
    tree = parse_filter(row["filter"])
    return SegmentVersion(
        id=row["id"],
        segment_id=row["segment_id"],
        name=row["name"],
        version=row["version"],
        filter=tree,
        sentence=describe(tree),
        description=row["description"],
        created_by=row["created_by"],
        created_at=row["created_at"],
        is_current=row["version"] == row["current_version"],
    )
