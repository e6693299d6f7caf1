"""Review: page through drafts, edit, approve exact bytes, reject, undo."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from gtm_pipelines.review.model import ApprovalReport, DraftView, RejectionReport, RevisionView

Progress = Callable[[int, int | None], None]


class ReviewService:
    """Decisions of people over a campaign's drafts."""

    def page(
        self,
        campaign: str,
        *,
        status: str | None = None,
        variant: str | None = None,
        search: str | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> list[DraftView]:
        """Return one page of drafts, variants of a target side by side."""
        raise NotImplementedError

    def count(self, campaign: str, *, status: str | None = None, variant: str | None = None, search: str | None = None) -> int:
        """Count the drafts ``page`` would show."""
        raise NotImplementedError

    def get(self, draft_id: str) -> DraftView:
        """Return one draft."""
        raise NotImplementedError

    def revisions(self, draft_id: str) -> list[RevisionView]:
        """Return every text the draft ever had, oldest first."""
        raise NotImplementedError

    def edit(self, draft_id: str, *, seen_revision: int, subject: str, body: str, by: str) -> DraftView:
        """Save a new revision; an approval of the old one is voided.

        Raises:
            StaleRevision: somebody saved another revision meanwhile; it carries both texts.
            ConflictError: a message was already queued from this draft.
        """
        raise NotImplementedError

    def approve(self, draft_ids: Sequence[str], *, by: str, seen: Mapping[str, str] | None = None) -> ApprovalReport:
        """Approve exactly the current texts.

        Args:
            seen: content hash the person looked at, by draft id; another one is refused as stale.
        """
        raise NotImplementedError

    def approve_recommended(self, campaign: str, *, by: str, progress: Progress | None = None) -> ApprovalReport:
        """Approve, for each target, the variant its coin chose, where nothing was decided yet."""
        raise NotImplementedError

    def reject(self, draft_ids: Sequence[str], *, by: str, reason: str) -> RejectionReport:
        """Reject drafts, with the reason learned from later."""
        raise NotImplementedError

    def undo(self, draft_id: str, *, by: str) -> DraftView:
        """Take back the latest approval or rejection."""
        raise NotImplementedError
