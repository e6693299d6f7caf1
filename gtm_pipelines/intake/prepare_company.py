"""Columns of companies: numbers, website and domain, name and the form in which names are compared."""

from __future__ import annotations

from gtm_pipelines.intake.columns import each
from gtm_pipelines.intake.names import company_key
from gtm_pipelines.intake.normalise.derive import derive_company
from gtm_pipelines.intake.normalise.languages import language_code
from gtm_pipelines.intake.prepare_contact import linkedin_url, stops
from gtm_pipelines.intake.sheet import Refused, Sheet
from gtm_pipelines.intake.values import count, identifier, truth
from gtm_pipelines.intake.web import company_domain


def company(sheet: Sheet, shared: frozenset[str]) -> None:
    """Turn cleaned cells into a company's columns and refuse records that cannot be one.

    Args:
        sheet: the cells by field.
        shared: domains that identify no company.
    """
    sheet.suppress = stops(sheet.take("do_not_contact"), [None] * len(sheet), sheet.column("status"))
    for key in ("tin", "registration_number"):
        sheet.put(key, each(identifier, sheet.column(key)))
    own, site = each(company_domain, sheet.take("domain")), each(company_domain, sheet.column("website"))
    domains = [a or b for a, b in zip(own, site, strict=True)]
    sheet.put("domain", [None if domain in shared else domain for domain in domains])
    names = [name or domain for name, domain in zip(sheet.column("name"), sheet.column("domain"), strict=True)]
    sheet.put("name", names)
    sheet.put("name_key", each(company_key, names))
    for name, function in (
        ("employee_count", count),
        ("sme_registry", truth),
        ("linkedin_url", linkedin_url),
        ("language", language_code),
    ):
        sheet.convert(name, function)
    derive_company(sheet)
    nameless = Refused("company.no_name", "The record has neither a company name nor a website that gives one.")
    sheet.refuse({position: nameless for position, name in enumerate(names) if not name})
