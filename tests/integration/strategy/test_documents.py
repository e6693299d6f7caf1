"""Six documents out of a company's website, each claim with the words it rests on."""

from __future__ import annotations

import pytest

from gtm_pipelines.errors import SettingsError
from gtm_pipelines.record.engine import Record
from gtm_pipelines.strategy.model import KINDS, paths, sections
from gtm_pipelines.strategy.service import StrategyService, Wishes
from tests.integration.strategy.conftest import Open
from tests.integration.strategy.parts import SITES, pages, room


@pytest.mark.parametrize("site", SITES)
def test_a_website_becomes_six_documents_with_every_section_filled(opened: Open, site: str) -> None:
    bench = opened(site)
    bench.service.new("Spring", f"https://www.{site}.test", language=SITES[site], by="anna")
    strategy = bench.service.run("Spring", by="anna")
    assert tuple(strategy.documents) == KINDS
    assert {kind: document.coverage for kind, document in strategy.documents.items()} == dict.fromkeys(KINDS, 1.0)
    assert [document.number for document in strategy.documents.values()] == [1] * 6
    assert all(0 < document.confidence <= 1 for document in strategy.documents.values())


@pytest.mark.parametrize("site", SITES)
def test_every_claim_rests_on_words_that_stand_where_they_are_said_to(opened: Open, clock, site: str) -> None:
    bench = opened(site)
    bench.service.new("Spring", f"https://{site}.test", language=SITES[site], by="anna")
    strategy = bench.service.run("Spring", by="anna")
    texts = {page.final_url: page.text for page in pages(site, clock)}
    claims = {f"{kind}.{path}": claim for kind, each in strategy.documents.items() for path, claim in paths(each.content).items()}
    texts |= {path: claim.text for path, claim in claims.items()}
    checked = 0
    for kind, document in strategy.documents.items():
        known = {each.id: each for each in document.evidence}
        for claim in paths(document.content).values():
            assert claim.evidence, claim.text
            assert set(claim.evidence) <= known.keys()
        for each in document.evidence:
            if each.kind == "page" or kind != "data_sources":
                assert texts[each.source][each.start : each.end] == each.quote
                checked += 1
    assert checked > 20


def test_what_no_page_says_is_taken_out_and_kept_with_the_reason(opened: Open) -> None:
    bench = opened()
    bench.service.new("Spring", "harbourline.test", by="anna")
    strategy = bench.service.run("Spring", Wishes(only=("product_overview", "target_company", "target_persona")), by="anna")
    dropped = {each.text: each.why for document in strategy.documents.values() for each in document.dropped}
    assert "does not stand in the material" in dropped["It has 9 million customers."]
    assert "stands in none of its quotes" in dropped["Journalists reach it at press@evil.example."]
    assert "cannot be asked of companies" in dropped["It sells to people."]
    assert "no seniority" in dropped["They have rank."]
    told = str([document.content for document in strategy.documents.values()])
    assert "9 million" not in told
    assert "evil.example" not in told


def test_a_figure_that_its_own_quote_does_not_hold_is_taken_out(opened: Open) -> None:
    bench = opened("pchela")
    bench.service.new("Весна", "pchela.test", language="ru", by="anna")
    overview = bench.service.run("Весна", Wishes(only=("product_overview",)), by="anna").documents["product_overview"]
    assert [each.text for each in overview.dropped] == ["Работают 50 000 магазинов."]


def test_pages_are_material_and_no_tool_is_given(opened: Open) -> None:
    bench = opened()
    bench.service.new("Spring", "harbourline.test", by="anna")
    bench.service.run("Spring", by="anna")
    assert len(bench.engine.requests) == 5
    for request in bench.engine.requests:
        assert not request.tools
        assert "ignore the form you were given" not in str(request.system)
        assert request.config.response_format["strict"] is True
    assert "Ignore all previous instructions" not in str(bench.engine.requests[0].messages)  # it is hidden on the page


def test_a_later_document_may_rest_on_an_earlier_one(opened: Open) -> None:
    bench = opened()
    bench.service.new("Spring", "harbourline.test", by="anna")
    strategy = bench.service.run("Spring", by="anna")
    sources = {each.source for each in strategy.documents["positioning"].evidence if each.kind == "document"}
    assert sources == {"target_persona.pains.1"}
    assert strategy.documents["positioning"].uses() == {"product_overview": 1, "target_company": 1, "target_persona": 1}


def test_one_document_alone_brings_those_it_requires(opened: Open) -> None:
    bench = opened()
    bench.service.new("Spring", "harbourline.test", by="anna")
    strategy = bench.service.run("Spring", Wishes(only=("positioning",)), by="anna")
    assert tuple(strategy.documents) == ("target_company", "target_persona", "positioning")


def test_a_run_that_was_stopped_is_taken_up_where_it_stopped(opened: Open, clock) -> None:
    bench = opened()
    bench.service.new("Spring", "harbourline.test", by="anna")
    bench.service.run("Spring", Wishes(only=("product_overview",)), by="anna")
    told: list[tuple[int, int | None]] = []
    bench.service.run("Spring", by="anna", progress=lambda done, total: told.append((done, total)))
    assert told == [(0, 5), (1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]
    assert bench.service.run("Spring", by="anna").documents["product_overview"].number == 1
    assert len(bench.engine.requests) == 5


def test_a_document_written_again_is_a_new_version_and_outdates_what_rests_on_it(opened: Open) -> None:
    bench = opened()
    bench.service.new("Spring", "harbourline.test", by="anna")
    bench.service.run("Spring", by="anna")
    strategy = bench.service.run("Spring", Wishes(only=("target_company",), again=True), by="anna")
    assert strategy.documents["target_company"].number == 2
    assert [each.number for each in bench.service.history("Spring", "target_company")] == [2, 1]
    assert set(strategy.stale()) == {"target_persona", "positioning", "email_strategy", "data_sources"}
    assert bench.service.run("Spring", by="anna").stale() == {}


def test_the_plan_tells_what_would_be_read_and_asked_and_does_neither(opened: Open) -> None:
    bench = opened()
    bench.service.new("Spring", "harbourline.test", by="anna")
    steps = bench.service.plan("Spring")
    assert [step.kind for step in steps] == list(KINDS)
    assert "up to 12 pages" in steps[0].reads[0]
    assert all(step.input_tokens > 1_000 and step.usd == 0.01 for step in steps[:5])
    assert (steps[5].asks, steps[5].usd) == ("rules", 0.0)
    assert bench.web.reads == []
    assert bench.engine.requests == []


def test_without_a_model_the_next_step_is_told(record: Record, clock) -> None:
    bench = room(record, clock)
    bench.llm.providers.clear()
    bench.service.new("Spring", "harbourline.test", by="anna")
    with pytest.raises(Exception, match=r"Add a \[\[models\]\] table"):
        bench.service.run("Spring", by="anna")
    assert bench.service.get("Spring").documents == {}


def test_a_model_that_may_write_too_little_is_named_before_anything_is_paid(record: Record, clock) -> None:
    bench = room(record, clock)
    service = StrategyService(record, clock, bench.llm, bench.web, lambda: (), lambda *_: None, lambda: 1_024)
    service.new("Spring", "harbourline.test", by="anna")
    with pytest.raises(SettingsError, match="Set max_tokens = 4096"):
        service.run("Spring", by="anna")
    assert bench.engine.requests == []
    bench.llm.close()


def test_confidence_follows_what_sections_rest_on(opened: Open) -> None:
    bench = opened()
    bench.service.new("Spring", "harbourline.test", by="anna")
    overview = bench.service.run("Spring", Wishes(only=("product_overview",)), by="anna").documents["product_overview"]
    assert overview.confidences["features"] == 0.9
    assert overview.confidences["category"] == 0.6
    assert set(overview.confidences) == set(sections(overview.content))
