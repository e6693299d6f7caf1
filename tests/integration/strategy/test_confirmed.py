"""What a confirmed strategy yields: a profile that scores, a filter that finds, sources that are worth their money."""

from __future__ import annotations

import pytest

from gtm_pipelines.enrichment.icp import Icp, score
from gtm_pipelines.errors import InputError, PolicyError
from gtm_pipelines.record import strategies as queries
from gtm_pipelines.segments.propose import propose
from gtm_pipelines.workbench import Workbench
from tests.integration.strategy.conftest import Open
from tests.integration.strategy.parts import SITES, Room

FITTING = {"industry": "Freight forwarding", "country_code": "NL", "employee_count": "120", "technologies": "CargoWise, Slack"}


def test_a_confirmed_strategy_scores_companies_with_reasons(written: Room) -> None:
    assert queries.icp(written.service.record) is None
    written.service.confirm("Spring", by="anna")
    icp = Icp.read(queries.icp(written.service.record, "Spring"))
    assert Icp.read(icp.to_json()) == icp
    known = FITTING | {"position": "Head of Operations", "seniority": "head"}
    found = score(known, icp)
    assert (found.points, found.certainty, found.ruled_out) == (100, 1.0, False)
    assert all(reason.criterion.evidence for reason in found.reasons)
    assert icp.pains
    assert icp.signals


def test_a_correction_voids_the_confirmation_and_the_profile_stays_the_one_confirmed(written: Room) -> None:
    assert written.service.confirm("Spring", by="anna").status == "confirmed"
    written.service.corrections.field("Spring", "target_company", "firmographics.1.values", ["NL"], by="anna")
    strategy = written.service.get("Spring")
    assert (strategy.status, strategy.confirmed_by) == ("draft", None)
    assert Icp.read(queries.icp(written.service.record)).criteria[1].values == ("GB", "NL", "DE", "PL")


def test_what_is_outdated_is_not_confirmed(written: Room) -> None:
    written.service.corrections.field("Spring", "target_company", "firmographics.1.values", ["NL"], by="anna")
    with pytest.raises(InputError, match="target persona is older than target company"):
        written.service.confirm("Spring", by="anna")
    written.service.run("Spring", by="anna")
    assert written.service.confirm("Spring", by="anna").confirmed_by == "person:anna"
    assert Icp.read(queries.icp(written.service.record)).criteria[1].values == ("NL",)


def test_only_a_person_confirms_and_only_what_is_written(opened: Open) -> None:
    bench = opened()
    bench.service.new("Spring", "harbourline.test", by="anna")
    with pytest.raises(PolicyError):
        bench.service.confirm("Spring", by="agent:planner")
    with pytest.raises(InputError, match="no target company yet"):
        bench.service.confirm("Spring", by="anna")


@pytest.mark.parametrize("site", SITES)
def test_criteria_become_a_filter_that_compiles_and_counts(opened: Open, workbench: Workbench, site: str) -> None:
    bench = opened(site)
    bench.service.new("Spring", f"{site}.test", language=SITES[site], by="anna")
    bench.service.run("Spring", by="anna")
    made = propose(bench.service.criteria("Spring"), workspace_id="default", now=workbench.clock.now())
    assert workbench.segments.count(made.filter) == 0
    assert workbench.segments.save("Proposed", made.filter, by="anna").sentence == made.sentence
    assert made.left_out
    assert all("filters nobody" in why for _, why in made.left_out)


def test_the_filter_finds_whom_the_profile_likes_and_leaves_out_whom_it_rules_out(
    written: Room, workbench: Workbench, tmp_path
) -> None:
    head = "Company,Domain,Country,Industry,Employees\n"
    rows = "Right Freight,right.test,Netherlands,Freight forwarding,120\nWings,wings.test,Netherlands,Air freight,120\n"
    (tmp_path / "companies.csv").write_text(head + rows + "Bakers,bake.test,Netherlands,Bakery,120\n")
    people = "".join(f"{name} Smith,{name}@{place}.test,Operations Director,{place}.test\n" for name, place in
                     (("Ann", "right"), ("Bob", "wings"), ("Cid", "bake")))  # fmt: skip
    (tmp_path / "contacts.csv").write_text("Name,Email,Position,Company domain\n" + people)
    workbench.intake.import_file(tmp_path / "companies.csv", "company")
    workbench.intake.import_file(tmp_path / "contacts.csv", "contact")
    made = propose(written.service.criteria("Spring"), workspace_id="default", now=workbench.clock.now())
    assert [row.full_name for row in workbench.segments.preview(made.filter).rows] == ["Ann Smith"]


def test_data_sources_are_chosen_by_rules_within_the_budget(written: Room) -> None:
    content = written.service.get("Spring").documents["data_sources"].content
    named = {each.source for each in content.recommendations}
    assert "egrul" not in named  # it knows Russia only
    assert {"own_website", "leadmagic"} <= named
    cited = {each.id: each for each in written.service.get("Spring").documents["data_sources"].evidence}
    assert all(cited[each.evidence[0]].kind == "catalogue" for each in content.recommendations)
    assert "US dollars a month" in content.costs[0].text
