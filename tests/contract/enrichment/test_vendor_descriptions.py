"""Exa's and Apollo's own descriptions of themselves, played by Prism: our questions are right, their answers are understood."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.enrichment.lookup import accepted
from gtm_pipelines.enrichment.registry import Registry
from gtm_pipelines.enrichment.source import Fact, Source, SourceKeyError, Subject, SubjectType
from gtm_pipelines.settings_research import EnrichmentSettings, SourceSettings
from tests.prism import description, prism

pytestmark = pytest.mark.slow
APOLLO = ("apollo", "openapi", "_original", "apollo-io-apollo-rest-api-openapi.json")
EXA = ("exa", "exa-openapi-spec.yaml")


@pytest.fixture(scope="module")
def apollo() -> Iterator[str]:
    with prism(description(*APOLLO)) as url:
        yield url


@pytest.fixture(scope="module")
def exa() -> Iterator[str]:
    with prism(description(*EXA)) as url:
        yield url


@pytest.fixture(autouse=True)
def vendor_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VENDOR_KEY", "k")


def source_of(clock: VirtualClock, section: str, name: str, url: str) -> Source:
    settings = SourceSettings(enabled=True, key="env:VENDOR_KEY", base_url=url, timeout_seconds=30)
    registry = Registry(EnrichmentSettings(sources={section: settings}), clock)
    return next(one.source for one in registry.sources() if one.source.name == name)


def ask(source: Source, kind: SubjectType, **known: str) -> dict[str, Fact]:
    async def work() -> list[Fact]:
        try:
            return await source.enrich(Subject(kind, "one", known, source.fields))
        finally:
            await source.aclose()

    return {one.field: one for one in accepted(source, asyncio.run(work()))}


def test_apollo_s_example_of_a_company_is_understood(apollo: str, clock: VirtualClock) -> None:
    told = ask(source_of(clock, "apollo", "apollo_company", apollo), "company", domain="apollo.io")
    values = {name: one.value for name, one in told.items()}
    assert values["employee_count"] == "1600"
    assert (values["country_code"], values["city"], values["founded_year"]) == ("US", "San Francisco", "2015")
    assert values["industry"] == "information technology & services"
    assert values["linkedin_url"] == "http://www.linkedin.com/company/apolloio"
    assert values["revenue"] == "100000000"


@pytest.mark.parametrize(
    "known",
    [
        {"full_name": "Tim Zheng", "company_domain": "apollo.io"},
        {"first_name": "Tim", "last_name": "Zheng", "company_name": "Apollo"},
        {"linkedin_url": "http://www.linkedin.com/in/tim-zheng-677ba010", "full_name": "Tim Zheng"},
        {"email": "tim@apollo.io"},
    ],
)
def test_apollo_s_example_of_a_person_is_understood(apollo: str, clock: VirtualClock, known: dict[str, str]) -> None:
    told = ask(source_of(clock, "apollo", "apollo_person", apollo), "contact", **known)
    values = {name: one.value for name, one in told.items()}
    assert values["email"] == "tim@apollo.io", "the person's, not the one of the contact of the same answer"
    assert told["email"].confidence == 0.9
    assert values["position"] == "Founder & CEO"
    assert values["country_code"] == "US"


def test_apollo_s_answer_about_somebody_else_is_nobody_s(apollo: str, clock: VirtualClock) -> None:
    told = ask(source_of(clock, "apollo", "apollo_person", apollo), "contact", full_name="Ann Li", company_domain="acme.example")
    assert told == {}


@pytest.mark.parametrize("known", [{"name": "Acme Robotics", "city": "Riga"}, {"name": "Acme", "domain": "acme.example"}])
def test_exa_takes_our_questions_and_its_example_is_about_somebody_else(
    exa: str, clock: VirtualClock, known: dict[str, str]
) -> None:
    assert ask(source_of(clock, "exa", "exa", exa), "company", **known) == {}


def test_exa_s_example_is_understood_where_it_is_the_company_that_was_asked_for(exa: str, clock: VirtualClock) -> None:
    told = ask(source_of(clock, "exa", "exa", exa), "company", domain="arxiv.org")
    values = {name: one.value for name, one in told.items()}
    assert values["domain"] == "arxiv.org"
    assert 0 < sum(one.cost_usd for one in told.values()) <= 0.005 + 1e-9


@pytest.mark.parametrize(("section", "name", "spec"), [("exa", "exa", EXA), ("apollo", "apollo_company", APOLLO)])
def test_the_key_goes_where_the_description_wants_it(
    request: pytest.FixtureRequest, clock: VirtualClock, section: str, name: str, spec: tuple[str, ...]
) -> None:
    url = request.getfixturevalue(section)
    source: Any = source_of(clock, section, name, url)
    source.vendor.header = "x-nothing"
    with pytest.raises(SourceKeyError, match="401"):
        ask(source, "company", domain="acme.example")
