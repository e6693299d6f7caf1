"""Columns of people: address, names, what they do, the company they say they work at."""

from __future__ import annotations

import re
from urllib.parse import unquote

from gtm_pipelines.intake.addresses import several
from gtm_pipelines.intake.columns import Column, each
from gtm_pipelines.intake.emails import parse_emails
from gtm_pipelines.intake.names import company_key, person_name
from gtm_pipelines.intake.normalise.derive import derive_contact
from gtm_pipelines.intake.normalise.languages import language_code
from gtm_pipelines.intake.normalise.people import is_several, parts
from gtm_pipelines.intake.sheet import Employer, Refused, Sheet
from gtm_pipelines.intake.values import asks_no_contact, identifier, raised
from gtm_pipelines.intake.web import company_domain, host_domain

OTHERS = "other_emails"
"""Attribute in which further addresses of a person are kept; nobody is written to at them."""
_PROFILE = re.compile(r"linkedin\.com/((?:in|pub|company|school|showcase)/[^/?#\s]+)", re.I)


def contact(sheet: Sheet, defaults: dict[str, str], *, surname_first: bool = False) -> None:
    """Turn cleaned cells into a contact's columns and refuse records that cannot be one.

    Args:
        sheet: the cells by field.
        defaults: values for records that have none of their own.
        surname_first: whether the column of full names says that the family name stands first.
    """
    sheet.suppress = stops(sheet.take("do_not_contact"), sheet.take("unsubscribed"), sheet.column("client_status"))
    for name, default in defaults.items():
        sheet.put(name, [value or default for value in sheet.column(name)])
    sheet.convert("linkedin_url", linkedin_url)
    sheet.convert("language", language_code)
    tins, sites = each(identifier, _keep(sheet, "company_tin")), each(company_domain, _keep(sheet, "company_domain"))
    verdicts = _emails(sheet)
    domains = zip(sites, each(host_domain, sheet.column("email_domain")), strict=True)
    sheet.employers = list(map(Employer, tins, domains, each(company_key, sheet.column("company_name"))))
    _names(sheet, surname_first)
    if "phone" in sheet.values:
        sheet.put("phone", each(_phone, sheet.values["phone"]))
    derive_contact(sheet)
    sheet.values["do_not_contact"] = [stop is not None for stop in sheet.suppress]
    sheet.refuse(verdicts | {position: verdict for position, verdict in _keyless(sheet).items() if position not in verdicts})


def _keep(sheet: Sheet, name: str) -> Column:
    """Take a column of the contact's company out and keep it as an attribute, for it may be all that is known of that."""
    column = sheet.take(name)
    if any(column):
        sheet.attributes.setdefault(name, column)
    return column


def stops(no_contact: Column, unsubscribed: Column, status: Column) -> Column:
    """Return why each owner may not be written to, from three columns that may say so."""
    if not any(any(column) for column in (no_contact, unsubscribed, status)):
        return [None] * len(status)
    off, told, asked = each(raised, unsubscribed), each(raised, no_contact), each(asks_no_contact, status)
    return ["unsubscribed" if a else "do_not_contact" if b or c else None for a, b, c in zip(off, told, asked, strict=True)]


def linkedin_url(text: str) -> str | None:
    """Return a LinkedIn address in one spelling, so that it can be a key."""
    match = _PROFILE.search(text)
    return f"https://www.linkedin.com/{unquote(match.group(1)).lower()}" if match else None


def _emails(sheet: Sheet) -> dict[int, Refused]:
    """Put the addresses with their keys and domains; return the verdicts on what is none."""
    texts = sheet.take("email")
    found = parse_emails(texts)
    for at in [at for at in found.bad if (cell := texts[at]) and "@" in cell]:
        if of_cell := several(texts[at]):
            (found.addresses[at], found.keys[at], found.domains[at]), others = of_cell
            del found.bad[at]
            _keep_others(sheet, at, others)
    for name, column in (("email", found.addresses), ("email_key", found.keys), ("email_domain", found.domains)):
        sheet.put(name, column)
    return {at: Refused("email.invalid", f"'{texts[at][:100]}' is no email address. {error}") for at, error in found.bad.items()}


def _keep_others(sheet: Sheet, at: int, others: tuple[str, ...]) -> None:
    """Keep a record's further addresses as an attribute, beside those that a column of the file names so."""
    if not others:
        return
    sheet.others[at] = others
    column = sheet.attributes.get(OTHERS)
    said = [column[at]] if column and column[at] else []
    sheet.odd.setdefault(at, {})[OTHERS] = "; ".join([*said, *others])


def _names(sheet: Sheet, surname_first: bool) -> None:
    """Fill first, middle, last and full name from each other."""
    full, first, last, middle = (sheet.take(part) for part in ("full_name", "first_name", "last_name", "middle_name"))
    languages = sheet.column("language")
    for at, (whole, given, family) in enumerate(zip(full, first, last, strict=True)):
        if (whole and not (given and family)) or (given and is_several(given)):
            first[at], middle[at], last[at] = parts(whole, given, family, middle[at], languages[at], surname_first)
    first, middle, last, full = (each(person_name, column) for column in (first, middle, last, full))
    for name, column in (("first_name", first), ("middle_name", middle), ("last_name", last)):
        sheet.put(name, column)
    said = [f"{a} {b}" if a and b else (c or a or b) for a, b, c in zip(first, last, full, strict=True)]
    sheet.put("full_name", said)


def _phone(text: str) -> str:
    return text.lstrip("'")


def _keyless(sheet: Sheet) -> dict[int, Refused]:
    """Return the verdicts on records by which nobody could be found again."""
    keys = (sheet.column("email"), sheet.column("linkedin_url"), sheet.column("full_name"), sheet.column("company_name"))
    refused = Refused("contact.no_key", "The record has no email, no LinkedIn address, and not both a name and a company.")
    return {
        position: refused
        for position, (email, profile, name, company) in enumerate(zip(*keys, strict=True))
        if not (email or profile or (name and company))
    }
