"""How fast each vendor may be asked, as data with sources, and a token bucket that keeps to it.

The bucket is politeness, in the memory of one process; caps on mail are durable rows of the ledger.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gtm_pipelines.clock import Clock


@dataclass(frozen=True)
class Limit:
    """At most ``requests`` in any ``seconds``, as a vendor says in ``source``."""

    requests: int
    seconds: float
    source: str


LIMITS: Mapping[str, tuple[Limit, ...]] = {
    "resend": (Limit(2, 1, "resend.com/docs/api-reference/rate-limit: 2 a second for a team"),),
    "sendgrid": (Limit(10, 1, "own caution: Twilio publishes headers and 429, and no number for POST /v3/mail/send"),),
    "sendgrid.look_up": (Limit(6, 60, "twilio.com/docs/sendgrid/api-reference/email-activity: 6 a minute since 2025-12-09"),),
    "instantly": (
        Limit(100, 1, "developer.instantly.ai/getting-started/rate-limit: 100 a second for a workspace"),
        Limit(6_000, 60, "developer.instantly.ai/getting-started/rate-limit: 6,000 a minute for a workspace"),
    ),
    "smartlead": (
        Limit(10, 1, "api.smartlead.ai/guides/rate-limits: Standard, burst of 10 a second"),
        Limit(60, 60, "api.smartlead.ai/guides/rate-limits: Standard, 60 a minute for a key"),
        Limit(1_000, 3_600, "api.smartlead.ai/guides/rate-limits: Standard, 1,000 an hour for a key"),
    ),
}
"""What is asked → its limits; of plans the smallest."""


class Bucket:
    """Tokens of several limits at once; a request takes one of each.

    Args:
        limits: the limits.
        clock: tells how much flowed back.
    """

    def __init__(self, limits: Sequence[Limit], clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._tokens = [float(limit.requests) for limit in limits]
        self._at = clock.monotonic()

    def wait(self) -> float:
        """Take a token and return 0, or take none and return in how many seconds there is one."""
        now = self._clock.monotonic()
        passed, self._at = max(now - self._at, 0.0), now
        rates = [limit.requests / limit.seconds for limit in self._limits]
        held = zip(self._tokens, rates, self._limits, strict=True)
        self._tokens = [min(tokens + passed * rate, float(limit.requests)) for tokens, rate, limit in held]
        longest = max((max(1 - tokens, 0.0) / rate for tokens, rate in zip(self._tokens, rates, strict=True)), default=0.0)
        if longest <= _HAIR:
            self._tokens = [tokens - 1 for tokens in self._tokens]
            return 0.0
        return longest

    def pause(self, seconds: float) -> None:
        """Give nothing out before so many seconds: the vendor asked for it."""
        rates = [limit.requests / limit.seconds for limit in self._limits]
        self._tokens = [min(tokens, 1 - seconds * rate) for tokens, rate in zip(self._tokens, rates, strict=True)]


_HAIR = 1e-9
