"""Whether a domain takes mail, by the name system alone: no stranger's mail server is ever spoken to.

RFC 5321, 5.1: mail goes to the hosts of the MX records; where there is none, to the domain's own address. RFC 7505: a
single MX of '.' says that a domain takes no mail. A host without a public address takes none either. What a
resolver could not answer is not known, and is asked again another time.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gtm_pipelines.enrichment.verification.model import DNS, NO_MAIL, NO_MAIL_CONFIDENCE, SERVER, VERIFICATION, Asked, Finding
from gtm_pipelines.errors import SettingsError
from gtm_pipelines.settings_research import VerificationSettings

if TYPE_CHECKING:
    from dns.asyncresolver import Resolver

MOST_HOSTS = 5
"""Mail servers of a domain that are looked up before it is taken to have none."""
SERVER_FOUND_CONFIDENCE = 0.95


@dataclass(frozen=True)
class Standing:
    """Whether a domain takes mail: a value of ``email_server``, and what the name system said."""

    value: str
    told: str


class NotAnsweredError(Exception):
    """The name system did not answer. Never leaves this module."""


@dataclass
class DnsVerifier:
    """Looks domains up, each once, a few at a time.

    Args:
        settings: whom to ask, how patiently, how many at once, and how long an answer lasts.
    """

    settings: VerificationSettings
    name: str = DNS
    _known: dict[str, asyncio.Future[Standing | None]] = field(default_factory=dict)

    async def verify(self, asked: Sequence[Asked]) -> list[Finding]:
        """Look at addresses by their domains; see ``Verifier.verify``."""
        standings = await asyncio.gather(*(self._standing(one.domain) for one in asked))
        pairs = zip(asked, standings, strict=True)
        return [finding for one, standing in pairs if standing is not None for finding in self._findings(one, standing)]

    async def aclose(self) -> None:
        """Forget what was looked up."""
        self._known.clear()

    def _findings(self, asked: Asked, standing: Standing) -> list[Finding]:
        evidence = f"{asked.address}: {standing.told}"
        dead = standing.value in NO_MAIL
        lifetime = timedelta(days=self.settings.dead_days if dead else self.settings.server_days)
        sure = NO_MAIL_CONFIDENCE if dead else SERVER_FOUND_CONFIDENCE
        verdict = "invalid" if dead else None
        return [
            Finding(asked, SERVER, standing.value, sure, evidence, lifetime),
            Finding(asked, VERIFICATION, verdict, NO_MAIL_CONFIDENCE, evidence, lifetime),
        ]

    async def _standing(self, domain: str) -> Standing | None:
        """Return how a domain stands, asked once however many addresses it has; ``None`` where nobody answered."""
        if domain not in self._known:
            self._known[domain] = asyncio.ensure_future(self._looked_up(domain))
        return await self._known[domain]

    async def _looked_up(self, domain: str) -> Standing | None:
        name = ascii_domain(domain)
        if name is None:
            return Standing("no_domain", f"'{domain}' is no domain name")
        async with self._room:
            try:
                return await self._mail_servers(name)
            except NotAnsweredError:
                return None

    @cached_property
    def _room(self) -> asyncio.Semaphore:
        return asyncio.Semaphore(self.settings.concurrency)

    @cached_property
    def _resolver(self) -> Resolver:
        return make_resolver(self.settings)

    async def _mail_servers(self, name: str) -> Standing:
        servers = await self._ask(name, "MX")
        if servers is None:
            return Standing("no_domain", f"{name} does not exist")
        hosts = [(int(one.preference), one.exchange.to_text(omit_final_dot=True)) for one in servers]
        if hosts and all(host in (".", "") for _, host in hosts):
            return Standing("null_mx", f"MX 0 . : {NO_MAIL['null_mx']}")
        if not hosts:
            found = await self._public_address(name)
            return Standing("address_record", f"no MX, address {found}") if found else Standing("no_server", "no MX, no address")
        for preference, host in sorted(hosts)[:MOST_HOSTS]:
            if host not in (".", "") and await self._public_address(host):
                return Standing("mx", f"MX {preference} {host}")
        return Standing("no_server", f"MX {hosts[0][1]}, which has no public address")

    async def _public_address(self, host: str) -> str | None:
        for kind in ("A", "AAAA"):
            for one in await self._ask(host, kind) or ():
                if ipaddress.ip_address(one.address).is_global:
                    return str(one.address)
        return None

    async def _ask(self, name: str, kind: str) -> list[Any] | None:
        """Return the records of a name; none where it has none of this kind, ``None`` where it does not exist.

        Raises:
            NotAnsweredError: nobody answered in time, or the servers of the name are broken.
        """
        import dns.exception
        import dns.resolver

        try:
            answer = await self._resolver.resolve(name, kind, search=False, raise_on_no_answer=False)
        except dns.resolver.NXDOMAIN:
            return None
        except (dns.exception.DNSException, OSError) as error:
            raise NotAnsweredError(name) from error
        return list(answer.rrset or ())


def ascii_domain(domain: str) -> str | None:
    """Return a domain as the name system writes it; ``None`` for what is none."""
    import idna

    try:
        found = idna.encode(domain.rstrip("."), uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return None
    return found if "." in found and len(found) <= 253 else None


def make_resolver(settings: VerificationSettings) -> Resolver:
    """Return what asks the name servers of the settings, or else those of this machine.

    Raises:
        SettingsError: a name server is written wrongly, or this machine has none.
    """
    import dns.asyncresolver
    import dns.nameserver
    import dns.resolver

    try:
        resolver = dns.asyncresolver.Resolver(configure=not settings.nameservers)
    except dns.resolver.NoResolverConfiguration as error:
        raise SettingsError("This machine names no name server. Name one: nameservers in [verification].") from error
    if settings.nameservers:
        resolver.nameservers = [dns.nameserver.Do53Nameserver(*_place(one)) for one in settings.nameservers]
    resolver.timeout, resolver.lifetime = settings.timeout_seconds, settings.timeout_seconds * 2
    resolver.cache = dns.resolver.LRUCache(10_000)
    return resolver


def _place(written: str) -> tuple[str, int]:
    host, _, port = written.rpartition(":") if written.count(":") == 1 or "]:" in written else (written, "", "53")
    try:
        return str(ipaddress.ip_address(host.strip("[]"))), int(port)
    except ValueError as error:
        raise SettingsError(f"'{written}' in nameservers is no address of a server. Write 9.9.9.9 or 127.0.0.1:5353.") from error
