"""Working days of a place: its weekend, its public holidays, and days counted on from a moment. No I/O.

Weekends, public holidays and working days moved to a weekend are those of the library ``holidays``,
by ISO 3166-1 code. Of a country it does not know, or where the country is not known, every day from
Monday to Friday is a working day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_SATURDAY = 5
_LONGEST_SEARCH = 400
"""Days looked through for the next working day; the longest run of days off known is a fortnight."""


@dataclass(frozen=True)
class Place:
    """Where a person is, as far as it is known.

    Attributes:
        country: ISO 3166-1 code of two letters.
        zone: the time zone their clock shows.
    """

    country: str | None = None
    zone: ZoneInfo | None = None


def place_of(snapshot: Mapping[str, Any]) -> Place:
    """Return the place of a frozen contact: its own, else its company's."""
    person, company = snapshot.get("contact") or {}, snapshot.get("company") or {}
    zone = zone_of(person.get("time_zone")) or zone_of(company.get("time_zone"))
    country = str(person.get("country_code") or company.get("country_code") or "").strip().upper()
    return Place(country if len(country) == 2 and country.isalpha() else None, zone)


@lru_cache(maxsize=1024)
def zone_of(name: str | None) -> ZoneInfo | None:
    """Return a time zone by its IANA name; ``None`` where the text names none."""
    if not name or not name.strip():
        return None
    try:
        return ZoneInfo(name.strip())
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None  # imported lists call many things a time zone; a folder of the database is an OSError


@lru_cache(maxsize=4096)
def day_off(day: date, country: str | None) -> str | None:
    """Return why nobody works on ``day`` there, such as ``weekend`` or the holiday's English name; ``None`` if they do."""
    known = _holidays(country, day.year) if country else None
    if known is None:
        return "weekend" if day.weekday() >= _SATURDAY else None
    if known.is_working_day(day):
        return None
    return str(known.get(day) or "weekend")


def add_working_days(moment: datetime, days: int, place: Place) -> datetime:
    """Return the first moment of the working day that many working days after ``moment``, in UTC.

    Days are counted by the calendar of the place; the day of ``moment`` is not one of them.

    Args:
        moment: when the mail before left.
        days: how many working days to wait, at least 1.
        place: whose days; UTC where its zone is not known.
    """
    zone = place.zone or ZoneInfo("UTC")
    day, left = moment.astimezone(zone).date(), days
    for _ in range(_LONGEST_SEARCH + 2 * days):
        day += timedelta(days=1)
        left -= day_off(day, place.country) is None
        if left <= 0:
            break
    return datetime.combine(day, time(0), zone).astimezone(UTC)


@lru_cache(maxsize=512)
def _holidays(country: str, year: int) -> Any:
    """Return a country's calendar of one year; ``None`` of a country the library does not know."""
    from holidays import country_holidays

    try:
        return country_holidays(country, years=year, expand=False, language="en_US")
    except NotImplementedError:
        return None
