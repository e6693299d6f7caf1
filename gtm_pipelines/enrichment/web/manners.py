"""How a visitor behaves: asks a host for its rules first, keeps to them, and waits for its turn."""

from __future__ import annotations

from dataclasses import dataclass, field

from gtm_pipelines.enrichment.web.address import Target
from gtm_pipelines.enrichment.web.fetch import Session
from gtm_pipelines.enrichment.web.model import FetchError
from gtm_pipelines.enrichment.web.politeness import Politeness
from gtm_pipelines.enrichment.web.robots import Robots, RobotsBook
from gtm_pipelines.settings_research import WebSettings


@dataclass
class Manners:
    """The manners of one visit, over what all visits on an event loop share."""

    settings: WebSettings
    session: Session
    robots: RobotsBook
    politeness: Politeness = field(default_factory=Politeness)

    async def admit(self, target: Target) -> None:
        """Return when a page may be asked for.

        Raises:
            FetchError: ``forbidden`` by the rules of its host, or ``busy`` where those cannot be had now.
        """
        rules = await self._rules(target)
        asked = min(rules.pause_seconds, self.settings.longest_delay_seconds)
        await self.politeness.turn(target.host, max(self.settings.delay_seconds, asked))

    async def allowed(self, target: Target) -> None:
        """Return if a part of a page, such as a script, may be asked for; like a visitor's browser, without a pause.

        Raises:
            FetchError: as ``admit``.
        """
        await self._rules(target)

    async def _rules(self, target: Target) -> Robots:
        rules = await self.robots.of(target, self.session, self.turn)
        if rules.closed:
            raise FetchError("busy", f"{target.host} may not be read now: {rules.closed}.", final_url=str(target))
        if not rules.allows(target):
            raise FetchError("forbidden", f"The robots.txt of {target.host} forbids {target.path[:200]}.", final_url=str(target))
        return rules

    async def turn(self, target: Target) -> None:
        """Return when the rules of a host may be asked for."""
        await self.politeness.turn(target.host, self.settings.delay_seconds)
