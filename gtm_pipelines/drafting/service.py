"""Drafting: every variant for every active target, in batches that can be stopped and resumed."""

from __future__ import annotations

from collections.abc import Callable

from gtm_pipelines.drafting.model import DraftReport

Progress = Callable[[int, int | None], None]


class DraftingService:
    """Writes drafts of a campaign with one drafter."""

    def draft(self, campaign: str, *, progress: Progress | None = None) -> DraftReport:
        """Write every draft that is missing; those that exist stay as they are."""
        raise NotImplementedError
