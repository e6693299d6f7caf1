"""Campaigns: freeze a segment's contacts, follow the campaign, let a person release it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gtm_pipelines.campaigns.model import Campaign, CampaignSettings, CampaignStatus, Target

Progress = Callable[[int, int | None], None]


class CampaignService:
    """Campaigns of one workspace. A campaign is named by its name or id everywhere."""

    def create(
        self,
        name: str,
        *,
        segment: str,
        pack: str,
        mailboxes: Sequence[str],
        by: str,
        variants: Sequence[str] | None = None,
        settings: CampaignSettings | None = None,
        progress: Progress | None = None,
    ) -> Campaign:
        """Create a campaign and freeze its targets in one transaction.

        Args:
            segment: name or id, at its current version.
            pack: ``NAME`` for the newest version or ``NAME@VERSION``.
            mailboxes: names of sender identities, in order of rotation.
            variants: the pack's variants to compare; all if absent.
        """
        raise NotImplementedError

    def get(self, campaign: str) -> Campaign:
        """Return a campaign by name or id."""
        raise NotImplementedError

    def list(self) -> list[Campaign]:
        """Return every campaign, newest first."""
        raise NotImplementedError

    def targets(self, campaign: str, *, status: str | None = None, limit: int = 50, offset: int = 0) -> Sequence[Target]:
        """Return one page of a campaign's targets."""
        raise NotImplementedError

    def status(self, campaign: str) -> CampaignStatus:
        """Return every count of the funnel, from the record."""
        raise NotImplementedError

    def advance(self, campaign: str, status: str, *, by: str = "system") -> Campaign:
        """Pass to another state; ``sending`` only by ``release``."""
        raise NotImplementedError

    def release(self, campaign: str, *, by: str) -> Campaign:
        """A person says send: the campaign becomes ``sending``. Saying it twice changes nothing."""
        raise NotImplementedError

    def hold(self, campaign: str, *, by: str) -> Campaign:
        """A person says stop: the campaign goes back to ``ready`` and is no longer released."""
        raise NotImplementedError

    def archive(self, campaign: str, *, by: str) -> Campaign:
        """Put a campaign away for good."""
        raise NotImplementedError
