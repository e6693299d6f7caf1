"""Columns that are read from other columns: codes beside the values as they stand.

A source is never altered. When one changes, what was read from it is read anew, unless
a file stated it: ``time_zone`` of a contact can be both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gtm_pipelines.intake.columns import Column, each
from gtm_pipelines.intake.model import Kind
from gtm_pipelines.intake.normalise.companies import legal_form
from gtm_pipelines.intake.normalise.countries import country_code
from gtm_pipelines.intake.normalise.industries import industry_code
from gtm_pipelines.intake.normalise.phones import e164, numbers
from gtm_pipelines.intake.normalise.places import time_zone
from gtm_pipelines.intake.normalise.titles import function_of, seniority_of

if TYPE_CHECKING:
    from gtm_pipelines.intake.sheet import Sheet

COMPANY_CODES = ("legal_form", "country_code", "time_zone", "phone_e164", "industry_code")
CONTACT_CODES = ("country_code", "phone_e164", "time_zone", "function", "seniority")
SOURCES = frozenset({"name", "country", "state", "city", "phone", "industry", "position"})
"""Columns from which a derived one is read."""


def derive_company(sheet: Sheet) -> None:
    """Put the derived columns of companies beside those they are read from."""
    codes = _shared(sheet)
    sheet.put("legal_form", each(legal_form, sheet.column("name")))
    sheet.put("industry_code", each(industry_code, sheet.column("industry")))
    sheet.put("time_zone", _zones(sheet.column("city"), codes, sheet.column("state")))


def derive_contact(sheet: Sheet) -> None:
    """Put the derived columns of people beside those they are read from; a time zone that a file states stays."""
    codes = _shared(sheet)
    sheet.put("function", each(function_of, sheet.column("position")))
    sheet.put("seniority", each(seniority_of, sheet.column("position")))
    states = sheet.attributes.get("state") or [None] * len(sheet)
    zones = _zones(sheet.column("city"), codes, states)
    sheet.put("time_zone", [stated or zone for stated, zone in zip(sheet.column("time_zone"), zones, strict=True)])


def _shared(sheet: Sheet) -> Column:
    """Put what companies and people have alike; return the codes of the countries."""
    codes = each(country_code, sheet.column("country"))
    sheet.put("country_code", codes)
    sheet.put("phone_e164", numbers(sheet.column("phone"), codes))
    return codes


def _zones(cities: Column, codes: Column, states: Column) -> Column:
    if not any(codes):
        return [None] * len(codes)
    return each(lambda place: time_zone(*place), list(zip(cities, codes, states, strict=True)))


def company_codes(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the derived columns of a company of which something is known."""
    get = values.get
    found: dict[str, str | None] = {}
    country, name, phone, industry = get("country"), get("name"), get("phone"), get("industry")
    code = country_code(country) if country else None
    if name:
        found["legal_form"] = legal_form(name)
    if code:
        found["country_code"] = code
        found["time_zone"] = time_zone(get("city"), code, get("state"))
    if phone:
        found["phone_e164"] = e164(phone, code)
    if industry:
        found["industry_code"] = industry_code(industry)
    return {column: value for column, value in found.items() if value}


def contact_codes(values: Mapping[str, Any], state: str | None = None) -> dict[str, str]:
    """Return the derived columns of a contact of which something is known.

    Args:
        values: its columns.
        state: of its address, which is no column of a contact but tells cities of one name apart.
    """
    get = values.get
    found: dict[str, str | None] = {}
    country, phone, position = get("country"), get("phone"), get("position")
    code = country_code(country) if country else None
    if code:
        found["country_code"] = code
        found["time_zone"] = time_zone(get("city"), code, state)
    if phone:
        found["phone_e164"] = e164(phone, code)
    if position:
        found["function"] = function_of(position)
        found["seniority"] = seniority_of(position)
    return {column: value for column, value in found.items() if value}


def refresh(kind: Kind, values: dict[str, Any], replaced: Mapping[str, Any]) -> None:
    """Derive anew what was read from columns that have changed.

    Args:
        kind: what ``values`` are of.
        values: all columns as they are now; derived ones are changed in place.
        replaced: the columns that have changed, with the values they had before.
    """
    if SOURCES.isdisjoint(replaced):
        return
    codes, columns = (company_codes, COMPANY_CODES) if kind == "company" else (contact_codes, CONTACT_CODES)
    before, now = codes({**values, **replaced}), codes(values)
    for column in columns:
        if values.get(column) is None or values[column] == before.get(column):
            values[column] = now.get(column)
