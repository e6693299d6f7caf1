"""Domains in two forms: the one that is kept and compared, and the one that people read."""

from __future__ import annotations

_CODED = "xn--"


def ascii_form(domain: str) -> str:
    """Return a domain as it is kept: in ASCII, internationalised labels coded (RFC 3490); what cannot be stays as it is."""
    try:
        return domain.encode("idna").decode("ascii") if not domain.isascii() else domain
    except UnicodeError:
        return domain


def readable(value: str) -> str:
    """Return a domain, or an address at one, with its letters as people read them.

    Only where the same would be kept for what is shown; a domain that would not stays coded.
    """
    local, at, domain = value.rpartition("@")
    if _CODED not in domain:
        return value
    try:
        shown = domain.encode("ascii").decode("idna")
    except UnicodeError:
        return value
    return f"{local}{at}{shown}" if ascii_form(shown) == domain else value
