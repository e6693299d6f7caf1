"""Web addresses, read strictly: what is odd is refused instead of guessed at.

The connection, the Host header and the robots rules all use what stands here, so no two
parsers can disagree about where a request goes.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import quote, urljoin

from gtm_pipelines.enrichment.web.model import FetchError

LONGEST = 4_000
"""Characters of an address; servers take about 8,000, links people follow have less."""
PORTS = {"http": 80, "https": 443}
_SPLIT = re.compile(r"^(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):(?P<slashes>/*)(?P<rest>.*)$", re.S)
_LABEL = re.compile(r"^(?!-)[a-z0-9_-]{1,63}(?<!-)$")
_NUMERIC = re.compile(r"^(?:0x[0-9a-f]*|[0-9]+)$")
_CONTROLS = re.compile(r"[\x00-\x20\x7f\x85\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\\]")
_SCHEME_OF_PORT = re.compile(r"^[^/?#:@]+:\d{1,5}(?:[/?#]|$)")
_SAFE = "/%:@!$&'()*+,;=~-._?"
_LOCAL = ("localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp", "private", "home.arpa", "onion")
"""Ends of names that no public resolver knows (RFC 6761, 6762, 7686, 8375) or that mean the own network by custom."""


@dataclass(frozen=True)
class Target:
    """An address taken apart.

    Attributes:
        host: in ASCII and small letters, without a final dot; IPv6 without brackets.
        path: with its query, as it is sent; always begins with a slash.
    """

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """Host and, unless it is the scheme's own, port, as the Host header says them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme and authority."""
        return f"{self.scheme}://{self.authority}"

    def __str__(self) -> str:
        return self.origin + self.path


def parse(url: str, *, ports: frozenset[int] = frozenset(PORTS.values())) -> Target:
    """Take an address apart.

    Raises:
        FetchError: ``refused_url``; the text says what is wrong with it.
    """
    text = url.strip(" \t\r\n")
    if not text or len(text) > LONGEST:
        raise _refused(url, "it is empty or too long")
    found = _SPLIT.match(text)
    if not found or found["scheme"].lower() not in PORTS:
        raise _refused(url, "only http and https are read")
    if len(found["slashes"]) != 2:
        raise _refused(url, "'//' must follow the scheme")
    authority = re.split(r"[/?#]", found["rest"], maxsplit=1)[0]
    if _CONTROLS.search(authority) or "%" in authority:
        raise _refused(url, "its host holds signs that no host has")
    if "@" in authority:
        raise _refused(url, "it names a user")
    scheme = found["scheme"].lower()
    host, port = _host_and_port(url, authority, PORTS[scheme])
    if port not in ports:
        raise _refused(url, f"port {port} is not one of the web")
    return Target(scheme, host, port, _path(found["rest"][len(authority) :]))


def complete(text: str) -> str:
    """Return what a person wrote for a website as an address: ``example.com`` becomes ``https://example.com``.

    Raises:
        FetchError: ``refused_url``, where another scheme than those of the web is named.
    """
    text = text.strip()
    if text.startswith("//"):
        return f"https:{text}"
    if re.match(r"^https?:", text, re.I) or (_SPLIT.match(text) and not _SCHEME_OF_PORT.match(text)):
        return text
    return f"https://{text}"


def follow(base: Target, location: str) -> str:
    """Return where a link or a redirect found at ``base`` leads.

    Raises:
        FetchError: ``refused_url``, where it leads nowhere.
    """
    try:
        return urljoin(str(base), location.strip(" \t\r\n"))
    except ValueError as error:
        raise _refused(location, str(error)) from error


def _host_and_port(url: str, authority: str, default: int) -> tuple[str, int]:
    if authority.startswith("["):
        literal, closed, rest = authority[1:].partition("]")
        if not closed or (rest and not rest.startswith(":")):
            raise _refused(url, "its host is no address")
        return _ipv6(url, literal), _port(url, rest[1:] if rest else "", default)
    host, colon, port = authority.partition(":")
    return _name(url, host), _port(url, port if colon else "", default)


def _port(url: str, text: str, default: int) -> int:
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) <= 5):
        raise _refused(url, "its port is no number")
    return int(text)


def _ipv6(url: str, literal: str) -> str:
    try:
        found = ipaddress.IPv6Address(literal)
    except ValueError as error:
        raise _refused(url, "its host is no address") from error
    if found.scope_id is not None:
        raise _refused(url, "its host names a network card")
    return str(found)


def _name(url: str, host: str) -> str:
    """Return a host name in ASCII; numbers are taken only as four of them with dots between."""
    name = host if host.isascii() else _ascii(url, host)
    name = name.lower().removesuffix(".")
    labels = name.split(".")
    if not all(_LABEL.match(label) for label in labels) or len(name) > 253:
        raise _refused(url, "its host is no name")
    if _NUMERIC.match(labels[-1]):
        if not host.isascii():
            raise _refused(url, "its host is a number in disguise")
        try:
            return str(ipaddress.IPv4Address(name))
        except ValueError as error:
            raise _refused(url, "its host is a number, and no address as they are written") from error
    if len(labels) == 1 or name.endswith(tuple(f".{end}" for end in _LOCAL)):
        raise _refused(url, "its host is a name of the own network")
    return name


def _ascii(url: str, host: str) -> str:
    import idna

    try:
        return idna.encode(host, uts46=True, transitional=False).decode("ascii")
    except (idna.IDNAError, UnicodeError) as error:
        raise _refused(url, "its host is no international name") from error


def _path(rest: str) -> str:
    path = rest.partition("#")[0]
    return quote(path if path.startswith("/") else f"/{path}", safe=_SAFE, errors="replace")


def _refused(url: str, why: str) -> FetchError:
    return FetchError("refused_url", f"'{url[:200]}' is not read: {why}.")
