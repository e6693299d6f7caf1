"""The pipeline asks the sources in use: free ones by itself, paid ones when a person asks, nobody by default."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from assets.requests import run_for
from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.record import lookups
from gtm_pipelines.settings import Settings, load_settings
from gtm_pipelines.workbench import Workbench
from tests.assets.conftest import RunJob
from tests.contract.enrichment.vendors import APOLLO_COMPANY
from tests.research_parts import add_company, company_row
from tests.vendor_server import VendorServer, vendor_server

pytestmark = pytest.mark.slow


@pytest.fixture
def vendor() -> Iterator[VendorServer]:
    with vendor_server() as server:
        server.answers["/organizations/enrich"] = APOLLO_COMPANY
        yield server


@pytest.fixture
def settings(home: Any, vendor: VendorServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Settings:
    monkeypatch.setenv("VENDOR_KEY", "k")
    file = tmp_path / "reference.csv"
    file.write_text("domain,town\napollo-works.com,Riga\n")
    options = {"file": str(file), "key": "domain", "fields": "city=town"}
    sources = {
        "csv_lookup": {"enabled": True, "options": options},
        "apollo": {"enabled": True, "key": "env:VENDOR_KEY", "base_url": vendor.url},
    }
    return load_settings(home=home, enrichment={"sources": sources})


def test_free_sources_are_asked_with_every_import_and_paid_ones_are_not(
    run_job: RunJob, workbench: Workbench, clock: VirtualClock, vendor: VendorServer
) -> None:
    one = add_company(workbench.record, clock, name="Apollo Works", domain="apollo-works.com")
    result = run_job("enrich_lists")
    assert result.success
    assert company_row(workbench.record, one).city == "Riga"
    assert vendor.asked == []
    assert result.asset_materializations_for_node("company_pages")[0].metadata["facts from sources"].value == 1


def test_a_person_who_asks_for_it_has_the_paid_ones_asked_within_a_ceiling(
    run_job: RunJob, workbench: Workbench, clock: VirtualClock, vendor: VendorServer
) -> None:
    one = add_company(workbench.record, clock, name="Apollo Works", domain="apollo-works.com")
    job = workbench.jobs.request("enrich", {"kind": "company", "paid": True, "ceiling_usd": 0.05}, by="anna")
    result = run_job("enrich_lists", config=run_for(workbench, job).run_config)
    assert result.success
    assert company_row(workbench.record, one).employee_count == 1600
    assert len(vendor.asked) == 1
    (told,) = [row for row in lookups.summary(workbench.record, "source") if row.name == "apollo_company"]
    assert round(told.cost_usd, 4) == 0.05
    runs = workbench.research.runs()
    assert {run.actor for run in runs} == {"anna"}
