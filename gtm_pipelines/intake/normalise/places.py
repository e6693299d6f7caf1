"""Time zones from country and city.

A country with one time all over, or nearly so, needs no city; elsewhere the city decides,
by the largest of its name in the state or the country. The table is
``data/reference/city_zones.tsv``, made of the cities of GeoNames by ``docs/city_zones.py``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from gtm_pipelines.intake.normalise.words import folded
from gtm_pipelines.settings import bundle_root

FILE_NAME = "city_zones.tsv"
_STATES = {
    "US": """
        AL alabama, AK alaska, AZ arizona, AR arkansas, CA california, CO colorado, CT connecticut, DE delaware,
        FL florida, GA georgia, HI hawaii, ID idaho, IL illinois, IN indiana, IA iowa, KS kansas, KY kentucky, LA
        louisiana, ME maine, MD maryland, MA massachusetts, MI michigan, MN minnesota, MS mississippi, MO
        missouri, MT montana, NE nebraska, NV nevada, NH new hampshire, NJ new jersey, NM new mexico, NY new york,
        NC north carolina, ND north dakota, OH ohio, OK oklahoma, OR oregon, PA pennsylvania, RI rhode island, SC
        south carolina, SD south dakota, TN tennessee, TX texas, UT utah, VT vermont, VA virginia, WA washington,
        WV west virginia, WI wisconsin, WY wyoming, DC district of columbia
    """,
    "CA": """
        AB alberta, BC british columbia, MB manitoba, NB new brunswick, NL newfoundland and labrador, NS nova
        scotia, ON ontario, PE prince edward island, QC quebec, SK saskatchewan, YT yukon, NT northwest
        territories, NU nunavut
    """,
    "AU": """
        ACT australian capital territory, NSW new south wales, NT northern territory, QLD queensland, SA south
        australia, TAS tasmania, VIC victoria, WA western australia
    """,
}
_CITY = re.compile(r"^(г|гор|город|пгт|city of|greater)\b\s*|\s*\b(city|metropolitan area|metro area|area|region)$")
_SHORT = {"спб": "санкт петербург", "мск": "москва", "нн": "нижний новгород", "питер": "санкт петербург", "екб": "екатеринбург",
          "nyc": "new york city", "new york": "new york city", "sf": "san francisco", "la": "los angeles"}  # fmt: skip


class _Table(NamedTuple):
    """Country → its main zone; (country, city) and (country, state, city) → zone; (country, state) → its zones."""

    main: dict[str, str]
    cities: dict[tuple[str, str], str]
    in_state: dict[tuple[str, str, str], str]
    states: dict[tuple[str, str], set[str]]


@lru_cache(maxsize=50_000)
def time_zone(city: str | None, country_code: str | None, state: str | None = None) -> str | None:
    """Return an IANA time zone, or ``None`` where country, state and city do not settle it.

    Args:
        city: in English, Russian, or as its country writes it.
        country_code: ISO 3166-1 alpha-2; without it there is no answer, for many cities share a name.
        state: of the United States, Canada or Australia, by name or letters.
    """
    if not country_code:
        return None
    table = _table()
    region = _state(country_code, state)
    for name in _spellings(city or ""):
        found = table.in_state.get((country_code, region, name)) if region else table.cities.get((country_code, name))
        if found:
            return found
    zones = table.states.get((country_code, region), ()) if region else ()
    return next(iter(zones)) if len(zones) == 1 else table.main.get(country_code)


def _spellings(city: str) -> list[str]:
    """Return the forms under which a city may be listed."""
    whole = folded(city.partition(",")[0])
    return [_SHORT.get(name, name) for name in (whole, _CITY.sub("", whole)) if name]


def _state(country_code: str, state: str | None) -> str:
    return _state_codes().get((country_code, folded(state)), "") if state else ""


@lru_cache(maxsize=1)
def _state_codes() -> dict[tuple[str, str], str]:
    pairs = (
        (country, *" ".join(entry.split()).split(" ", 1)) for country, names in _STATES.items() for entry in names.split(",")
    )
    return {(country, key): code for country, code, name in pairs for key in (code.lower(), name)}


@lru_cache(maxsize=1)
def _table() -> _Table:
    table = _Table({}, {}, {}, {})
    path = bundle_root() / "data" / "reference" / FILE_NAME
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        country, state, zone, cities = line.split("\t")
        if cities == "*":
            table.main[country] = zone
            continue
        table.states.setdefault((country, state), set()).add(zone)
        for name in cities.split(";"):
            city = folded(name)
            table.in_state.setdefault((country, state, city), zone)
            if name[0] != "~":
                table.cities.setdefault((country, city), zone)
    return table
