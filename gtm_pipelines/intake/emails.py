"""Addresses: whether one can be written to, and the form in which two are the same."""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

_PLAIN = re.compile(r"([A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*)@([^@\s]+)")
_PLAIN_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_LONGEST = 254
_LONGEST_USUAL = 64
_OF_USUAL = (string.ascii_letters + string.digits + "!#$%&'*+/=?^_`{|}~-.").encode()
_MISPLACED_DOTS = (b"..", b".@", b"@.", b"\n.", b"\n@")
_BLOCK = 2_000
"""Addresses judged at once: an unusual one costs the patience for its block only."""


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


class Emails(NamedTuple):
    """A column of addresses in the parts of ``Email``, and why those that are none are not, by position."""

    addresses: list[str | None]
    keys: list[str | None]
    domains: list[str | None]
    bad: dict[int, BadEmail]


def parse_emails(texts: Sequence[str | None]) -> Emails:
    """Check a column of addresses; each part says what ``parse_email`` does, and is ``None`` where there is no address."""
    found = Emails([], [], [], {})
    for first in range(0, len(texts), _BLOCK):
        block = texts[first : first + _BLOCK]
        usual = _usual(block)
        if usual is None:
            usual = _one_by_one(block, first, found.bad)
        for column, part in zip(found[:3], usual, strict=True):
            column += part
    return found


def _usual(block: Sequence[str | None]) -> tuple[Sequence[str | None], ...] | None:
    """Take a block apart if all of its addresses are ASCII of the usual shape; else ``None``.

    Without the letters an address may have, only its @-sign is left of each.
    """
    if None in block or len(max(block, key=len)) > _LONGEST_USUAL:  # type: ignore[arg-type]
        return None
    text = "\n".join(block)  # type: ignore[arg-type]
    written = b"\n" + text.encode() if text.isascii() else b""
    if written.translate(None, _OF_USUAL) != b"\n@" * len(block) or any(dots in written for dots in _MISPLACED_DOTS):
        return None
    keys = text.lower().split("\n")
    domains = [key[key.index("@") + 1 :] for key in keys]
    try:
        checked = all(_domain(domain) == domain for domain in set(domains))
    except BadEmail:
        return None
    return (block, keys, domains) if checked else None


def _one_by_one(block: Sequence[str | None], first: int, bad: dict[int, BadEmail]) -> tuple[Sequence[str | None], ...]:
    found: list[tuple[str | None, str | None, str | None]] = []
    for position, text in enumerate(block, first):
        try:
            found.append((None, None, None) if text is None else parse_email(text))
        except BadEmail as error:
            found.append((None, None, None))
            bad[position] = error
    return tuple(zip(*found, strict=True))


@lru_cache(maxsize=200_000)
def _domain(domain: str) -> str:
    """Return a domain in small Unicode letters, checked as part of an address."""
    folded = domain.lower()
    if len(folded) <= 253 and folded[2:4] != "--" and _PLAIN_DOMAIN.fullmatch(folded) and not _is_special(folded):
        return folded
    return _whole(f"x@{domain}").domain


def _is_special(domain: str) -> bool:
    """Whether a domain needs a closer look: reserved for special use (RFC 6761), or written in another alphabet."""
    return ".xn--" in domain or f".{domain}".endswith(_special_endings())


@lru_cache(maxsize=1)
def _special_endings() -> tuple[str, ...]:
    from email_validator import SPECIAL_USE_DOMAIN_NAMES

    return tuple(f".{name}" for name in SPECIAL_USE_DOMAIN_NAMES)


def _whole(address: str) -> Email:
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise BadEmail(str(error)) from error
    if "." not in found.domain:
        raise BadEmail("The part after the @-sign has no dot.")
    return Email(address, found.normalized.lower(), found.domain.lower())
