"""Many pairs decided in one act: each by itself, none against a person's word, all taken back together."""

from __future__ import annotations

import pytest

from gtm_pipelines.errors import InputError, NotFoundError, PolicyError
from gtm_pipelines.workbench import Workbench
from tests.integration.matching.parts import add_company, row


def firms(workbench: Workbench, *names: str) -> list[str]:
    ids = [add_company(workbench, name, city="Hamburg") for name in names]
    workbench.matching.find("company")
    return ids


def standing(workbench: Workbench, ids: list[str]) -> int:
    return sum(row(workbench, "company", each)["merged_into"] is None for each in ids)


def test_all_spellings_of_a_company_become_one_and_come_back_together(workbench: Workbench) -> None:
    ids = firms(workbench, "Vector Rockets", "VECTOR ROCKETS LTD", "Vector Rockets Limited", "Beta Foods", "BETA FOODS LTD")
    told: list[tuple[int, int | None]] = []
    pairs = workbench.matching.likely("company", 0.5)
    report = workbench.matching.decide_many("company", pairs, "merge", by="anna", progress=lambda *at: told.append(at))
    assert standing(workbench, ids) == 2
    assert (report.done, report.done + report.already) == (3, len(pairs))
    assert told[-1] == (len(pairs), len(pairs))
    undone = workbench.matching.undo_many(report.act, by="anna")
    assert (undone.done, standing(workbench, ids)) == (3, 5)
    assert workbench.matching.undo_many(report.act, by="anna").done == 0


def test_what_a_person_keeps_apart_is_not_joined_by_way_of_a_third(workbench: Workbench) -> None:
    one, other, third = firms(workbench, "Vector Rockets", "VECTOR ROCKETS LTD", "Vector Rockets Limited")
    workbench.matching.apart((one, other), kind="company", by="anna")
    report = workbench.matching.decide_many("company", workbench.matching.likely("company", 0.5), "merge", by="ben")
    assert report.kept_apart == 1
    assert standing(workbench, [one, other, third]) == 2


def test_a_run_that_is_stopped_leaves_whole_merges_that_can_be_taken_back(workbench: Workbench) -> None:
    ids = firms(workbench, "Vector Rockets", "VECTOR ROCKETS LTD", "Beta Foods", "BETA FOODS LTD")
    begun: list[str] = []

    def stop(done: int, _total: int | None) -> None:
        begun.append(str(done))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        workbench.matching.decide_many("company", workbench.matching.likely("company", 0.5), "merge", by="anna", progress=stop)
    assert (begun, standing(workbench, ids)) == (["1"], 3)
    assert workbench.matching.undo(workbench.matching.merges()[0].id, by="anna").undone_by == "person:anna"
    assert standing(workbench, ids) == 4


def test_many_are_kept_apart_and_asked_about_again(workbench: Workbench) -> None:
    firms(workbench, "Vector Rockets", "VECTOR ROCKETS LTD")
    report = workbench.matching.decide_many("company", workbench.matching.likely("company", 0.5), "apart", by="anna")
    assert workbench.matching.count("company", status="apart") == 1
    assert workbench.matching.undo_many(report.act, by="anna").done == 1
    assert workbench.matching.count("company") == 1


def test_only_people_decide_and_only_from_a_likely_score(workbench: Workbench) -> None:
    with pytest.raises(PolicyError):
        workbench.matching.decide_many("company", [], "merge", by="system:night")
    with pytest.raises(InputError, match=r"0\.99"):
        workbench.matching.likely("company", 0.1)
    with pytest.raises(NotFoundError):
        workbench.matching.undo_many("nothing", by="anna")
