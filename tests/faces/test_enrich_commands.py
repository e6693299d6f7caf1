"""``gtm enrich``: a dry run first, then the asking, what it cost, and who is believed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gtm_pipelines.cli.main import gtm
from gtm_pipelines.workbench import open_workbench
from tests.contract.enrichment.vendors import APOLLO_COMPANY
from tests.research_parts import add_company
from tests.vendor_server import KEY, VendorServer, vendor_server


def call(*words: str) -> Result:
    return CliRunner().invoke(gtm, ["enrich", *words], catch_exceptions=True)


def told(*words: str) -> Any:
    answer = call(*words, "--json")
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.output)


@pytest.fixture
def vendor(home: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """A company on record, a file that knows its town, and a vendor who knows the rest and says otherwise of the town."""
    with vendor_server() as server:
        server.answers["/organizations/enrich"] = APOLLO_COMPANY
        file = home.parent / "reference.csv"
        file.write_text("domain,town\napollo-works.com,Riga\n")
        options = {"file": str(file), "key": "domain", "fields": "city=town"}
        sources = {
            "csv_lookup": {"enabled": True, "options": options},
            "apollo": {"enabled": True, "key": "env:VENDOR_KEY", "base_url": server.url},
        }
        monkeypatch.setenv("GTM_HOME", str(home))
        monkeypatch.setenv("VENDOR_KEY", KEY)
        monkeypatch.setenv("GTM_ENRICHMENT", json.dumps({"sources": sources}))
        bench = open_workbench()
        add_company(bench.record, bench.clock, name="Apollo Works", domain="apollo-works.com")
        bench.close()
        yield server


def test_without_a_source_everything_says_what_to_do(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GTM_HOME", str(home))
    assert "No source is switched on" in call("plan").output
    assert "Begin with: gtm enrich plan" in call("runs").output
    assert "Nobody was asked yet" in call("cost").output
    assert "No sources disagree" in call("conflicts").output
    assert "No source is switched on" in str(call("run").exception)


def test_a_plan_asks_nobody_and_names_the_price(vendor: VendorServer) -> None:
    plan = told("plan")
    assert plan["plan"]["city"]["sources"] == ["csv_lookup", "apollo_company"]
    assert (plan["asking"], plan["most_usd"], plan["within_ceilings"]) == (1, 0.05, True)
    assert vendor.asked == []
    assert "It can cost $0.0500 at most" in call("plan").output


def test_from_the_run_to_its_cost_to_the_choice(vendor: VendorServer) -> None:
    report = told("run", "--by", "anna")
    assert (report["status"], report["lookups"], len(vendor.asked)) == ("done", {"found": 2}, 1)
    assert [run["actor"] for run in told("runs")] == ["anna"]
    cost = told("cost")
    assert {row["name"]: round(row["cost_usd"], 4) for row in cost["rows"]} == {"apollo_company": 0.05, "csv_lookup": 0.0}
    assert told("cost", "--by", "month")["rows"][0]["lookups"] == 2
    (conflict,) = told("conflicts")
    assert conflict["field"] == "city"
    chosen = call("choose", conflict["subject_id"], "city", "Jelgava", "--by", "anna")
    assert "city: Jelgava (person)" in chosen.output
    assert told("conflicts") == []
    assert "city: " in call("choose", conflict["subject_id"], "city", "--withdraw", "--by", "anna").output
    assert len(told("conflicts")) == 1


def test_a_ceiling_of_nought_buys_nothing_and_the_run_goes_on_when_it_is_raised(vendor: VendorServer) -> None:
    report = told("run", "--ceiling", "0")
    assert (report["status"], vendor.asked) == ("ceiling", [])
    told("run", "--resume", report["run_id"], "--ceiling", "1")
    assert len(vendor.asked) == 1
    done = call("run", "--resume", report["run_id"])
    assert done.exit_code != 0


def test_no_key_is_ever_printed(vendor: VendorServer) -> None:
    vendor.does("401")
    outputs = [call(*words).output for words in (["run"], ["runs"], ["cost", "--by", "error"], ["sources"], ["plan"])]
    assert "apollo_company is out" in outputs[0]
    assert KEY not in "".join(outputs)


@pytest.mark.parametrize(
    "words",
    [["run", "--field", "shoe_size"], ["run", "--resume", "nothing"], ["choose", "x", "city"], ["choose", "x", "city", "Riga"]],
)
def test_what_cannot_be_done_is_told(vendor: VendorServer, words: list[str]) -> None:
    answer = call(*words)
    assert answer.exit_code != 0
    assert str(answer.exception) or answer.output
