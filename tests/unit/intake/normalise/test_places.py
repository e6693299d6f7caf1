"""A country, and where it has several times a city, tell the time zone."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from gtm_pipelines.intake.normalise.places import FILE_NAME, time_zone
from gtm_pipelines.settings import bundle_root


@pytest.mark.parametrize(
    ("city", "country", "state", "zone"),
    [
        (None, "DE", None, "Europe/Berlin"),
        ("Anywhere", "FR", None, "Europe/Paris"),
        ("Москва", "RU", None, "Europe/Moscow"),
        ("г. Екатеринбург", "RU", None, "Asia/Yekaterinburg"),
        ("СПб", "RU", None, "Europe/Moscow"),
        ("Новосибирск", "RU", None, "Asia/Novosibirsk"),
        ("New York", "US", None, "America/New_York"),
        ("Portland", "US", None, "America/Los_Angeles"),
        ("Portland", "US", "Maine", "America/New_York"),
        ("Anytown", "US", "CA", "America/Los_Angeles"),
        ("Austin, TX", "US", None, "America/Chicago"),
        ("Las Palmas de Gran Canaria", "ES", None, "Atlantic/Canary"),
        ("Madrid", "ES", None, "Europe/Madrid"),
        (None, "CN", None, "Asia/Shanghai"),
    ],
)
def test_zones_come_from_country_city_and_state(city: str | None, country: str, state: str | None, zone: str) -> None:
    assert time_zone(city, country, state) == zone


@pytest.mark.parametrize(
    ("city", "country", "state"),
    [("Moscow", None, None), (None, "RU", None), (None, "US", "TX"), ("Nowhere", "US", None), ("X", "ZZ", None)],
)
def test_what_is_not_settled_has_no_zone(city: str | None, country: str | None, state: str | None) -> None:
    assert time_zone(city, country, state) is None


def test_every_zone_of_the_table_is_one() -> None:
    table = (bundle_root() / "data" / "reference" / FILE_NAME).read_text(encoding="utf-8").splitlines()[1:]
    zones = {line.split("\t")[2] for line in table}
    assert len(zones) > 200
    assert all(ZoneInfo(zone) for zone in zones)
