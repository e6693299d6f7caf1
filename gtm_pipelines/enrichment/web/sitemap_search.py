"""Pages that a site lists and its home page does not show."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from gtm_pipelines.enrichment.web import address
from gtm_pipelines.enrichment.web.address import Target
from gtm_pipelines.enrichment.web.fetch import Session
from gtm_pipelines.enrichment.web.kinds import choose
from gtm_pipelines.enrichment.web.manners import Manners
from gtm_pipelines.enrichment.web.model import FetchError, Limits
from gtm_pipelines.enrichment.web.sitemap import read_sitemap

_MOST = 12


async def listed_pages(
    base: Target, session: Session, manners: Manners, limits: Limits, is_late: Callable[[], bool]
) -> list[tuple[str, str]]:
    """Return (kind, address) of the pages worth reading that the site map of ``base`` lists; none where it has no map.

    Raises:
        FetchError: never; a site without a map is the common case.
    """
    search = _Search(base, session, manners, limits, is_late)
    try:
        rules = await manners.robots.of(base, session, manners.turn)
    except FetchError:
        return []
    first = rules.sitemaps[0] if rules.sitemaps else f"{base.origin}/sitemap.xml"
    return choose([(url, "") for url in await search.pages(first, deeper=True)], _MOST)


@dataclass(frozen=True)
class _Search:
    base: Target
    session: Session
    manners: Manners
    limits: Limits
    is_late: Callable[[], bool]

    async def pages(self, url: str, *, deeper: bool) -> list[str]:
        """Return the pages of the site in one map; of an index, those of its likeliest part."""
        if self.is_late() or not self._is_of_site(url):
            return []
        try:
            answer = await self.session.fetch(
                url, admit=self.manners.admit, accept="application/xml,text/xml,*/*;q=0.5", limits=self.limits
            )
        except FetchError:
            return []
        if answer.status != 200:
            return []
        found = await asyncio.to_thread(read_sitemap, answer.body, self.limits)
        if deeper and not found.pages and found.indexes:
            best = next((one for one in found.indexes if "page" in one), found.indexes[0])
            return await self.pages(best, deeper=False)
        return [page for page in found.pages if self._is_of_site(page)]

    def _is_of_site(self, url: str) -> bool:
        try:
            host = address.parse(url, ports=self.session.ports).host
        except FetchError:
            return False
        return host.removeprefix("www.") == self.base.host.removeprefix("www.")
