"""The search engines, through the real package ``ddgs`` with engines of our own in their place."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import ddgs.ddgs
import pytest
from ddgs.base import BaseSearchEngine
from ddgs.results import TextResult

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.enrichment.source import SourceBusyError, Subject
from gtm_pipelines.enrichment.sources.web_search import WebSearch, ask_engines


class Engine(BaseSearchEngine[TextResult]):
    """Answers as the test says."""

    name, category, provider = "ours", "text", "ours"
    answer: Any = ()
    asked: tuple[str, str] = ("", "")

    def __init__(self, *_args: Any, **_named: Any) -> None: ...

    def build_payload(self, *_args: Any, **_named: Any) -> dict[str, Any]:
        return {}

    def search(self, query: str, region: str = "", **_named: Any) -> list[TextResult]:  # type: ignore[override]
        Engine.asked = (query, region)
        if isinstance(Engine.answer, Exception):
            raise Engine.answer
        return [TextResult(title=title, href=href, body="") for href, title in Engine.answer]


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Engine]]:
    monkeypatch.setattr(ddgs.ddgs.DDGS, "_get_engines", lambda *_: [Engine()])
    yield Engine
    Engine.answer = ()


def look(clock: VirtualClock, **known: str) -> list[tuple[str, str]]:
    source = WebSearch(lambda *asked: ask_engines(*asked, seconds=5), clock)
    facts = asyncio.run(source.enrich(Subject("company", "one", known, source.fields)))
    return [(one.field, one.value) for one in facts]


def test_the_company_s_site_is_found_among_results(engine: type[Engine], clock: VirtualClock) -> None:
    engine.answer = [("https://www.linkedin.com/company/acme", "Acme | LinkedIn"), ("https://www.acme.de/kontakt", "Kontakt")]
    assert look(clock, name="Acme GmbH", country_code="DE", city="Köln") == [
        ("website", "https://www.acme.de"),
        ("domain", "acme.de"),
    ]
    assert engine.asked == ("Acme GmbH Köln", "de-de")


def test_no_results_are_an_answer(engine: type[Engine], clock: VirtualClock) -> None:
    engine.answer = []
    assert look(clock, name="Acme GmbH") == []


@pytest.mark.parametrize(
    "fault", [TimeoutError("operation timed out"), ConnectionError("no route"), RuntimeError("202 Ratelimit")]
)
def test_engines_that_fail_are_busy(engine: type[Engine], clock: VirtualClock, fault: Exception) -> None:
    engine.answer = fault
    with pytest.raises(SourceBusyError):
        look(clock, name="Acme GmbH")
