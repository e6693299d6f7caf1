"""What an HTTP answer means for the message and for the mailbox (RFC 9110; the vendors' own lists of errors)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from gtm_pipelines.delivery.model import SendResult

_KEY = frozenset({401, 403})
_SETTINGS = frozenset({404, 405})
_IN_DOUBT = frozenset({500, 502, 504})
_RETRY_SECONDS = 60.0
_LONGEST_SECONDS = 86_400.0
_TOLD = 300


@dataclass(frozen=True)
class Answer:
    """One whole answer: status, headers by lower-case name, and the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON, ``None`` where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @property
    def words(self) -> str:
        """What a person may read of it, on one line."""
        said = self.json
        if isinstance(said, Mapping):
            told = said.get("message") or said.get("error") or said.get("errors")
            if told:
                text = told if isinstance(told, str) else json.dumps(told, ensure_ascii=False)
                return " ".join(text.split())[:_TOLD]
        return " ".join(self.body[: _TOLD * 4].decode("utf-8", "replace").split())[:_TOLD] or "no words"


def judged(answer: Answer, now: datetime, *, repeats_safely: bool, finished: bool) -> SendResult | None:
    """Judge an answer; ``None`` where it is one of success.

    Args:
        answer: the answer.
        now: for a Retry-After that is a date.
        repeats_safely: whether the vendor makes no second mail of a repeated request.
        finished: whether the request had gone out whole; an answer before that says that nothing was taken.
    """
    status, words = answer.status, answer.words
    if 200 <= status < 300:
        return None if finished else SendResult("deferred", f"It answered before it had the message: {words}", stops_mailbox=True)
    if status in _KEY:
        hint = "Check the mailbox's key, its rights, and that the vendor has verified the domain."
        return SendResult("deferred", f"{words} {hint}", stops_mailbox=True, authentication=True)
    if status == 402:
        return SendResult("deferred", f"{words} The account has no credit left. Top it up.", stops_mailbox=True)
    if status == 429:
        wait = retry_seconds(answer.headers, now) or _RETRY_SECONDS
        return SendResult("deferred", words, stops_mailbox=True, retry_seconds=wait)
    if status == 409:
        return SendResult("unknown" if finished else "deferred", words)
    if status in _SETTINGS or 300 <= status < 400:
        return SendResult("deferred", f"{words} Check base_url and campaigns of the mailbox.", stops_mailbox=True)
    if status >= 500 or status in (408, 425):
        return _down(answer, now, words, in_doubt=finished and not repeats_safely)
    return SendResult("failed", words)


def retry_seconds(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return how long a vendor asks to be left alone: ``Retry-After`` in seconds or as a date (RFC 9110, 10.2.3).

    Else the reset of its limit: ``ratelimit-reset`` in seconds, ``x-ratelimit-reset`` as seconds since 1970.
    """
    said = headers.get("retry-after", "").strip()
    if said.isdecimal():
        return min(float(said[:9]), _LONGEST_SECONDS)
    if said:
        try:
            moment = parsedate_to_datetime(said)
        except (TypeError, ValueError):
            return None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return min(max((moment - now).total_seconds(), 1.0), _LONGEST_SECONDS)
    reset = headers.get("ratelimit-reset", "").strip()
    if reset.isdecimal():
        return min(float(reset[:9]), _LONGEST_SECONDS)
    since_1970 = headers.get("x-ratelimit-reset", "").strip()
    if since_1970.isdecimal():
        return min(max(float(since_1970[:12]) - now.timestamp(), 1.0), _LONGEST_SECONDS)
    return None


def _down(answer: Answer, now: datetime, words: str, *, in_doubt: bool) -> SendResult:
    if in_doubt and answer.status in _IN_DOUBT:
        return SendResult("unknown", f"{words} It may have taken the message before it failed.")
    return SendResult("deferred", words, stops_mailbox=True, retry_seconds=retry_seconds(answer.headers, now))
