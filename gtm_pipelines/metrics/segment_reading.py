"""How each segment answered, and how far its people are those of other segments, too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from gtm_pipelines.metrics.model import Measure, measure
from gtm_pipelines.settings import LightSettings
from gtm_pipelines.warehouse.marts import Marts


@dataclass(frozen=True)
class SegmentReading:
    """One version of a segment over every campaign that used it."""

    segment_id: str
    segment: str
    version: int
    campaigns: int
    sent: int
    reply: Measure
    positive: Measure
    bounce: Measure
    unsubscribe: Measure

    @property
    def name(self) -> str:
        """What the version is called."""
        return f"{self.segment} v{self.version}"


@dataclass(frozen=True)
class Overlap:
    """Of the ``people`` that one version wrote to, ``both`` were written to by the other as well."""

    name: str
    other: str
    people: int
    both: int


class SegmentReadings:
    """Reads what the marts say of segments.

    Args:
        marts: the published marts.
        rules: the floors in force.
    """

    def __init__(self, marts: Marts, rules: LightSettings) -> None:
        self._marts, self._rules = marts, rules

    def versions(self) -> list[SegmentReading]:
        """Return every segment version that was written to, by name and version.

        Raises:
            MartMissingError: nothing has been published yet; the text says what to run.
        """
        rows = self._marts.polars("segment_performance").filter(pl.col("sent") + pl.col("refused") > 0)
        return [self._reading(row) for row in rows.sort("segment", "segment_version").iter_rows(named=True)]

    def overlaps(self) -> list[Overlap]:
        """Return each pair of versions that share people, once, those who share most first. Raises as ``versions`` does."""
        found: dict[frozenset[str], Overlap] = {}
        for row in self._marts.polars("segment_overlap").sort("shared", descending=True).iter_rows(named=True):
            one, other = (
                f"{row['segment']} v{row['segment_version']}",
                f"{row['other_segment']} v{row['other_version']}",
            )
            found.setdefault(frozenset((one, other)), Overlap(one, other, row["people"], row["shared"]))
        return [*found.values()]

    def _reading(self, row: Mapping[str, Any]) -> SegmentReading:
        delivered, floor = row["delivered"], self._rules.delivered_floor
        came_back, attempted = row["bounced"] + row["refused"], row["sent"] + row["refused"]
        return SegmentReading(
            segment_id=row["segment_id"],
            segment=row["segment"],
            version=row["segment_version"],
            campaigns=row["campaigns"],
            sent=row["sent"],
            reply=measure("reply_rate", row["replied"], delivered, floor),
            positive=measure("positive_reply_rate", row["positive"], delivered, floor),
            bounce=measure("bounce_rate", came_back, attempted, self._rules.sent_floor),
            unsubscribe=measure("unsubscribe_rate", row["unsubscribed"], delivered, floor),
        )
