"""Who calls: by which name the app is called, and from whose page."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

READING = ("GET", "HEAD", "OPTIONS")


def by_a_name_of_ours(host: str | None, names: Sequence[str]) -> bool:
    """Say whether nobody else can have made a name lead here: ``localhost``, an address in digits, or one that is listed.

    Whoever owns any other name can have it lead to this machine, and then reads here from his own page.
    """
    name = _name(host or "")
    if name == "localhost" or name.endswith(".localhost") or name in {one.lower() for one in names}:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def from_a_page_of_ours(call: HTTPConnection) -> bool:
    """Say whether no page of another site, nor one on another port, is behind a call that could change something.

    Browsers tell where a page is from; whatever tells nothing is no browser.
    """
    if call.scope.get("method") in READING:
        return True
    origin = call.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == call.headers.get("host")


def over_https(call: HTTPConnection) -> bool:
    """Say whether a call came over HTTPS, to us or to the first proxy before us."""
    first = call.headers.get("x-forwarded-proto", "").partition(",")[0].strip()
    return "https" in (call.url.scheme, first)


def _name(host: str) -> str:
    try:
        parts = urlsplit(f"//{host}")
    except ValueError:
        return ""
    return (parts.hostname or "").rstrip(".") if parts.netloc == host and "@" not in host else ""
