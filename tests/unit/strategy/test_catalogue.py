"""The catalogue of data sources: strict, sourced, and ranked by rules."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from gtm_pipelines.errors import InputError
from gtm_pipelines.strategy.catalogue import DataSource, load, parse
from gtm_pipelines.strategy.outcome import _RUSSIAN
from gtm_pipelines.strategy.recommend import recommend
from tests.parts import ROOT

FILE = ROOT / "data" / "reference" / "data_sources.yaml"


def entry(name: str, gives: str, **cost: Any) -> dict[str, Any]:
    told = {"text": "It costs.", "source": "https://x.test/price", "read_on": "2026-01-01", "confidence": "verified"}
    return {
        "name": name, "title": name, "kind": "api", "gives": gives.split(), "cost": told | cost, "quality": {"text": "Unknown."},
        "limits": {"text": "Unknown."}, "connect": "A key.",
    }  # fmt: skip


def sources(*entries: dict[str, Any]) -> tuple[DataSource, ...]:
    return parse(yaml.safe_dump(list(entries)))


def test_the_catalogue_holds_what_is_asked_for_and_every_figure_its_source() -> None:
    found = {source.name: source for source in load([FILE])}
    assert len(found) >= 25
    wanted = (
        "apollo clearbit crunchbase builtwith wappalyzer hunter leadmagic zoominfo cognism lusha rocketreach snov dropcontact"
    )
    wanted += " people_data_labs coresignal exa firecrawl parallel anysite companies_house egrul opencorporates gleif wikidata"
    assert set(f"{wanted} google_places similarweb ocean duckduckgo_search own_website".split()) <= found.keys()
    for source in found.values():
        if source.cost.per_record_usd is not None or source.cost.monthly_usd is not None:
            assert source.cost.source
            assert source.cost.read_on


def test_every_attribute_has_a_russian_name() -> None:
    assert {attribute for source in load([FILE]) for attribute in source.gives} <= _RUSSIAN.keys()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"gives": ["moods"]}, "gives.0"),
        ({"colour": "red"}, "colour"),
        ({"name": "Big Name"}, "name"),
        ({"cost": {"text": "5 dollars", "per_record_usd": 5}}, "a figure needs a source"),
        ({"cost": {"text": "5", "confidence": "verified"}}, "names its source and the date"),
        ({"cost": {"text": "5", "confidence": "reported", "source": "x", "read_on": "2026-01-01"}}, "source"),
    ],
)
def test_an_entry_that_does_not_fit_is_refused_with_its_name(change: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=told):
        parse(yaml.safe_dump([entry("good", "email") | change]))


def test_a_file_that_is_no_catalogue_is_refused() -> None:
    for text in ("a: b", "- x", "[", ""):
        with pytest.raises(InputError):
            parse(text)
    with pytest.raises(InputError, match="twice"):
        sources(entry("one", "email"), entry("one", "phone"))


def test_a_users_own_file_replaces_an_entry(tmp_path) -> None:
    own = tmp_path / "data_sources.yaml"
    own.write_text(yaml.safe_dump([entry("apollo", "email", per_record_usd=0.01)]))
    found = {source.name: source for source in load([FILE, own, tmp_path / "none.yaml"])}
    assert found["apollo"].cost.of(1_000) == 10


def test_what_costs_nothing_comes_first_then_the_cheapest_for_what_is_missing() -> None:
    found = sources(
        entry("dear", "email phone", per_record_usd=0.5), entry("cheap", "email", per_record_usd=0.01),
        entry("free", "news", free=True),
        entry("unpriced", "traffic email", confidence="unknown"),
    )  # fmt: skip
    advice = recommend(found, ["email", "phone", "news", "traffic"], records=1_000)
    assert [(pick.source.name, pick.covers, pick.monthly_usd) for pick in advice.picks] == [
        ("free", ("news",), 0.0), ("cheap", ("email",), 10.0), ("dear", ("phone",), 500.0), ("unpriced", ("traffic",), None),
    ]  # fmt: skip
    assert (advice.monthly_usd, advice.unpriced, advice.uncovered) == (510.0, ("unpriced",), ())


def test_a_budget_and_a_country_leave_sources_out_with_the_reason() -> None:
    found = sources(
        entry("dear", "phone", monthly_usd=100), entry("local", "email", free=True) | {"regions": ["RU"]},
        entry("small", "email", per_record_usd=0.01),
    )  # fmt: skip
    advice = recommend(found, ["email", "phone"], budget_usd=50, countries=["gb"])
    assert [pick.source.name for pick in advice.picks] == ["small"]
    assert advice.uncovered == ("phone",)
    assert dict(advice.left_out) == {
        "dear": "about 100.00 US dollars a month is more than the budget leaves", "local": "knows RU only",
    }  # fmt: skip


def test_unknown_wishes_name_what_there_is() -> None:
    with pytest.raises(InputError, match="Name any of: email"):
        recommend(sources(entry("one", "email")), ["moods"])
