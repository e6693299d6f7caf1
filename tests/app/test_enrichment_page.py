"""The enrichment page: coverage, sources, cost, contradictions with a choice, and every fact of one company."""

from __future__ import annotations

import pytest

from gtm_pipelines.connections.sources import SourceDesk
from gtm_pipelines.enrichment.insights.run import About
from gtm_pipelines.enrichment.research import Order
from gtm_pipelines.enrichment.source import Price
from gtm_pipelines.enrichment.sources.fake import FakeSource
from gtm_pipelines.errors import ConflictError
from gtm_pipelines.record import companies
from gtm_pipelines.settings import load_settings
from gtm_pipelines.settings_research import SourceSettings
from gtm_pipelines.workbench import Workbench
from tests.app.conftest import Open
from tests.research_parts import company_row, research_with


def contested(workbench: Workbench) -> str:
    """Let two sources contradict each other about the town of a company, and return its id."""
    row = companies.page(workbench.record, limit=1)[0]
    sources = [
        FakeSource(
            workbench.clock, {row.domain: {"founded_year": year}}, name=name, confidence=sure, price=Price(0.01),
            fields=frozenset({"founded_year"}),
        )
        for name, year, sure in (("one", "1999", 0.65), ("two", "2001", 0.68))
    ]  # fmt: skip
    research_with(workbench.record, workbench.clock, *sources).run(Order(ids=(row.id,), fields=("founded_year",)), by="anna")
    return str(row.id)


def view(app, name: str):  # type: ignore[no-untyped-def]
    return app.segmented_control(key="enrichment_shown").set_value(name).run()


def test_an_empty_workspace_leads_to_the_import(bare: Workbench, open_page: Open) -> None:
    app = open_page("enrichment")
    assert not app.exception
    assert "no lists yet" in app.markdown[-1].value


@pytest.mark.parametrize("kind", ["company", "contact"])
@pytest.mark.parametrize("name", ["coverage", "sources", "fit", "runs", "conflicts"])
def test_every_view_draws(filled: Workbench, open_page: Open, kind: str, name: str) -> None:
    filled.enrichment.company_facts()
    app = open_page("enrichment")
    app.segmented_control(key="enrichment_kind").set_value(kind).run()
    app = view(app, name)
    assert [element.value for element in (*app.error, *app.exception)] == []


def test_a_fresh_install_asks_nobody_and_says_so(filled: Workbench, open_page: Open) -> None:
    app = open_page("enrichment")
    assert any("No source is in use" in element.value for element in app.info)


def test_a_person_decides_between_two_sources_and_takes_it_back(filled: Workbench, open_page: Open) -> None:
    one = contested(filled)
    app = view(open_page("enrichment"), "conflicts")
    app.selectbox(key=f"choice:{one}:founded_year").set_value("1999").run()
    app.button(key=f"choose:{one}:founded_year").click().run()
    assert filled.research.conflicts("company") == []
    app = open_page("companies")
    app.query_params["id"] = one
    app.run()
    app.button(key=f"withdraw:{one}:founded_year").click().run()
    assert len(filled.research.conflicts("company")) == 1


def test_a_value_of_ones_own_counts_and_stands_in_the_list(filled: Workbench, open_page: Open) -> None:
    row = companies.page(filled.record, limit=1)[0]
    source = FakeSource(filled.clock, {row.domain: {"city": "Riga"}}, confidence=0.95)
    filled.enrichment.company_facts()
    research_with(filled.record, filled.clock, source).run(Order(ids=(row.id,), fields=("city",), anew=True), by="anna")
    app = view(open_page("enrichment"), "conflicts")
    app.selectbox(key=f"choice:{row.id}:city").set_value("Another value …").run()
    app.text_input(key=f"own:{row.id}:city").set_value("Jelgava").run()
    app.button(key=f"choose:{row.id}:city").click().run()
    assert company_row(filled.record, row.id).city == "Jelgava"


def test_what_was_spent_is_told(filled: Workbench, open_page: Open) -> None:
    contested(filled)
    app = view(open_page("enrichment"), "runs")
    assert {metric.label: metric.value for metric in app.metric} == {
        "This month": "$0.02", "Without gain": "$0.00", "All look-ups": "2",
    }  # fmt: skip


def test_a_source_that_needs_no_key_is_switched_on_and_off_here(filled: Workbench, open_page: Open) -> None:
    app = view(open_page("enrichment"), "sources")
    app.button(key="switch:website").click().run()
    assert not app.exception
    assert load_settings().enrichment.sources["website"].enabled
    app = open_page("enrichment")
    assert not any("No source is in use" in element.value for element in app.info)
    view(app, "sources").button(key="switch:website").click().run()
    assert not load_settings().enrichment.sources["website"].enabled


def test_what_gtm_toml_says_of_a_source_is_not_overruled_here(bare: Workbench) -> None:
    said = {"website": SourceSettings(enabled=True)}
    desk = SourceDesk(bare.record, bare.clock, said, bare.settings.home_path)
    with pytest.raises(ConflictError, match=r"gtm\.toml"):
        desk.switch("website", on=False, by="anna")
    assert not (bare.settings.home_path / "settings.json").exists()


def test_people_are_weighed_on_request_and_what_was_missing_for_it_is_said(filled: Workbench, open_page: Open) -> None:
    app = view(open_page("enrichment"), "fit")
    assert "Strategy" in [link.label for link in app.page_link]
    app.button(key="weigh:company").click().run()
    (job,) = filled.jobs.next_requested()
    assert (job.kind, dict(job.payload)) == ("insights", {"kind": "company", "ids": [], "language": "en", "limit": 100})
    filled.jobs.start(job.id, "run")
    report = filled.insights.run(About("company", limit=5, model=False))
    filled.jobs.finish(job.id, {"insights": {"made": 0, "unchanged": 0, "notes": list(report.notes)}})
    app.run()
    assert any("No strategy is confirmed" in element.value for element in app.caption)


def test_of_one_company_it_is_asked_on_its_own_page(filled: Workbench, open_page: Open) -> None:
    one = str(companies.page(filled.record, limit=1)[0].id)
    app = open_page("companies")
    app.query_params["id"] = one
    app.session_state["about:company"] = "Meaning"
    app.run()
    app.button(key=f"weigh:{one}").click().run()
    (job,) = filled.jobs.next_requested()
    assert (job.kind, job.payload["kind"], job.payload["ids"]) == ("insights", "company", [one])
