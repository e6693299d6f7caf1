"""The room that reads all others: findings, memory, the coach."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from gtm_pipelines.settings import bundle_root
from gtm_pipelines.wiring.mailing import Mailing

if TYPE_CHECKING:
    from gtm_pipelines.campaigns.model import CampaignStatus
    from gtm_pipelines.coaching.findings import FindingService
    from gtm_pipelines.coaching.model import Work

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
        from gtm_pipelines.coaching.rules import FILE_NAME, load

        places = (bundle_root() / "data" / "reference" / FILE_NAME, self.settings.home_path / FILE_NAME)
        return FindingService(
            lambda: load(places), self.metrics, self.experiments, self.marts, lambda: self.mailboxes.list(), self._work,
            self.settings.lights, self.clock,
        )  # fmt: skip

    def _work(self) -> Work:
        """Count what waits, as the pages do."""
        from gtm_pipelines.coaching.model import Work
        from gtm_pipelines.record import coaching

        live = [one for one in self.campaigns.list() if one.status in _LIVE][:_MOST_CAMPAIGNS]
        waiting = {one.name: _undecided(self.campaigns.status(one.id)) for one in live}
        return Work(
            **coaching.lists(self.record), review={name: count for name, count in waiting.items() if count > 0},
            unmatched=len(self.replies.unmatched(limit=200)), unknown=len(self.delivery.unknown()),
            doubles=self.matching.count(),
        )  # fmt: skip


def _undecided(status: CampaignStatus) -> int:
    """Return how many people have drafts of which none was decided on."""
    return status.drafted - status.approved - sum(status.messages.values()) if status.waiting_review else 0
