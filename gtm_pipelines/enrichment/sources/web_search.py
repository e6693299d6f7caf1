"""Web search by ``ddgs``, which asks public search engines: finds the website of a company that has none on record.

Free and without a key. Only the addresses and titles of results are used; no page is opened here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from gtm_pipelines.clock import Clock
from gtm_pipelines.enrichment.registry import Setup
from gtm_pipelines.enrichment.source import (
    Fact,
    Price,
    SourceAnswerError,
    SourceBusyError,
    Subject,
    SubjectType,
)
from gtm_pipelines.enrichment.sources.names import best
from gtm_pipelines.enrichment.sources.own import FREE, Findings

RESULTS = 8
Search = Callable[[str, str, int], Sequence[Mapping[str, str]]]
"""Takes the words, a region such as ``de-de`` and the most results; gives ``title`` and ``href`` of each."""


@dataclass
class WebSearch:
    """Looks for a company by its name, and takes the site that is named as it is."""

    search: Search
    clock: Clock
    name: str = "web_search"
    subjects: frozenset[SubjectType] = frozenset({"company"})
    fields: frozenset[str] = frozenset({"website", "domain"})
    price: Price = FREE
    needs: frozenset[str] = frozenset({"name"})
    per_host: bool = False

    async def enrich(self, subject: Subject) -> list[Fact]:
        """Return the website that is most surely the company's."""
        asked = self.question(subject)
        if asked is None:
            return []
        results = await asyncio.to_thread(self.search, asked["words"], asked["region"], RESULTS)
        try:
            pairs = [(str(one["href"]), str(one.get("title", ""))) for one in results]
        except (KeyError, TypeError, AttributeError) as error:
            raise SourceAnswerError(f"The search engine's results cannot be read: {error!r}. Update ddgs.") from error
        found = best(subject.known["name"], pairs)
        if found is None:
            return []
        values = {"website": found.website, "domain": found.domain}
        return Findings(self.name, self.clock).facts(values, found.confidence, url=found.website, evidence=found.title or None)

    def question(self, subject: Subject) -> Mapping[str, str] | None:
        """Ask for the name, with the place where it is known."""
        name = subject.known.get("name")
        if not name:
            return None
        country = subject.known.get("country_code", "").lower()
        return {"words": " ".join([name, subject.known.get("city", "")]).strip(), "region": _REGIONS.get(country, "us-en")}

    async def aclose(self) -> None:
        """Nothing is open."""


def make(setup: Setup) -> WebSearch:
    """Return the source; the engines are loaded at the first question."""
    return WebSearch(lambda *asked: ask_engines(*asked, seconds=setup.settings.timeout_seconds), setup.clock)


def ask_engines(words: str, region: str, most: int, *, seconds: float) -> Sequence[Mapping[str, str]]:
    """Ask the search engines of ``ddgs``.

    Raises:
        SourceBusyError: the engines limit us, or do not answer.
    """
    from ddgs import DDGS
    from ddgs.exceptions import DDGSException, RatelimitException, TimeoutException

    try:
        return list(DDGS(timeout=int(seconds)).text(words, region=region, max_results=most))
    except (RatelimitException, TimeoutException) as error:
        raise SourceBusyError(f"The search engines are busy: {error}. Asked again later.") from error
    except DDGSException as error:
        if "no results" in str(error).casefold():
            return []
        raise SourceBusyError(f"The search engines did not answer: {error}.") from error


_REGIONS = {
    "us": "us-en", "gb": "uk-en", "ie": "ie-en", "au": "au-en", "ca": "ca-en", "de": "de-de", "at": "at-de", "ch": "ch-de",
    "fr": "fr-fr", "es": "es-es", "it": "it-it", "nl": "nl-nl", "pl": "pl-pl", "se": "se-sv", "fi": "fi-fi", "ru": "ru-ru",
    "ua": "ua-uk", "kz": "ru-ru", "by": "ru-ru", "lv": "lv-lv", "lt": "lt-lt", "ee": "ee-et",
}  # fmt: skip
"""Country → the region as the engines call it."""
