"""How good context is, by a measure without a model.

``score = trust of the source × (0.5 completeness + 0.3 amount + 0.2 freshness)``, each part 0 to 1. Completeness
weighs most: a long page that leaves a topic out cannot answer for it. Trust is 1 for what a person gave or
confirmed and 0.9 for what was read or written by machine, so that nothing unseen by a person reaches 1.
The grades and the gate are the specification's; the weights are ours, set so that a home page alone stays
below the gate, and home, product and about pages of ordinary length pass it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from gtm_pipelines.enrichment.model import Page
from gtm_pipelines.strategy.model import Assessment, Document, sections

WEBSITE = "website_content"
PARTS = (0.5, 0.3, 0.2)
TOPICS = {"home": 0.35, "product": 0.25, "about": 0.15, "pricing": 0.15, "other": 0.10}
"""What each kind of page adds to completeness; any page of no such kind counts as ``other``."""
AMPLE = 4_000
"""Characters of visible text from which more adds little."""
LONG_HOME = 3_000
"""A home page of so many characters tells of the product too: many sites have only one page."""
LIFETIME_HOURS = {WEBSITE: 7 * 24.0}
"""How long context of a kind is taken as new; earlier documents as below."""
DOCUMENT_HOURS = 90 * 24.0
TRUST = {"website": 0.9, "given": 1.0, "strategy": 0.9, "confirmed": 1.0}


def lifetime_hours(context: str) -> float:
    """Return for how many hours context of a kind is new."""
    return LIFETIME_HOURS.get(context, DOCUMENT_HOURS)


def assess_pages(pages: Sequence[Page], now: datetime, *, source: str, cached: bool = False) -> Assessment:
    """Return how good what was read of a website is."""
    if not pages:
        return Assessment(WEBSITE, 0.0, None, ("nothing was read",), source)
    read = [page for page in pages if page.text.strip()]
    kinds = {page.kind if page.kind in TOPICS else "other" for page in read}
    if source == "given":
        kinds |= {"home", "product"}
    if any(page.kind == "home" and len(page.text) >= LONG_HOME for page in read):
        kinds.add("product")
    amount = sum(len(page.text.strip()) for page in read)
    age = max(0.0, max((now - page.fetched_at).total_seconds() / 3600 for page in pages))
    gaps = [f"no {kind} page" for kind in TOPICS if kind not in kinds and kind != "other"]
    if amount < AMPLE:
        gaps.append(f"only {amount:,} characters of visible text, {AMPLE:,} are ample")
    if age > lifetime_hours(WEBSITE):
        gaps.append(f"read {age / 24:.0f} days ago")
    parts = (sum(TOPICS[kind] for kind in kinds), min(1.0, amount / AMPLE), freshness(age, WEBSITE))
    return Assessment(WEBSITE, _score(parts, source), age, tuple(gaps), source, cached=cached)


def assess_document(document: Document | None, kind: str, now: datetime, *, confirmed: bool = False) -> Assessment:
    """Return how good an earlier document is as context for a later one; what was dropped from it counts as thin."""
    if document is None:
        return Assessment(kind, 0.0, None, (f"no {kind.replace('_', ' ')} is written yet",), "strategy")
    age = max(0.0, (now - document.created_at).total_seconds() / 3600)
    found = sections(document.content)
    kept = sum(len(claims) for claims in found.values())
    gaps = [f"nothing about {name.replace('_', ' ')}" for name, claims in found.items() if not claims]
    if age > DOCUMENT_HOURS:
        gaps.append(f"written {age / 24:.0f} days ago")
    parts = (document.coverage, kept / max(1, kept + len(document.dropped)), freshness(age, kind))
    trusted = confirmed or document.author.startswith("person:")
    score = _score(parts, "confirmed" if trusted else "strategy")
    return Assessment(kind, score, age, tuple(gaps), "strategy", document.number)


def freshness(age_hours: float, context: str) -> float:
    """Return how fresh context is: 1 for its lifetime, then falling to 0 over another."""
    lifetime = lifetime_hours(context)
    return max(0.0, min(1.0, 2.0 - age_hours / lifetime))


def _score(parts: tuple[float, float, float], source: str) -> float:
    weighed = sum(weight * min(1.0, part) for weight, part in zip(PARTS, parts, strict=True))
    return round(TRUST[source] * weighed, 4)
