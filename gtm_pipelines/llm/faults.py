"""What a failure of a provider means for the next call: wait, try another, or never mind."""

from __future__ import annotations

from dataclasses import dataclass

REST_SECONDS = 5.0
"""How long a provider rests that says "too many" and not for how long."""
LONGEST_REST_SECONDS = 3600.0
"""A Retry-After beyond this is read as this: a provider is looked at again at least once an hour."""


@dataclass(frozen=True)
class Fault:
    """What went wrong with one attempt.

    Attributes:
        code: stable name for the interaction row.
        text: what the provider said, in one line.
        health: whether it says something of the provider, and so counts for its breaker.
        fatal: no use in asking this provider again before a person mends something; opens the breaker at once.
        again: whether the same provider may be asked again within this call.
        rest_seconds: how long the provider asked to be left alone.
        passing: whether waiting can help; a refused request stays refused.
    """

    code: str
    text: str
    health: bool = True
    fatal: bool = False
    again: bool = False
    rest_seconds: float | None = None
    passing: bool = True


def expected() -> tuple[type[Exception], ...]:
    """Return what an engine may raise where its provider fails."""
    from dspy.lm15 import LM15Error

    return LM15Error, TimeoutError, OSError


def read(error: Exception) -> Fault:
    """Say what an engine's error means."""
    from dspy import lm15

    told = _line(error)
    if isinstance(error, (lm15.TimeoutError, TimeoutError)) or "timed out" in told.lower():
        return Fault("timeout", told or "did not answer in time")
    if isinstance(error, lm15.RateLimitError):
        rest = min(REST_SECONDS if error.retry_after is None else error.retry_after, LONGEST_REST_SECONDS)
        return Fault("rate_limit", told, health=False, rest_seconds=rest)
    if isinstance(error, lm15.AuthError):
        return Fault("auth", told, fatal=True)
    if isinstance(error, lm15.BillingError) or getattr(error, "status", None) == 402:
        return Fault("billing", told, fatal=True)
    if isinstance(error, lm15.ContextLengthError):
        return Fault("context_length", told, health=False, passing=False)
    if isinstance(error, (lm15.InvalidRequestError, lm15.CapabilityError)):
        return Fault("invalid_request", told, health=False, passing=False)
    if isinstance(error, lm15.ConfigurationError):
        return Fault("not_configured", told, fatal=True, passing=False)
    if isinstance(error, (lm15.TransportError, OSError)):
        return Fault("transport", told, again=True)
    if isinstance(error, lm15.ServerError):
        return Fault("server", told, again=True, rest_seconds=error.retry_after)
    return Fault("malformed", told or type(error).__name__, again=True)


def _line(error: Exception) -> str:
    text = getattr(error, "message", "") or str(error)
    return " ".join(text.partition("\n\n")[0].split())[:500]
