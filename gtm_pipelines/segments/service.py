"""Segments: preview a filter, save it as a version, find it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gtm_pipelines.clock import Clock
from gtm_pipelines.record.engine import Record
from gtm_pipelines.segments.fields import FIELDS, FilterField
from gtm_pipelines.segments.model import Entity, FilterTree, SegmentPreview, SegmentVersion

FilterLike = FilterTree | Mapping[str, Any] | str


class SegmentService:
    """Segments of one workspace."""

    def __init__(self, record: Record, clock: Clock) -> None:
        self._record = record
        self._clock = clock

    def fields(self) -> tuple[FilterField, ...]:
        """Return the fields a filter may name; attributes are named ``contact.attribute.NAME``."""
        return tuple(FIELDS.values())

    def preview(self, filter: FilterLike, *, entity: Entity = "contact", limit: int = 50, offset: int = 0) -> SegmentPreview:  # noqa: A002
        """Count what a filter matches and show one page of it."""
        raise NotImplementedError

    def save(self, name: str, filter: FilterLike, *, by: str, description: str | None = None) -> SegmentVersion:  # noqa: A002
        """Save a filter under a name; a changed one becomes a new version, an unchanged one none."""
        raise NotImplementedError

    def list(self) -> list[SegmentVersion]:
        """Return every segment at its current version, by name."""
        raise NotImplementedError

    def get(self, segment: str, *, version: int | None = None) -> SegmentVersion:
        """Return a segment by name or id; ``version`` names an earlier one."""
        raise NotImplementedError

    def versions(self, segment: str) -> Sequence[SegmentVersion]:
        """Return every version of a segment, newest first."""
        raise NotImplementedError
