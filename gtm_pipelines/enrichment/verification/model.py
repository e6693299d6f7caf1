"""What is known of whether an address takes mail, and the port of whoever finds it out. Values and rules; no I/O.

An address has one verdict, made of everything that is said of it; the first that holds wins:

1. What a **person** chose.
2. A domain that takes no mail makes it ``invalid``: no such domain, a null MX, no mail server.
3. A **vendor** that asked the mail server: ``valid``, ``invalid``, ``catch_all`` (the server takes mail for anybody, so
   nobody can tell), ``disposable``, or ``unknown``. Two vendors are settled like any two facts.
4. Its syntax or its provider: ``invalid``, ``disposable``.
5. ``server`` where its domain has a mail server, ``unchecked`` where nobody has looked.

A role mailbox and a free provider say nothing of bounces; they are told beside the verdict.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol, get_args

from gtm_pipelines.record.settled import PERSON, Settled, Statement, settle

Verdict = Literal["valid", "server", "unchecked", "catch_all", "unknown", "disposable", "invalid"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
VERIFICATION, SERVER = "email_verification", "email_server"
"""The fields of facts that verification writes and reads."""
FIELDS = (VERIFICATION, SERVER)
OFFLINE, DNS = "offline_check", "dns_check"
"""The sources of our own."""
TAKES_MAIL = ("mx", "address_record")
"""Values of ``email_server`` under which a domain takes mail: an MX record, or none and an address (RFC 5321, 5.1)."""
NO_MAIL: Mapping[str, str] = {
    "null_mx": "the domain says that it takes no mail (RFC 7505)",
    "no_server": "the domain has no mail server",
    "no_domain": "the domain does not exist",
}
"""Values of ``email_server`` under which it takes none, in words."""
NO_MAIL_CONFIDENCE, SERVER_CONFIDENCE, UNCHECKED_CONFIDENCE = 0.97, 0.65, 0.6
_MEANS: Mapping[str, Verdict] = {
    "valid": "valid", "invalid": "invalid", "catch_all": "catch_all", "disposable": "disposable", "unknown": "unknown",
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """One address that is looked at, and whose it is."""

    contact_id: str
    address: str

    @property
    def domain(self) -> str:
        """Its domain, in lower case."""
        return self.address.rpartition("@")[2].strip().lower()


@dataclass(frozen=True)
class Finding:
    """One thing found of an address.

    Attributes:
        asked: of which address.
        field: ``email_verification`` or ``email_server``.
        value: what was found; ``None`` takes back what the same verifier said before.
        confidence: 0 to 1.
        evidence: what that rests on, in words that name the address.
        lifetime: after which it is not taken as known.
    """

    asked: Asked
    field: str
    value: str | None
    confidence: float
    evidence: str
    lifetime: timedelta | None = None


class Verifier(Protocol):
    """Somebody who finds out about addresses. Vendors are sources of facts, asked under the ceilings of research."""

    name: str

    async def verify(self, asked: Sequence[Asked]) -> list[Finding]:
        """Look at addresses; those of which nothing could be found out now have no finding, and are asked again."""
        ...

    async def aclose(self) -> None:
        """Close its connections."""
        ...


@dataclass(frozen=True)
class Evidence:
    """One fact that an assessment rests on."""

    fact_id: str
    source: str
    value: str
    told: str
    at: datetime


@dataclass(frozen=True)
class Assessment:
    """What is to be thought of an address.

    Attributes:
        verdict: one of ``VERDICTS``.
        confidence: in it, 0 to 1.
        evidence: the facts it was made of, the deciding one first.
        role: whether it reaches a desk, not a person.
        free_mail: whether a free provider has it.
    """

    address: str
    verdict: Verdict
    confidence: float
    evidence: tuple[Evidence, ...] = ()
    role: bool = False
    free_mail: bool = False


def assess(address: str, said: Iterable[Statement], now: datetime) -> Assessment:
    """Make one verdict of everything that is said of an address.

    Args:
        address: as it stands now; facts about another address of the same person do not count.
        said: facts of ``FIELDS`` about the person.
        now: what counts as expired.
    """
    about = [one for one in said if _is_about(one, address)]
    if not about:  # as of most addresses of a long list
        return Assessment(address, "unchecked", UNCHECKED_CONFIDENCE)
    verified = [one for one in about if one.field == VERIFICATION]
    server = settle((one for one in about if one.field == SERVER), now)
    chosen = settle(verified, now)
    offline = settle((one for one in verified if one.source == OFFLINE), now)
    vendor = settle((one for one in verified if one.source not in (OFFLINE, DNS, PERSON)), now)
    verdict, confidence, deciding = _decide(chosen, server, vendor, offline)
    facts = [one.fact for one in (deciding, server, vendor, offline) if one is not None]
    evidence = {one.id: Evidence(one.id, one.source, one.value or "", one.evidence or "", one.retrieved_at) for one in facts}
    values = {one.value for one in (offline, vendor) if one is not None}
    return Assessment(address, verdict, confidence, tuple(evidence.values()), "role" in values, "freemail" in values)


def _decide(
    chosen: Settled | None, server: Settled | None, vendor: Settled | None, offline: Settled | None
) -> tuple[Verdict, float, Settled | None]:
    if chosen is not None and chosen.fact.source == PERSON and chosen.value in VERDICTS:
        return next(one for one in VERDICTS if one == chosen.value), 1.0, chosen
    if server is not None and server.value in NO_MAIL:
        return "invalid", server.confidence, server
    if vendor is not None and vendor.value in _MEANS:
        return _MEANS[vendor.value], vendor.confidence, vendor
    if offline is not None and offline.value in ("invalid", "disposable"):
        return _MEANS[offline.value], offline.confidence, offline
    if server is not None and server.value in TAKES_MAIL:
        return "server", SERVER_CONFIDENCE, server
    return "unchecked", UNCHECKED_CONFIDENCE, offline


def _is_about(one: Statement, address: str) -> bool:
    """Whether a fact is about this address: it names it, or names none, or a person chose it."""
    told = (one.evidence or "").casefold()
    if one.source == PERSON or "@" not in told:
        return True
    return re.search(rf"(?<![\w.+-]){re.escape(address.casefold())}(?![\w-]|\.\w)", told) is not None
