"""The orchestrator of context: what each document needs, how good what is there is, and how what is missing is had.

Nothing is hidden: whatever a document was written from stands in it, with its source, age, quality and gaps.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol
from urllib.parse import urlsplit

from gtm_pipelines.clock import Clock
from gtm_pipelines.enrichment.model import Page
from gtm_pipelines.errors import GtmError, InputError
from gtm_pipelines.ids import digest
from gtm_pipelines.record import strategies as queries
from gtm_pipelines.record.engine import Record
from gtm_pipelines.strategy.assess import WEBSITE, assess_document, assess_pages, lifetime_hours
from gtm_pipelines.strategy.model import GATE, Assessment, ContextMissingError, Kind, Strategy

MAX_PAGES = 12
"""Most pages read of one website: home, product, pricing, about and their like are among them."""
OPTIONAL = 0.6
"""Least quality at which optional context is used (the specification's figure)."""


class WebReader(Protocol):
    """What reads websites."""

    async def read(
        self, url: str, company_id: str | None = None, max_pages: int = ..., *, again: bool = ...
    ) -> list[Page]:  # fmt: skip
        """Read the pages of a website that say most about it; ``again`` asks for every one, whatever is on record."""
        ...


@dataclass(frozen=True)
class Requirement:
    """What a document is written from.

    Attributes:
        context: ``website_content`` or the kind of an earlier document.
        required: whether the document is not written below the threshold.
        threshold: least quality at which it is used.
        sources: how it is had, in the order in which they are tried.
    """

    context: str
    required: bool
    threshold: float
    sources: tuple[str, ...]


def _requirements(**kinds: str) -> Mapping[Kind, tuple[Requirement, ...]]:
    """Read ``website* product_overview``: a star marks what is required."""
    found: dict[Any, tuple[Requirement, ...]] = {}
    for kind, words in kinds.items():
        needs = []
        for word in words.split():
            name, required = word.rstrip("*"), word.endswith("*")
            sources = ("given", "cache", "website") if name == WEBSITE else ("strategy", f"write {name}")
            needs.append(Requirement(name, required, GATE if required else OPTIONAL, sources))
        found[kind] = tuple(needs)
    return found


REQUIREMENTS = _requirements(
    product_overview="website_content*",
    target_company="website_content* product_overview",
    target_persona="website_content* product_overview target_company",
    positioning="website_content* product_overview target_company* target_persona*",
    email_strategy="website_content* product_overview* target_company* target_persona* positioning*",
    data_sources="target_company* target_persona",
)
"""What each document is written from (the specification's table of endpoints and their context)."""


@dataclass(frozen=True)
class Gathered:
    """What a document may be written from."""

    pages: tuple[Page, ...]
    earlier: tuple[Kind, ...]
    assessments: tuple[Assessment, ...]

    @property
    def weakest(self) -> float:
        """The least quality among what is used."""
        return min((each.score for each in self.assessments if each.score >= OPTIONAL), default=0.0)


def needed(kind: Kind, have: Mapping[Kind, Any]) -> list[Kind]:
    """Return the documents to write for ``kind``, itself last: those it requires and lacks, and what these require."""
    found: list[Kind] = []
    for requirement in REQUIREMENTS[kind]:
        name = requirement.context
        if requirement.required and name != WEBSITE and name not in have:
            found += [each for each in needed(name, have) if each not in found]  # type: ignore[arg-type]
    return [*found, kind]


class Orchestrator:
    """Gathers context for documents and keeps what was read of an address.

    Args:
        record: where context is kept.
        clock: tells how old it is.
        web: reads websites.
    """

    def __init__(self, record: Record, clock: Clock, web: WebReader) -> None:
        self._record, self._clock, self._web = record, clock, web

    def gather(self, kind: Kind, strategy: Strategy, *, given: Sequence[Page] = (), refresh: bool = False) -> Gathered:
        """Assess what is there, fetch what is missing, and let pass only what is good enough.

        Args:
            kind: the document that is to be written.
            strategy: with the documents written so far.
            given: pages that a person brought.
            refresh: read the website anew, whatever is kept.

        Raises:
            ContextMissingError: required context stays below its threshold; says which and what to do.
            GtmError: the website cannot be read and nothing was kept or given; as the reader raised it.
        """
        pages: tuple[Page, ...] = ()
        used: list[Assessment] = []
        for requirement in REQUIREMENTS[kind]:
            if requirement.context == WEBSITE:
                pages, found = self.website(strategy.website, given=given, refresh=refresh)
            else:
                found = self._document(requirement.context, strategy)
            if found.score >= requirement.threshold:
                used.append(found)
            elif requirement.required:
                raise ContextMissingError(_advice(kind, strategy, requirement, found), (*used, found))
            else:
                used.append(replace(found, gaps=(*found.gaps, "not used: below its threshold"), version=None))
        earlier = tuple(each.context for each in used if each.version is not None)
        return Gathered(pages, earlier, tuple(used))  # type: ignore[arg-type]

    def website(
        self, url: str, *, given: Sequence[Page] = (), refresh: bool = False, fetch: bool = True
    ) -> tuple[tuple[Page, ...], Assessment]:
        """Return the pages of a website and how good they are: given, kept, or read now.

        Given pages are put before those of the site; where they are good enough alone, nothing is read.
        """
        now = self._clock.now()
        if given:
            found = assess_pages(given, now, source="given")
            if found.score >= GATE:
                return tuple(given), found
        kept, hit = self._kept(url), False
        if kept and not refresh and kept["expires_at"] > now:
            pages, hit = _pages(kept["content"]), True
            queries.count_hit(self._record, kept["id"])
        elif fetch:
            pages = self._read(url, kept, given, again=refresh)
        else:
            pages = ()
        if given:
            return (*given, *pages), self._together(given, pages, now, cached=hit)
        return pages, assess_pages(pages, now, source="website", cached=hit)

    def use(self) -> tuple[int, int]:
        """Return how often kept pages were used, and how often a website had to be read."""
        return queries.context_use(self._record)

    def _together(self, given: Sequence[Page], pages: Sequence[Page], now: datetime, *, cached: bool) -> Assessment:
        alone = assess_pages(given, now, source="given")
        both = assess_pages([*given, *pages], now, source="website", cached=cached)
        return both if both.score >= alone.score else alone

    def _read(self, url: str, kept: Any, given: Sequence[Page], *, again: bool) -> tuple[Page, ...]:
        try:
            pages = tuple(asyncio.run(self._web.read(url, max_pages=MAX_PAGES, again=again)))
        except GtmError:
            if kept is None and not given:
                raise
            return _pages(kept["content"]) if kept else ()
        if any(page.text.strip() for page in pages):
            self._keep(url, pages)
        return pages

    def _keep(self, url: str, pages: Sequence[Page]) -> None:
        now = self._clock.now()
        found = assess_pages(pages, now, source="website")
        queries.keep_context(
            self._record,
            {
                "url_hash": digest(plain_address(url)),
                "url": plain_address(url),
                "kind": WEBSITE,
                "content": {"pages": [_as_json(page) for page in pages]},
                "quality": found.score,
                "gaps": list(found.gaps),
                "sources": [page.final_url for page in pages],
                "created_at": now,
                "expires_at": now + timedelta(hours=lifetime_hours(WEBSITE)),
            },
        )

    def _kept(self, url: str) -> Any:
        return queries.context(self._record, digest(plain_address(url)), WEBSITE)

    def _document(self, context: str, strategy: Strategy) -> Assessment:
        kind: Kind = context  # type: ignore[assignment]
        confirmed = strategy.status == "confirmed"
        return assess_document(strategy.documents.get(kind), context, self._clock.now(), confirmed=confirmed)


def plain_address(url: str) -> str:
    """Return an address in the one form under which it is kept: host and path, without scheme, ``www`` and fragment.

    Raises:
        InputError: it is no web address.
    """
    text = url.strip()
    parts = urlsplit(text if "://" in text else f"https://{text}")
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in ("http", "https") or "." not in host or any(sign.isspace() for sign in text):
        raise InputError(f"'{url}' is no web address. Write it as https://example.com.")
    port = f":{parts.port}" if parts.port else ""
    return f"{host.removeprefix('www.')}{port}{parts.path.rstrip('/')}" + (f"?{parts.query}" if parts.query else "")


def _advice(kind: Kind, strategy: Strategy, requirement: Requirement, found: Assessment) -> str:
    title, lacking = kind.replace("_", " "), requirement.context.replace("_", " ")
    told = (
        f"The {title} is not written: its {lacking} is {found.quality} ({found.score:.0%}, needed {requirement.threshold:.0%}). "
        f"Missing: {'; '.join(found.gaps) or 'enough that can be quoted'}. "
    )
    if requirement.context == WEBSITE:
        return told + (
            f"Bring the missing text as files: gtm strategy run '{strategy.name}' --page FILE. If the site has changed, "
            "read it anew with --refresh; if it is drawn by scripts, turn rendering on."
        )
    return told + (
        f"Write or mend it first: gtm strategy run '{strategy.name}' --only {requirement.context} --again, "
        f"or correct it: gtm strategy correct '{strategy.name}' {requirement.context}."
    )


def _as_json(page: Page) -> dict[str, Any]:
    names = ("url", "final_url", "kind", "title", "text", "language")
    return {**{name: getattr(page, name) for name in names}, "data": dict(page.data), "fetched_at": page.fetched_at.isoformat()}


def _pages(content: Mapping[str, Any]) -> tuple[Page, ...]:
    return tuple(Page(**{**page, "fetched_at": datetime.fromisoformat(page["fetched_at"])}) for page in content["pages"])
