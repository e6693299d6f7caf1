"""The forms in which addresses, domains and companies are compared with what is suppressed. No I/O."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from gtm_pipelines.errors import InputError
from gtm_pipelines.record.domains import ascii_form

KINDS = ("address", "domain", "company")


class Subject(NamedTuple):
    """Somebody who might be written to."""

    address: str | None
    company_id: str | None


def key(kind: str, value: str) -> str:
    """Return the form in which a value is compared.

    Raises:
        InputError: the kind is unknown, or the value is no address, domain or id.
    """
    cleaned = value.strip().casefold()
    if kind == "address":
        cleaned = cleaned.removeprefix("mailto:")
        local, _, domain = cleaned.rpartition("@")
        if not local or not domain or any(c.isspace() for c in cleaned):
            raise InputError(f"'{value}' is not an e-mail address. Give one such as name@company.com.")
        return f"{local}@{ascii_form(domain)}"
    if kind == "domain":
        cleaned = cleaned.removeprefix("@").rstrip(".")
        if not cleaned or "@" in cleaned or any(c.isspace() for c in cleaned):
            raise InputError(f"'{value}' is neither an address nor a domain. Give one such as company.com.")
        return ascii_form(cleaned)
    if kind == "company":
        if not cleaned:
            raise InputError("Name the company by its id; 'gtm company list' shows it.")
        return cleaned
    raise InputError(f"A suppression is of an address, a domain or a company, not of '{kind}'.")


def keys_of(subject: Subject) -> Iterator[tuple[str, str]]:
    """Yield every kind and form under which somebody may be suppressed."""
    if subject.address and "@" in subject.address:
        address = key("address", subject.address)
        yield "address", address
        labels = address.rpartition("@")[2].split(".")
        for start in range(len(labels)):
            yield "domain", ".".join(labels[start:])
    if subject.company_id:
        yield "company", subject.company_id.casefold()
