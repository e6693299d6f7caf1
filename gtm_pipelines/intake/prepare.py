"""Records of a file to candidates: normalised values, ready to be matched.

Nothing is read from the record here, so this part of an import holds no lock.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from gtm_pipelines.intake.emails import BadEmail, parse_email
from gtm_pipelines.intake.mapping import ColumnMap
from gtm_pipelines.intake.names import company_key, person_name, split_name
from gtm_pipelines.intake.read import RawRow
from gtm_pipelines.intake.values import asks_no_contact, clean, count, guess_language, identifier, language, raised, truth
from gtm_pipelines.intake.web import company_domain

_PROFILE = re.compile(r"linkedin\.com/((?:in|pub|company|school|showcase)/[^/?#\s]+)", re.I)
_WORDS = ("name", "full_name", "position", "company_name", "city", "description")


class Refused(ValueError):  # noqa: N818 - reads as the verdict it is
    """A record cannot be used; ``code`` names the rule."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


@dataclass(slots=True)
class Candidate:
    """One good record. ``values`` holds filled columns of the table only.

    Attributes:
        suppress: why its owner may not be written to, or ``None``.
        company: of a contact, the tax number, domains and name key its company may be known by.
    """

    row: RawRow
    values: dict[str, Any]
    attributes: dict[str, str]
    suppress: str | None = None
    company: tuple[str | None, tuple[str | None, ...], str | None] = (None, (), None)


def preparer(
    mapping: ColumnMap, *, source: str | None, lawful_basis: str | None, shared: frozenset[str] = frozenset()
) -> Callable[[RawRow], Candidate]:
    """Return the function that turns a record of this file into a candidate or raises ``Refused``.

    Args:
        mapping: where the fields stand.
        source: of contacts that name none.
        lawful_basis: of contacts that name none.
        shared: domains that identify no company.
    """
    cells = _Cells(mapping, shared)
    if mapping.kind == "company":
        return cells.company
    defaults = {name: value for name, value in (("source", source), ("lawful_basis", lawful_basis)) if value}
    return lambda row: cells.contact(row, defaults)


@dataclass
class _Cells:
    mapping: ColumnMap
    shared: frozenset[str]
    _columns: list[tuple[str, int]] = field(init=False)
    _attributes: list[tuple[str, int]] = field(init=False)

    def __post_init__(self) -> None:
        self._columns = list(self.mapping.columns.items())
        self._attributes = list(self.mapping.attributes.items())

    def _read(self, row: RawRow) -> tuple[dict[str, str], dict[str, str]]:
        cells = row.cells
        values = {name: text for name, index in self._columns if (text := clean(cells[index])) is not None}
        attributes = {name: text for name, index in self._attributes if (text := clean(cells[index])) is not None}
        if not values and not attributes:
            raise Refused("row.empty", "Every cell of the record is empty.")
        return values, attributes

    def company(self, row: RawRow) -> Candidate:
        """Return a company."""
        given, attributes = self._read(row)
        values: dict[str, Any] = dict(given)
        stop = _stop(values.pop("do_not_contact", None), None, values.get("status"))
        for key in ("tin", "registration_number"):
            _put(values, key, identifier(values.get(key, "")))
        sites = (company_domain(given[key]) for key in ("domain", "website") if key in given)
        domain = next((found for found in sites if found), None)
        _put(values, "domain", None if domain in self.shared else domain)
        name = values.setdefault("name", values.get("domain"))
        if not name:
            raise Refused("company.no_name", "The record has neither a company name nor a website that gives one.")
        values["name_key"] = company_key(name)
        _convert(values, attributes, "employee_count", count)
        _convert(values, attributes, "sme_registry", truth)
        _convert(values, attributes, "linkedin_url", linkedin_url)
        _convert(values, attributes, "language", language)
        return Candidate(row, values, attributes, stop)

    def contact(self, row: RawRow, defaults: dict[str, str]) -> Candidate:
        """Return a contact."""
        given, attributes = self._read(row)
        values: dict[str, Any] = {**defaults, **given}
        stop = _stop(values.pop("do_not_contact", None), values.pop("unsubscribed", None), values.get("client_status"))
        values["do_not_contact"] = stop is not None
        _convert(values, attributes, "linkedin_url", linkedin_url)
        _convert(values, attributes, "language", language)
        site, tin = values.pop("company_domain", None), values.pop("company_tin", None)
        domains = (company_domain(site) if site else None, self._email(values))
        self._names(values)
        company = values.get("company_name")
        if "email" not in values and "linkedin_url" not in values and not (values.get("full_name") and company):
            raise Refused("contact.no_key", "The record has no email, no LinkedIn address, and not both a name and a company.")
        if "phone" in values:
            values["phone"] = values["phone"].lstrip("'")
        return Candidate(row, values, attributes, stop, (tin and identifier(tin), domains, company and company_key(company)))

    @staticmethod
    def _email(values: dict[str, Any]) -> str | None:
        """Put the address with its key and domain; return the domain of its company."""
        text = values.pop("email", None)
        if text is None:
            return None
        try:
            email = parse_email(text)
        except BadEmail as error:
            raise Refused("email.invalid", f"'{text[:100]}' is no email address. {error}") from error
        values["email"], values["email_key"], values["email_domain"] = email
        return company_domain(email.domain)

    @staticmethod
    def _names(values: dict[str, Any]) -> None:
        """Fill first, last and full name from each other."""
        full = values.pop("full_name", None)
        first, last = values.get("first_name"), values.get("last_name")
        if full and not first and not last:
            first, last = split_name(full)
        first, last = first and person_name(first), last and person_name(last)
        _put(values, "first_name", first)
        _put(values, "last_name", last)
        _put(values, "full_name", f"{first} {last}" if first and last else (full and person_name(full)) or first or last)


def linkedin_url(text: str) -> str | None:
    """Return a LinkedIn address in one spelling, so that it can be a key."""
    match = _PROFILE.search(text)
    return f"https://www.linkedin.com/{unquote(match.group(1)).lower()}" if match else None


def guessed_language(candidate: Candidate) -> str | None:
    """Guess what its owner reads from what the record says in words."""
    values = candidate.values
    return guess_language(" ".join([values[name] for name in _WORDS if name in values]))


def _stop(no_contact: str | None, unsubscribed: str | None, status: str | None) -> str | None:
    if unsubscribed is not None and raised(unsubscribed):
        return "unsubscribed"
    if (no_contact is not None and raised(no_contact)) or (status is not None and asks_no_contact(status)):
        return "do_not_contact"
    return None


def _put(values: dict[str, Any], name: str, value: object) -> None:
    if value is None:
        values.pop(name, None)
    else:
        values[name] = value


def _convert(values: dict[str, Any], attributes: dict[str, str], name: str, convert: Callable[[str], object]) -> None:
    """Convert a value in place; one that cannot be converted is kept as an attribute."""
    text = values.get(name)
    if text is not None:
        value = convert(text)
        _put(values, name, value)
        if value is None:
            attributes.setdefault(name, text)
