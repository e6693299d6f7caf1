"""How vendors are asked over HTTP: one client, with timeouts and caps, whose every failure is one of the fixed errors.

No redirect is followed and no proxy of the environment is used: a key goes to the address in the
settings and nowhere else. Keys are cut out of everything that is told.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Literal

from gtm_pipelines.clock import Clock
from gtm_pipelines.enrichment.registry import Setup
from gtm_pipelines.enrichment.source import SourceAnswerError, SourceBusyError, SourceKeyError, SubjectRefusedError
from gtm_pipelines.log import hide

if TYPE_CHECKING:
    import httpx

LARGEST_BYTES = 2_000_000
"""Most bytes of one answer, unpacked; vendors' answers about one company have tens of thousands."""
LONGEST_REST = timedelta(days=1)
"""A longer Retry-After is taken for a mistake."""
_TOLD = 200
"""Characters of a vendor's own words that are kept."""
BUSY = frozenset({408, 425, 429})
NO_KEY = frozenset({401, 402, 403})
REFUSED = frozenset({400, 422, 451})


@dataclass
class Vendor:
    """A vendor's HTTP interface. Opens its connections at the first question.

    Args:
        setup: name, key and address of the vendor.
        base_url: the vendor's own address.
        header: in which the key goes.
        prefix: stands before the key, such as ``Bearer``.
        at_risk: US dollars that a question can have cost where its answer never came.
        statuses: where this vendor means something of its own: status → ``busy``, ``key`` or ``refused``.
    """

    setup: Setup
    base_url: str
    header: str
    prefix: str = ""
    at_risk: float = 0.0
    statuses: Mapping[int, Literal["busy", "key", "refused"]] = field(default_factory=dict)
    _client: httpx.AsyncClient | None = None
    _key: str = ""

    @property
    def clock(self) -> Clock:
        """What the time is."""
        return self.setup.clock

    async def get(self, path: str, params: Mapping[str, str], *, may_be_missing: bool = False) -> Mapping[str, Any] | None:
        """Ask by ``GET``; see ``ask``."""
        return await self.ask("GET", path, params=params, may_be_missing=may_be_missing)

    async def post(self, path: str, body: Mapping[str, Any], *, may_be_missing: bool = False) -> Mapping[str, Any] | None:
        """Ask by ``POST`` with a JSON body; see ``ask``."""
        return await self.ask("POST", path, body=body, may_be_missing=may_be_missing)

    async def ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        may_be_missing: bool = False,
    ) -> Mapping[str, Any] | None:
        """Ask and return the answer, a JSON object.

        Args:
            method: of HTTP.
            path: below the address of the vendor, with its slash.
            params: of the query.
            body: sent as JSON.
            may_be_missing: whether 404 says that the vendor knows nothing of the subject: then ``None`` is returned.

        Raises:
            SourceBusyError: limited, down, unreachable, or silent for too long; ``charged`` where the question was
                on its way and may be paid for.
            SourceKeyError: no key, a wrong one, or no credit.
            SubjectRefusedError: the vendor does not take the question about this subject.
            SourceAnswerError: the answer is no JSON object, too large, or of a status without meaning here.
        """
        import httpx

        try:
            status, headers, text = await self._send(self._opened(), method, path, params, body)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise SourceBusyError(self._told(f"cannot be reached: {error!r}")) from error
        except httpx.TransportError as error:
            told = self._told(f"was asked and did not answer: {error!r}")
            raise SourceBusyError(told, charged=self.at_risk) from error
        except (httpx.InvalidURL, httpx.DecodingError) as error:
            raise SourceAnswerError(self._told(f"cannot be understood: {error!r}")) from error
        if status == 404 and may_be_missing:
            return None
        self._check(status, headers, text)
        return self._object(text)

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def _opened(self) -> httpx.AsyncClient:
        if self._client is None:
            import httpx

            self._key = self.setup.key()
            self._client = httpx.AsyncClient(
                base_url=(self.setup.settings.base_url or self.base_url).rstrip("/"),
                headers={self.header: f"{self.prefix}{self._key}", "Accept": "application/json"},
                timeout=self.setup.settings.timeout_seconds,
                follow_redirects=False,
                trust_env=False,
            )
        return self._client

    async def _send(
        self, client: httpx.AsyncClient, method: str, path: str, params: Mapping[str, str] | None, body: Mapping[str, Any] | None
    ) -> tuple[int, Mapping[str, str], bytes]:
        async with client.stream(method, path, params=dict(params or {}), json=body) as response:
            read = bytearray()
            async for part in response.aiter_bytes():
                read += part
                if len(read) > LARGEST_BYTES:
                    raise SourceAnswerError(self._told(f"answered more than {LARGEST_BYTES:,} bytes"))
            return response.status_code, response.headers, bytes(read)

    def _check(self, status: int, headers: Mapping[str, str], text: bytes) -> None:
        if 200 <= status < 300 and status not in self.statuses:
            return
        means = self.statuses.get(status) or _meaning(status)
        told = self._told(f"answered {status}: {self._words(text)}")
        if means == "busy":
            raise SourceBusyError(told, retry_at=retry_at(headers.get("retry-after"), self.clock.now()))
        if means == "key":
            raise SourceKeyError(f"{told} Check its key, its rights and its credit.")
        if means == "refused":
            raise SubjectRefusedError(told)
        raise SourceAnswerError(told)

    def _object(self, text: bytes) -> Mapping[str, Any]:
        try:
            answer = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise SourceAnswerError(self._told(f"answered what is no JSON: {self._words(text)}")) from error
        if not isinstance(answer, Mapping):
            raise SourceAnswerError(self._told(f"answered {type(answer).__name__} in the place of an object"))
        return answer

    def _words(self, text: bytes) -> str:
        """Return the vendor's own words on one line; the key goes before they are cut short."""
        return " ".join(hide(text.decode("utf-8", "replace"), self._key).split())[:_TOLD]

    def _told(self, what: str) -> str:
        """Say what the source did, without its key."""
        text = f"The source '{self.setup.name}' {what}."
        return hide(text, self._key)


def retry_at(said: str | None, now: datetime) -> datetime | None:
    """Return the moment that a ``Retry-After`` names, in seconds or as a date (RFC 9110, 10.2.3), or ``None``."""
    if not said:
        return None
    text = said.strip()
    if text.isdecimal():
        seconds = min(int(text[:9]), int(LONGEST_REST.total_seconds()))
        return now + timedelta(seconds=seconds)
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return min(max(moment, now), now + LONGEST_REST)


def _meaning(status: int) -> str:
    if status in BUSY or status >= 500:
        return "busy"
    if status in NO_KEY:
        return "key"
    return "refused" if status in REFUSED else "answer"
