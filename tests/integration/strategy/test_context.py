"""What documents are written from: assessed, fetched where it is missing, kept, told, and refused where it is too thin."""

from __future__ import annotations

import pytest

from gtm_pipelines.enrichment.model import Page
from gtm_pipelines.enrichment.source import SourceBusyError
from gtm_pipelines.strategy.model import ContextMissingError
from gtm_pipelines.strategy.service import Wishes
from tests.integration.strategy.conftest import Open

OVERVIEW = Wishes(only=("product_overview",))


def brought(clock, text: str) -> tuple[Page, ...]:
    return (Page("file:offer.txt", "file:offer.txt", "other", "Offer", text, None, {}, clock.now()),)


def test_a_repeated_address_is_read_once(opened: Open) -> None:
    bench = opened()
    spellings = ["https://harbourline.test", "harbourline.test/", "http://www.harbourline.test", "HARBOURLINE.test#top"] * 5
    for place, address in enumerate(spellings):
        bench.service.new(f"Spring {place}", address, by="anna")
        bench.service.run(f"Spring {place}", OVERVIEW, by="anna")
    hits, reads = bench.service.context.use()
    assert (hits, reads, len(bench.web.reads)) == (19, 1, 1)
    assert hits / (hits + reads) > 0.8


def test_kept_pages_expire_after_a_week(opened: Open, clock) -> None:
    bench = opened()
    bench.service.new("Spring", "harbourline.test", by="anna")
    bench.service.run("Spring", OVERVIEW, by="anna")
    clock.advance(days=6, hours=23)
    bench.service.run("Spring", Wishes(only=("product_overview",), again=True), by="anna")
    assert len(bench.web.reads) == 1
    clock.advance(hours=2)
    bench.service.run("Spring", Wishes(only=("product_overview",), again=True), by="anna")
    assert len(bench.web.reads) == 2


def test_a_refresh_reads_anew_once_for_a_whole_run(opened: Open) -> None:
    bench = opened()
    bench.service.new("Spring", "harbourline.test", by="anna")
    bench.service.run("Spring", by="anna")
    bench.service.run("Spring", Wishes(again=True, refresh=True), by="anna")
    assert bench.web.reads == ["https://harbourline.test", "https://harbourline.test again"]


def test_a_document_tells_what_it_was_written_from(opened: Open, clock) -> None:
    bench = opened()
    bench.service.new("Spring", "harbourline.test", by="anna")
    bench.service.run("Spring", OVERVIEW, by="anna")
    clock.advance(hours=30)
    strategy = bench.service.run("Spring", Wishes(only=("target_company",)), by="anna")
    website, overview = strategy.documents["target_company"].context
    assert (website.context, website.source, website.cached, website.freshness_hours) == ("website_content", "website", True, 30)
    assert website.quality == "sufficient"
    assert (overview.context, overview.version, overview.quality) == ("product_overview", 1, "sufficient")


def test_a_thin_website_is_refused_with_what_is_missing_and_what_to_do(opened: Open) -> None:
    bench = opened("harbourline", "about")
    bench.service.new("Spring", "harbourline.test", by="anna")
    with pytest.raises(ContextMissingError, match="no product page") as refused:
        bench.service.run("Spring", by="anna")
    assert "--page FILE" in str(refused.value)
    assert refused.value.assessments[0].quality == "missing"
    assert bench.engine.requests == []
    assert bench.service.get("Spring").documents == {}


def test_pages_that_a_person_brings_stand_in_for_a_thin_website(opened: Open, clock) -> None:
    bench = opened("harbourline", "about")
    bench.service.new("Spring", "harbourline.test", by="anna")
    text = "Harbourline is a tracking platform for freight forwarders and importers. " * 60
    strategy = bench.service.run("Spring", Wishes(only=("product_overview",), given=brought(clock, text)), by="anna")
    overview = strategy.documents["product_overview"]
    assert overview.context[0].source == "given"
    assert {each.source for each in overview.evidence} == {"file:offer.txt"}
    assert bench.web.reads == []


def test_a_website_that_cannot_be_read_falls_back_on_what_was_kept_and_says_how_old_it_is(opened: Open, clock) -> None:
    bench = opened()
    bench.service.new("Spring", "harbourline.test", by="anna")
    bench.service.run("Spring", OVERVIEW, by="anna")
    clock.advance(days=9)
    bench.web.error = SourceBusyError("harbourline.test does not answer. Try again later.")
    strategy = bench.service.run("Spring", Wishes(only=("product_overview",), again=True), by="anna")
    website = strategy.documents["product_overview"].context[0]
    assert website.freshness_hours == 9 * 24
    assert "read 9 days ago" in website.gaps


def test_a_failed_read_is_no_empty_answer(opened: Open) -> None:
    bench = opened()
    bench.web.error = SourceBusyError("harbourline.test does not answer. Try again later.")
    bench.service.new("Spring", "harbourline.test", by="anna")
    with pytest.raises(SourceBusyError):
        bench.service.run("Spring", by="anna")
    assert bench.service.context.use() == (0, 0)


def test_a_required_document_that_is_too_thin_stops_the_next_one(opened: Open) -> None:
    bench = opened()
    bench.model.instead[("target_company", None)] = bench_thin()
    bench.service.new("Spring", "harbourline.test", by="anna")
    with pytest.raises(ContextMissingError, match="target company is") as refused:
        bench.service.run("Spring", Wishes(only=("positioning",)), by="anna")
    assert "--only target_company --again" in str(refused.value)
    assert "nothing about buying signals" in str(refused.value)


def bench_thin() -> str:
    from tests.integration.strategy.parts import answer

    claim = {"text": "It is in Rotterdam.", "basis": "stated", "evidence": ["e9"], "field": "city", "op": "is"}
    criterion = claim | {"values": ["Rotterdam"], "weight": "must"}
    return answer({"firmographics": [criterion], "buying_signals": [], "disqualifiers": []}, ("p1", "no such words at all here"))
