"""How the house writes phones, addresses, countries and industries. The composition root hands the functions in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


def _as_it_is(text: str) -> str | None:
    return text.strip() or None


def _only_international(text: str, _country_code: str | None) -> str | None:
    digits = "".join(sign for sign in text if sign.isdigit())
    return f"+{digits}" if text.strip().startswith("+") and 8 <= len(digits) <= 15 else None


def _code_only(text: str) -> str | None:
    code = text.strip().upper()
    return code if len(code) == 2 and code.isascii() and code.isalpha() else None


def _unknown(_text: str) -> str | None:
    return None


@dataclass(frozen=True)
class Forms:
    """Functions that return a text in the form of the house, or ``None`` where it is not certain.

    Attributes:
        phone: a phone and the country it is probably of, to E.164.
        email: an address to the form in which two are the same.
        country: a name or a code to ISO 3166-1 alpha-2.
        industry: words to a code of our vocabulary.
        domain: a website to the registered domain that identifies its company.
    """

    phone: Callable[[str, str | None], str | None] = _only_international
    email: Callable[[str], str | None] = _as_it_is
    country: Callable[[str], str | None] = _code_only
    industry: Callable[[str], str | None] = _unknown
    domain: Callable[[str], str | None] = _unknown
