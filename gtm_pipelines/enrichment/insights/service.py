"""Insights about companies and people: points by rule, claims by a model that has no hands, all of it checked.

One call a subject, with that subject's own facts and pages and nobody else's; a closed form and no tools. What no
quote carries is dropped and kept as dropped. Unchanged inputs are not asked about twice, so a stopped run goes on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from gtm_pipelines.clock import Clock
from gtm_pipelines.enrichment.icp import Icp
from gtm_pipelines.enrichment.insights.model import Insight
from gtm_pipelines.enrichment.insights.run import ROLE, About, Models, Progress, Run
from gtm_pipelines.enrichment.insights.stored import insight_of
from gtm_pipelines.enrichment.source import SubjectType
from gtm_pipelines.errors import SettingsError
from gtm_pipelines.record import insights, merges, research, strategies
from gtm_pipelines.record.engine import Record


@dataclass(frozen=True)
class InsightReport:
    """What a run did.

    Attributes:
        subjects: looked at.
        unchanged: whose insight still holds.
        bare: of whom nothing is known that could be told.
        made: insights written.
        asked: of how many a model was asked.
        kept: claims that stand.
        dropped: why claims were dropped → how many.
        failed: of how many no model gave a usable answer.
        withheld: lines of pages that spoke to machines and were shown to none.
        cost_usd: what the models took.
        stopped: why the run ended early; ``None`` where it did not.
        notes: what a person should know of how it was done.
    """

    subjects: int = 0
    unchanged: int = 0
    bare: int = 0
    made: int = 0
    asked: int = 0
    kept: int = 0
    dropped: dict[str, int] = field(default_factory=dict)
    failed: int = 0
    withheld: int = 0
    cost_usd: float = 0.0
    stopped: str | None = None
    notes: tuple[str, ...] = ()


class InsightService:
    """Makes insights.

    Args:
        record: where everything is.
        clock: what the time is.
        models: asked for claims.
        members: the ids behind a segment.
        concurrency: most subjects worked on at once.
    """

    def __init__(
        self,
        record: Record,
        clock: Clock,
        models: Models,
        members: Callable[[str, SubjectType], list[str]],
        concurrency: int,
    ) -> None:
        self._record, self._clock, self._models = record, clock, models
        self._members, self._concurrency = members, concurrency

    def of(self, kind: SubjectType, subject_id: str) -> Insight | None:
        """Return the newest insight about a company or contact, or about one merged with it."""
        with self._record.read() as connection:
            row = insights.newest(connection, self._record.workspace_id, kind, subject_id)
        return insight_of(row) if row is not None else None

    def best(self, kind: SubjectType, limit: int = 20) -> list[Insight]:
        """Return the newest insights of those who fit best, best first."""
        with self._record.read() as connection:
            return [insight_of(row) for row in insights.best(connection, self._record.workspace_id, kind, limit)]

    def run(self, about: About, *, dry_run: bool = False, progress: Progress | None = None) -> InsightReport:
        """Make the insights that are missing or whose inputs have changed; goes on where it was stopped.

        Args:
            about: whom.
            dry_run: only count who would be asked about.
            progress: told ``(done, total)``.

        Raises:
            NotFoundError: there is no such segment.
            SettingsError: a configured model lacks its key.
            InputError: the stored profile cannot be read.
        """
        stored = strategies.icp(self._record, about.strategy)
        icp = Icp.read(stored) if stored else None
        notes = [] if icp else ["No strategy is confirmed, so nobody is scored: gtm strategy confirm NAME."]
        asks = about.model and self._has_model()
        if not asks:
            notes.append("No language model was asked: points by rule only, no claims. Add a [[models]] table for more.")
        run = Run(self._record, self._clock, self._models if asks else None, icp, about, dry_run)
        with self._record.read() as connection:
            ids = self._ids(connection, about)
        if icp is None and not asks:
            return InsightReport(subjects=len(ids), bare=len(ids), notes=tuple(notes))
        tally = asyncio.run(run.all(ids, self._concurrency, progress or (lambda _done, _total: None)))
        return InsightReport(notes=tuple(notes), **tally)

    def _has_model(self) -> bool:
        try:
            return bool(self._models.order(ROLE))
        except SettingsError:
            return False

    def _ids(self, connection: Any, about: About) -> list[str]:
        workspace_id, kind = self._record.workspace_id, about.type
        if about.ids is not None or about.segment is not None:
            wanted = about.ids if about.ids is not None else self._members(about.segment or "", kind)
            found = merges.roots(connection, workspace_id, kind, wanted).values()
            return list(dict.fromkeys(found))[: about.limit]
        everybody = _everybody(connection, workspace_id, kind)
        return [one for _, one in zip(range(about.limit), everybody, strict=False)] if about.limit else list(everybody)


def _everybody(connection: Any, workspace_id: str, kind: str) -> Iterator[str]:
    after = ""
    while found := research.ids_after(connection, workspace_id, kind, after, 5_000):
        yield from found
        after = found[-1]
