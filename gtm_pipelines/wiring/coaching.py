"""The room that reads all others: findings, memory, the coach."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from gtm_pipelines.settings import bundle_root
from gtm_pipelines.wiring.mailing import Mailing

if TYPE_CHECKING:
    from gtm_pipelines.coaching.analysing import AnalysisService
    from gtm_pipelines.coaching.asking import Material, Wording
    from gtm_pipelines.coaching.findings import FindingService
    from gtm_pipelines.coaching.looks import Looks
    from gtm_pipelines.coaching.memory import MemoryService
    from gtm_pipelines.coaching.model import Work
    from gtm_pipelines.coaching.service import CoachService
    from gtm_pipelines.drafting.checks.found import Found

_LIVE = ("drafting", "ready", "sending")
_MOST_CAMPAIGNS = 20
"""Campaigns whose waiting drafts are counted: as many as the list of what to do looks at."""


@dataclass(frozen=True)
class Coaching(Mailing):
    """What the figures mean, what to do, and what is remembered of the user."""

    @cached_property
    def findings(self) -> FindingService:
        """What rules see in the figures."""
        from gtm_pipelines.coaching.findings import FindingService
        from gtm_pipelines.coaching.held import Held
        from gtm_pipelines.coaching.rules import FILE_NAME, load

        places = (bundle_root() / "data" / "reference" / FILE_NAME, self.settings.home_path / FILE_NAME)
        return FindingService(
            Held(load, places), self.metrics, self.experiments, self.marts, lambda: self.mailboxes.list(), self._work,
            self.settings.lights, self.clock,
        )  # fmt: skip

    @cached_property
    def memory(self) -> MemoryService:
        """What the coach believes about the user, talks, and the user's own rates."""
        from gtm_pipelines.coaching.memory import MemoryService

        return MemoryService(self.record, self.clock)

    @cached_property
    def looks(self) -> Looks:
        """The read-only questions that the coach may put."""
        from gtm_pipelines.coaching.looks import Looks

        return Looks(
            self.metrics, self.experiments, self.marts, lambda: self.mailboxes.list(), self._work, self.memory.own_rates,
            self.settings.lights,
        )  # fmt: skip

    @cached_property
    def analyses(self) -> AnalysisService:
        """Looks at campaigns that are kept and compared."""
        from gtm_pipelines.coaching.analysing import AnalysisService
        from gtm_pipelines.metrics.intervals import difference

        return AnalysisService(self.record, self.clock, self.looks, self.findings, difference)

    @cached_property
    def coach(self) -> CoachService:
        """Answers questions with the record's own figures, in a model's words where there is one."""
        from gtm_pipelines.coaching.held import Held
        from gtm_pipelines.coaching.service import CoachService
        from gtm_pipelines.coaching.topics import FILE_NAME, load
        from gtm_pipelines.coaching.turn import Desk

        places = (bundle_root() / "data" / "reference" / FILE_NAME, self.settings.home_path / FILE_NAME)
        benchmarks = lambda: self.metrics.benchmarks  # noqa: E731
        desk = Desk(self.looks, self.findings, self.memory, Held(load, places), benchmarks)
        return CoachService(desk, self._wording() if self.settings.models else None)

    def _wording(self) -> Wording:
        from gtm_pipelines.coaching.asking import Wording
        from gtm_pipelines.coaching.checking import Checker

        def checker(read: Material) -> Checker:
            names = [one.campaign for one in self.looks.campaigns()]
            return Checker(read.figures, names, amounts, read.language, read.campaign)

        return Wording(lambda: self.llm, checker)

    def _work(self) -> Work:
        """Count what waits, as the pages do."""
        from gtm_pipelines.coaching.model import Work
        from gtm_pipelines.record import coaching

        live = [one for one in self.campaigns.list() if one.status in _LIVE][:_MOST_CAMPAIGNS]
        waiting = {one.name: self.campaigns.status(one.id).waiting_review for one in live}
        return Work(
            **coaching.lists(self.record), review={name: count for name, count in waiting.items() if count > 0},
            unmatched=len(self.replies.unmatched(limit=200)), unknown=len(self.delivery.unknown()),
            doubles=self.matching.count(),
        )  # fmt: skip


def amounts(text: str) -> list[Found]:
    """Return every number of a text, in digits and in words, in order; of those that overlap the longer."""
    from gtm_pipelines.drafting.checks.numbers import numbers
    from gtm_pipelines.drafting.checks.spelled import shares, spelled

    found: list[Found] = []
    for one in sorted([*shares(text), *numbers(text), *spelled(text, everything=True)], key=lambda one: (one.start, -one.end)):
        if not found or one.start >= found[-1].end:
            found.append(one)
    return found
