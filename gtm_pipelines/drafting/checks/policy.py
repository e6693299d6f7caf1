"""What evidence may carry a draft without a person: fresh, sure, and an address that takes mail.

The figures are the supervisor's policy of the platform's design: below a confidence of 0.6 and after 180 days a
person decides; addresses that nobody verified are not written to without one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from gtm_pipelines.drafting.evidence import Evidence, Finding, Material

STALE_AFTER = timedelta(days=180)
LEAST_CONFIDENCE = 0.6
ADDRESS = "contact.email_verification"
"""Id of the evidence that tells how the recipient's address was verified; where it is absent nobody asked."""
GOOD = "valid"


def sourcing(material: Material, used: Sequence[str], now: datetime) -> Iterator[Finding]:
    """Yield what a person has to look at in the evidence that a draft rests on.

    Args:
        material: the draft and what it was given.
        used: ids of the evidence it rests on.
        now: the moment of the check.
    """
    wanted = set(used)
    for one in material.evidence:
        if one.id == ADDRESS:
            yield from _address(one)
        elif one.id in wanted:
            yield from _aged(one, now)


def _aged(one: Evidence, now: datetime) -> Iterator[Finding]:
    told = f"'{one.text[:60]}' ({one.field}, {one.source})"
    if one.retrieved_at is not None and now - one.retrieved_at > STALE_AFTER:
        days = (now - one.retrieved_at).days
        yield Finding(
            "evidence.stale", "flag", f"{told} was learned {days} days ago", "Check that it still holds, or look it up anew."
        )
    if one.confidence < LEAST_CONFIDENCE:
        said = f"{told} is known with a confidence of {one.confidence:.2f}"
        yield Finding("evidence.unsure", "flag", said, f"Below {LEAST_CONFIDENCE} a person decides whether it may be said.")


def _address(one: Evidence) -> Iterator[Finding]:
    if one.text != GOOD:
        said = _VERDICTS.get(one.text, f"The recipient's address is {one.text}")
        yield Finding("recipient.unverified", "flag", said, "Verify it with 'gtm verify', or decide that it may be written to.")


_VERDICTS = {
    "unchecked": "Nobody has verified the recipient's address",
    "server": "The recipient's domain takes mail, but nobody has verified the address",
    "catch_all": "The recipient's server takes mail for anybody, so nobody can tell whether the address exists",
    "unknown": "Nobody could tell whether the recipient's address exists",
}
