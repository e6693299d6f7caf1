"""What an answer is worth: whether it is a page, why not, and until when that holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from gtm_pipelines.enrichment.web.model import PASSING, Answer, Attempt, FetchError, Limits, Outcome
from gtm_pipelines.settings_research import WebSettings

HTML = ("text/html", "application/xhtml", "text/plain", "application/xml", "text/xml")
_PASSING_SPAN = timedelta(hours=1)
_LONGEST_WAIT_SECONDS = 7 * 24 * 3600.0
_BY_STATUS: Mapping[int, Outcome] = {
    401: "denied", 402: "denied", 403: "denied", 407: "denied", 451: "denied", 404: "missing", 410: "missing", 429: "busy",
}  # fmt: skip
_CONDITIONS = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}


def check(answer: Answer, now: datetime) -> None:
    """Look whether an answer is a page.

    Raises:
        FetchError: it is none; the outcome is what its status or its media type says.
    """
    status = answer.status
    if 200 <= status < 300:
        media = answer.headers.get("content-type", "").strip().lower()
        looks_so = answer.body[:200].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"
        if not (media.startswith(HTML[:2]) or (looks_so and (not media or media.startswith(HTML)))):
            raise FetchError("not_html", f"It is {media[:80] or 'of no known kind'}.", status=status, final_url=answer.final_url)
        return
    waits = retry_seconds(answer.headers.get("retry-after"), now)
    outcome = _BY_STATUS.get(status) or ("busy" if status == 503 and waits else "server_error" if status >= 500 else "odd_status")
    raise FetchError(outcome, f"It answers {status}.", status=status, final_url=answer.final_url, retry_after=waits)


def retry_seconds(header: str | None, now: datetime) -> float | None:
    """Read a Retry-After, in seconds or as a date; ``None`` where there is none that makes sense."""
    text = (header or "").strip()
    if text.isascii() and text.isdecimal():
        return min(float(text[:9]), _LONGEST_WAIT_SECONDS)
    try:
        at = parsedate_to_datetime(text) if text else None
    except (ValueError, TypeError, IndexError):
        return None
    if at is None:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max((at - now).total_seconds(), 0.0), _LONGEST_WAIT_SECONDS)


def failed(url: str, kind: str, error: FetchError, now: datetime, settings: WebSettings) -> Attempt:
    """Return an attempt that had no page."""
    if error.retry_after is not None:
        until = now + timedelta(seconds=error.retry_after)
    else:
        until = now + (_PASSING_SPAN if error.outcome in PASSING else timedelta(days=settings.failure_days))
    final = error.final_url[:2_000] if error.final_url else None
    return Attempt(url, error.outcome, now, until, kind, final, error.status, note=str(error)[:500])


def conditions(before: Attempt | None) -> dict[str, str]:
    """Return the headers by which a server may answer that a page is as it was."""
    if before is None or before.page is None:
        return {}
    return {_CONDITIONS[name]: value for name, value in before.validators.items() if name in _CONDITIONS}


def validators(answer: Answer) -> dict[str, str]:
    """Return the headers of an answer that later make ``conditions``."""
    return {name: answer.headers[name][:500] for name in _CONDITIONS if name in answer.headers}


def limits_of(settings: WebSettings) -> Limits:
    """Return the caps that the settings ask for."""
    return Limits(
        wire_bytes=settings.page_bytes,
        body_bytes=settings.page_bytes,
        connect_seconds=settings.connect_seconds,
        answer_seconds=settings.answer_seconds,
    )
