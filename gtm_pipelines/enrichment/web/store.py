"""Attempts as rows of the record, and rows as attempts that still hold."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from gtm_pipelines.enrichment.model import Page
from gtm_pipelines.enrichment.web.model import Attempt
from gtm_pipelines.record import pages
from gtm_pipelines.record.engine import Record

_OWN = "_reading"
"""Key in ``page.data`` of what only the next reading needs: links, validators, the note of a failure."""


def newest(record: Record, urls: Collection[str]) -> dict[str, Attempt]:
    """Return address → the newest attempt to read it, also one that has expired."""
    return {url: to_attempt(row) for url, row in pages.newest(record, urls).items()}


def keep(record: Record, attempts: Sequence[Attempt], company_id: str | None, run_id: str | None) -> None:
    """Write new attempts down under a company, in one transaction; those that stand there already are left alone."""
    pages.add(record, [(_row(attempt) | {"run_id": run_id}, _where(attempt)) for attempt in attempts], company_id)


def _where(attempt: Attempt) -> pages.Where:
    return pages.NEW if attempt.fresh else pages.Where(attempt.company_id)


def to_attempt(row: Any) -> Attempt:
    """Return a row as an attempt that was made before."""
    data: dict[str, Any] = dict(row.data or {})
    own: Mapping[str, Any] = data.pop(_OWN, {})
    page = None
    if row.outcome == "read":
        page = Page(
            row.url,
            row.final_url or row.url,
            row.kind or "other",
            row.title or "",
            row.text or "",
            row.language,
            data,
            row.fetched_at,
        )
    return Attempt(
        url=row.url, outcome=row.outcome, fetched_at=row.fetched_at, expires_at=row.expires_at or row.fetched_at,
        kind=row.kind or "other", final_url=row.final_url, status=row.http_status, note=own.get("note", ""), sha256=row.sha256,
        size=row.size, page=page, validators=own.get("validators", {}),
        links=tuple((kind, url) for kind, url in own.get("links", ())), company_id=row.company_id, fresh=False,
    )  # fmt: skip


def _row(attempt: Attempt) -> dict[str, Any]:
    page = attempt.page
    own = {"note": attempt.note, "validators": dict(attempt.validators), "links": [list(link) for link in attempt.links]}
    own = {name: value for name, value in own.items() if value}
    data = dict(page.data) if page else {}
    return {
        "url": attempt.url,
        "final_url": attempt.final_url,
        "kind": attempt.kind,
        "outcome": attempt.outcome,
        "http_status": attempt.status,
        "title": page.title if page else None,
        "text": page.text if page else None,
        "language": page.language if page else None,
        "sha256": attempt.sha256,
        "data": data | ({_OWN: own} if own else {}),
        "size": attempt.size,
        "fetched_at": attempt.fetched_at,
        "expires_at": attempt.expires_at,
    }
