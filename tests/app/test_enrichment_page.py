"""The enrichment page: coverage, sources, cost, contradictions with a choice, and every fact of one company."""

from __future__ import annotations

import pytest

from gtm_pipelines.enrichment.research import Order
from gtm_pipelines.enrichment.source import Price
from gtm_pipelines.enrichment.sources.fake import FakeSource
from gtm_pipelines.record import companies
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
@pytest.mark.parametrize("name", ["coverage", "sources", "runs", "conflicts"])
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
