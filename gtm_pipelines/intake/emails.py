"""Addresses: whether one can be written to, and the form in which two are the same."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_PLAIN = re.compile(r"([A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*)@([^@\s]+)")
_PLAIN_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_LONGEST = 254


class Email(NamedTuple):
    """An address as it stood, its key for comparison and its domain, both in small letters."""

    address: str
    key: str
    domain: str


class BadEmail(ValueError):  # noqa: N818 - reads as the finding it is
    """The text is no address; the message says why."""


def parse_email(text: str) -> Email:
    """Check an address by its form; nothing is looked up.

    Names reserved for tests (``.test``, ``.example``) count as valid. The usual shape is
    checked here, everything else by ``email-validator``, whose verdict both give.

    Raises:
        BadEmail: it is no address.
    """
    plain = _PLAIN.fullmatch(text)
    if plain:
        local, domain = plain.groups()
        shown = _domain(domain)
        if len(local) <= 64 and len(text) <= _LONGEST and len(local) + 1 + len(shown) <= _LONGEST:
            return Email(text, f"{local}@{shown}".lower(), shown)
    address = text.strip()
    if ":" in address and address[:7].lower() == "mailto:":
        address = address[7:]
    if address[:1] == "<" and address[-1:] == ">":
        address = address[1:-1].strip()
    return parse_email(address) if plain is None and _PLAIN.fullmatch(address) else _whole(address)


@lru_cache(maxsize=200_000)
def _domain(domain: str) -> str:
    """Return a domain in small Unicode letters, checked as part of an address."""
    folded = domain.lower()
    if len(folded) <= 253 and folded[2:4] != "--" and _PLAIN_DOMAIN.fullmatch(folded) and not _is_special(folded):
        return folded
    return _whole(f"x@{domain}").domain


def _is_special(domain: str) -> bool:
    """Whether a domain needs a closer look: reserved for special use (RFC 6761), or written in another alphabet."""
    from email_validator import SPECIAL_USE_DOMAIN_NAMES

    return ".xn--" in domain or any(domain == name or domain.endswith(f".{name}") for name in SPECIAL_USE_DOMAIN_NAMES)


def _whole(address: str) -> Email:
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise BadEmail(str(error)) from error
    if "." not in found.domain:
        raise BadEmail("The part after the @-sign has no dot.")
    return Email(address, found.normalized.lower(), found.domain.lower())
