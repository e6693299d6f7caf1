"""Values of reading websites: what became of an attempt, how much of a site is asked for, and how it can fail. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from gtm_pipelines.enrichment.model import Page
from gtm_pipelines.errors import GtmError

Outcome = Literal[
    "read", "forbidden", "refused_address", "refused_url", "no_such_host", "resolver_down", "unreachable", "tls", "timeout",
    "busy", "missing", "denied", "server_error", "odd_status", "redirects", "not_html", "too_large", "bomb", "encoding",
    "protocol", "empty", "unreadable", "twin",
]  # fmt: skip
"""What became of an attempt to read a page. ``forbidden`` is robots.txt's word; ``bomb`` unpacked to far more than it was;
``twin`` is the same page as one read before it in the same visit."""

PASSING: frozenset[str] = frozenset({"resolver_down", "unreachable", "timeout", "busy", "server_error"})
"""Outcomes that may be others in an hour."""

KINDS = ("home", "about", "product", "pricing", "team", "contact", "careers", "news", "legal", "other")


class FetchError(GtmError):
    """A page was not had. ``outcome`` says why in one word; caught where attempts are written down.

    Args:
        outcome: one of ``Outcome``.
        message: what happened, for people.
        status: the HTTP status, where there was one.
        final_url: where it happened, after redirects.
        retry_after: seconds the server asked to wait.
    """

    code = "web.fetch"

    def __init__(
        self,
        outcome: Outcome,
        message: str,
        *,
        status: int | None = None,
        final_url: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.outcome, self.status, self.final_url, self.retry_after = outcome, status, final_url, retry_after


@dataclass(frozen=True)
class Limits:
    """Caps on one answer.

    Attributes:
        wire_bytes: read from the network, at most.
        body_bytes: after unpacking, at most; what is longer is cut there.
        expansion: times a cut body may be larger than what was sent for it, before it counts as a bomb.
        connect_seconds: for name, connection and TLS together.
        answer_seconds: for one whole answer, from the request to its last byte.
        redirects: followed, at most.
        media: beginnings of the media types whose body is wanted; empty for any.
    """

    wire_bytes: int = 3_000_000
    body_bytes: int = 3_000_000
    expansion: int = 100
    connect_seconds: float = 8
    answer_seconds: float = 20
    redirects: int = 5
    media: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What a server answered, unpacked.

    Attributes:
        url: as it was asked for.
        final_url: after redirects.
        headers: names in small letters; of several of one name, the last.
        cut: whether there was more than the caps allow.
        wire_bytes: how much came over the network for the body.
    """

    url: str
    final_url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    cut: bool = False
    wire_bytes: int = 0


@dataclass(frozen=True)
class Attempt:
    """One try to read one page: how it ended, and the page where it ended well.

    Attributes:
        outcome: one of ``Outcome``.
        note: what happened, for people; empty where the page was read.
        sha256: of the body as unpacked.
        size: bytes of the body.
        expires_at: until when nobody needs to ask again.
        validators: headers that let a server say that nothing has changed.
        links: pages of the site worth reading next, as (kind, address).
        company_id: under whom it was written down.
        fresh: whether it was asked for now; ``False`` where an earlier attempt still holds.
    """

    url: str
    outcome: str
    fetched_at: datetime
    expires_at: datetime
    kind: str = "other"
    final_url: str | None = None
    status: int | None = None
    note: str = ""
    sha256: str | None = None
    size: int | None = None
    page: Page | None = None
    validators: Mapping[str, str] = field(default_factory=dict)
    links: tuple[tuple[str, str], ...] = ()
    company_id: str | None = None
    fresh: bool = True


@dataclass(frozen=True)
class Visit:
    """A site as it was read: every attempt, and what came of the whole.

    Attributes:
        url: as it was asked for.
        outcome: ``read`` where at least one page was had, else that of the home page.
        note: what happened, for people.
        retry_at: from when asking again makes sense, where the site said so.
    """

    url: str
    outcome: str
    attempts: tuple[Attempt, ...] = ()
    note: str = ""
    retry_at: datetime | None = None

    @property
    def pages(self) -> list[Page]:
        """The pages that were read, the home page first."""
        return [attempt.page for attempt in self.attempts if attempt.page is not None]


@dataclass(frozen=True)
class Reading:
    """What stood in one HTML document.

    Attributes:
        text: the visible text, main content first, one block a line.
        data: structured data, see ``Page.data``.
        links: pages of the same site that may be worth reading, best first, as (kind, address).
    """

    title: str
    text: str
    language: str | None
    kind: str
    data: Mapping[str, Any]
    links: tuple[tuple[str, str], ...] = ()
