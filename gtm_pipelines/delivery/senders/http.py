"""Hand mail over by HTTP so that one moment alone is uncertain: the last byte of the request.

The connection is opened, the headers and the body but its last byte go out; then ``handing``
is committed; then the last byte; then the answer is read. A server cannot act on a JSON body
that is not closed, so whatever breaks before the commit provably sent nothing.

No redirect is followed and no proxy of the environment is used: the key goes to the vendor and
nowhere else. Keys are cut out of everything that is told.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from gtm_pipelines.clock import Clock
from gtm_pipelines.delivery.model import Checkpoint, Handover, Outgoing, SendResult, Sought, no_checkpoint
from gtm_pipelines.delivery.senders.answers import Answer, judged
from gtm_pipelines.delivery.senders.letters import Parts, parts
from gtm_pipelines.delivery.senders.limits import LIMITS, Bucket
from gtm_pipelines.log import hide
from gtm_pipelines.settings import ApiSettings

if TYPE_CHECKING:
    import httpx

_LARGEST = 2_000_000
_LONGEST_WAIT_SECONDS = 5.0
_AGENT = "gtm-workbench/1.0"


@dataclass(frozen=True)
class Request:
    """One request to a vendor; ``body`` is sent as JSON."""

    method: str
    path: str
    body: Mapping[str, Any] | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


Ask = Callable[[Request], Answer | None]
"""Asks the vendor something that sends nothing; ``None`` where no answer came."""


class Vendor(Protocol):
    """What differs between vendors; one file each. What most of them do stands here.

    Attributes:
        name: as in the settings and in ``LIMITS``.
        base_url: the vendor's own address.
        repeats_safely: whether a repeated request cannot make a second mail.
    """

    name: str
    base_url: str
    repeats_safely: bool

    def access(self, key: str) -> tuple[dict[str, str], dict[str, str]]:
        """Return the headers and the query by which a key is shown: the bearer header."""
        return {"Authorization": f"Bearer {key}"}, {}

    def refusal(self, letter: Parts) -> str | None:
        """Say why the vendor cannot take a mail under these settings, or ``None``."""
        return None

    def before(self, outgoing: Outgoing, letter: Parts, ask: Ask) -> SendResult | None:
        """Look before handing over; a result means that nothing is to be sent. ``None`` where all is well."""
        return None

    def request(self, outgoing: Outgoing, letter: Parts) -> Request:
        """Return the request that hands the mail over."""
        ...

    def accepted(self, outgoing: Outgoing, answer: Answer) -> SendResult:
        """Judge an answer of success."""
        ...

    def look_up(self, sought: Sought, ask: Ask) -> bool | None:
        """Tell whether the vendor holds a mail; ``None`` where it cannot say."""
        ...


class HttpSender:
    """A ``Sender`` over a vendor's HTTP interface.

    Args:
        vendor: what is particular to it.
        settings: where it answers and how long to wait.
        key: the resolved key.
        clock: tells when, for rate limits and Retry-After.
        checkpoint: told each step; for tests that end the process there.
    """

    def __init__(
        self, vendor: Vendor, settings: ApiSettings, *, key: str, clock: Clock, checkpoint: Checkpoint = no_checkpoint
    ) -> None:
        self._vendor = vendor
        self._settings = settings
        self._key = key
        self._clock = clock
        self._checkpoint = checkpoint
        self._client: httpx.Client | None = None
        self._bucket = Bucket(LIMITS.get(vendor.name, ()), clock)
        asked_apart = LIMITS.get(f"{vendor.name}.look_up")
        self._asking = Bucket(asked_apart, clock) if asked_apart else self._bucket

    def plan(self, outgoing: Outgoing) -> Handover:
        """Say where the message would go."""
        return Handover(self._base, self._vendor.refusal(parts(outgoing)))

    def send(self, outgoing: Outgoing, handing: Callable[[], None]) -> SendResult:
        """Hand the message over; see ``Sender.send``."""
        letter = parts(outgoing)
        refusal = self._vendor.refusal(letter)
        if refusal:
            return SendResult("failed", refusal)
        earlier = self._vendor.before(outgoing, letter, self._ask)
        if earlier is not None:
            if earlier.status == "sent":
                handing()
            return earlier
        busy = self._take(self._bucket)
        if busy:
            told = f"{self._vendor.name} may be asked again in {busy:.0f} s: its rate limit."
            return SendResult("deferred", told, stops_mailbox=True, retry_seconds=busy)
        return self._hand_over(outgoing, self._vendor.request(outgoing, letter), handing)

    def look_up(self, sought: Sought) -> bool | None:
        """Ask the vendor whether it holds the message."""
        return self._vendor.look_up(sought, self._ask)

    def close(self) -> None:
        """Close the connections."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    @property
    def _base(self) -> str:
        return (self._settings.base_url or self._vendor.base_url).rstrip("/")

    def _hand_over(self, outgoing: Outgoing, request: Request, handing: Callable[[], None]) -> SendResult:
        import httpx

        gone: list[bool] = []
        self._checkpoint("opened")
        try:
            answer = self._exchange(request, self._body(request, handing, gone))
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            self.close()
            if gone:
                return SendResult("unknown", self._told(f"did not answer the finished request: {error!r}"))
            return SendResult("deferred", self._told(f"could not be handed the message: {error!r}"), stops_mailbox=True)
        except BaseException:
            self.close()  # a request that was not finished must not be gone on with
            raise
        self._checkpoint("answered")
        result = judged(answer, self._clock.now(), repeats_safely=self._vendor.repeats_safely, finished=bool(gone))
        if result is None:
            return self._vendor.accepted(outgoing, answer)
        if result.retry_seconds:
            self._bucket.pause(result.retry_seconds)
        reason = self._told(f"answered {answer.status}: {result.reason}")
        return SendResult(
            result.status, reason, stops_mailbox=result.stops_mailbox, authentication=result.authentication,
            retry_seconds=result.retry_seconds,
        )  # fmt: skip

    def _body(self, request: Request, handing: Callable[[], None], gone: list[bool]) -> Iterator[bytes]:
        """Yield the body but its last byte, commit, yield the last byte."""
        content = _json(request.body)
        self._checkpoint("headers")
        quarter = max(len(content) // 4, 1)
        for start, passed in ((0, "quarter"), (quarter, "half"), (2 * quarter, "most")):
            yield content[start : start + quarter]
            self._checkpoint(passed)
        yield content[3 * quarter : -1]
        self._checkpoint("body")
        handing()
        gone.append(True)
        self._checkpoint("handing")
        yield content[-1:]
        self._checkpoint("dot")

    def _exchange(self, request: Request, body: Iterator[bytes] | None) -> Answer:
        headers, query = self._vendor.access(self._key)
        length = {"Content-Length": str(len(_json(request.body)))} if request.body is not None else {}
        with self._opened().stream(
            request.method,
            self._base + request.path,
            params={**request.params, **query} or None,
            headers={**headers, **request.headers, **length},
            content=body,
        ) as response:
            read = bytearray()
            for piece in response.iter_bytes():
                read += piece
                if len(read) > _LARGEST:
                    break
            said = hide(read.decode("utf-8", "replace"), self._key)
            return Answer(response.status_code, {k.lower(): v for k, v in response.headers.items()}, said.encode())

    def _ask(self, request: Request) -> Answer | None:
        import httpx

        if self._take(self._asking):
            return None
        try:
            content = iter([_json(request.body)]) if request.body is not None else None
            return self._exchange(request, content)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError):
            self.close()
            return None

    def _take(self, bucket: Bucket) -> float:
        """Wait for a short while until the vendor may be asked; return what is left of a longer one, in seconds."""
        while wait := bucket.wait():
            if wait > _LONGEST_WAIT_SECONDS:
                return wait
            self._clock.sleep(wait)
        return 0.0

    def _opened(self) -> httpx.Client:
        if self._client is None:
            import httpx

            self._client = httpx.Client(
                headers={"Accept": "application/json", "Content-Type": "application/json", "User-Agent": _AGENT},
                timeout=self._settings.timeout_seconds, follow_redirects=False, trust_env=False,
            )  # fmt: skip
        return self._client

    def _told(self, what: str) -> str:
        return hide(f"{self._vendor.name} {what}", self._key)


def _json(body: Mapping[str, Any] | None) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
