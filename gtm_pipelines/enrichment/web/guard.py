"""Which addresses of the network may be connected to, and names to such addresses.

A name is resolved once for a connection; if any of its records is not public the name is
refused whole, because a record that is wrong on purpose stands beside good ones. What is
connected to is the address that was looked at, so a name that answers differently the
second time gains nothing.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from gtm_pipelines.enrichment.web.address import PORTS
from gtm_pipelines.enrichment.web.model import FetchError

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

_REFUSED_V4 = tuple(
    ipaddress.IPv4Network(net)
    for net in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16",
        "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
"""IANA's IPv4 special-purpose registry, multicast, and 168.63.129.16, where Azure answers its own machines."""
_UNICAST_V6 = ipaddress.IPv6Network("2000::/3")
"""All that IANA has given out for the open network; every wrapper of IPv4 but 6to4 and Teredo lies outside."""
_REFUSED_V6 = tuple(
    ipaddress.IPv6Network(net) for net in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)
"""Inside it: protocol assignments with Teredo and ORCHID, examples, 6to4, AS112, documentation."""
LOOKUPS = 16
"""Names looked up at once; the system's resolver blocks a thread for each."""


def is_public(address: str) -> bool:
    """Tell whether an address is one of the open network, by an allow-list for IPv6 and the registry for IPv4."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if ip.is_multicast or ip.is_reserved or ip.is_unspecified or not ip.is_global:
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in net for net in _REFUSED_V4)
    return ip.scope_id is None and ip in _UNICAST_V6 and not any(ip in net for net in _REFUSED_V6)


@dataclass
class Guard:
    """What may be reached. No setting loosens it; the arguments are for tests over a server of their own.

    Args:
        resolve: host and port to addresses; the system's resolver if absent.
        also: networks that count as public.
        ports: that may be asked.
    """

    resolve: Resolve | None = None
    also: Collection[Network] = ()
    ports: frozenset[int] = field(default_factory=lambda: frozenset(PORTS.values()))
    _threads: ThreadPoolExecutor | None = None

    async def addresses(self, host: str, port: int) -> list[str]:
        """Return the addresses of a host that may be connected to, in the resolver's order.

        Raises:
            FetchError: ``refused_address``, ``refused_url`` for the port, ``no_such_host`` or ``resolver_down``.
        """
        if port not in self.ports:
            raise FetchError("refused_url", f"Port {port} is not one of the web.")
        literal = _literal(host)
        found = [literal] if literal else list(await (self.resolve or self._by_system)(host, port))
        if not found:
            raise FetchError("no_such_host", f"{host} has no address.")
        wrong = [address for address in found if not self.allows(address)]
        if wrong:
            raise FetchError("refused_address", f"{host} leads to {wrong[0]}, which is not an address of the open network.")
        return list(dict.fromkeys(found))

    def allows(self, address: str) -> bool:
        """Tell whether an address may be connected to."""
        if is_public(address):
            return True
        try:
            ip = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(ip.version == net.version and ip in net for net in self.also)

    async def _by_system(self, host: str, port: int) -> list[str]:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(LOOKUPS, thread_name_prefix="gtm-names")
        loop = asyncio.get_running_loop()
        try:
            rows = await loop.run_in_executor(self._threads, _lookup, host, port)
        except socket.gaierror as error:
            if error.errno in (socket.EAI_AGAIN, socket.EAI_FAIL):
                raise FetchError("resolver_down", f"The name server does not answer for {host}.") from error
            raise FetchError("no_such_host", f"{host} is not known to the name server.") from error
        except (UnicodeError, OSError) as error:
            raise FetchError("no_such_host", f"{host} cannot be looked up: {error}.") from error
        return [str(row[4][0]) for row in rows]

    def close(self) -> None:
        """Let go of the threads."""
        threads, self._threads = self._threads, None
        if threads is not None:
            threads.shutdown(wait=False, cancel_futures=True)


def _lookup(host: str, port: int) -> list[tuple[int, int, int, str, tuple[str | int, ...]]]:
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)  # type: ignore[return-value]


def _literal(host: str) -> str | None:
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return None
