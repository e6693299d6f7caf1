"""Examples are brought up to date by the pipeline, and a pack somebody asked to better is bettered by it."""

from __future__ import annotations

from typing import Any

import pytest

from assets.requests import run_for
from gtm_pipelines.drafting.learning.benchmark import BenchmarkService
from gtm_pipelines.drafting.programs.program import build
from gtm_pipelines.settings import Settings, load_settings
from gtm_pipelines.workbench import Workbench
from tests.assets.conftest import RunJob
from tests.campaign_parts import drafted
from tests.learning_parts import Writer, add_examples, asking, optimiser, tiny_pack

pytestmark = pytest.mark.slow


@pytest.fixture
def settings(home: Any) -> Settings:
    """Search goes by words here: the model for meaning would take a minute."""
    return load_settings(home=home, search={"embedder": "none"})


def test_the_figures_hold_what_people_decided(workbench: Workbench, run_job: RunJob) -> None:
    drafts = drafted(workbench, 2)
    workbench.review.approve([drafts[0].id], by="anna")
    assert run_job("refresh_marts").success
    (row,) = workbench.marts.polars("training_examples").to_dicts()
    assert (row["draft_id"], row["worth"], row["change_kinds"]) == (drafts[0].id, 0.8, None)
    assert row["split"] in ("train", "validation", "held_out")


def test_a_request_betters_a_pack_and_its_attempt_stands_in_the_figures(workbench: Workbench, run_job: RunJob) -> None:
    tiny_pack(workbench.settings.home_path)
    add_examples(workbench)
    workbench.__dict__["optimisations"], _ = optimiser(workbench, Writer())
    asked = {"pack": "tiny", "optimiser": "bootstrap", "language": "en", "budget_calls": 4000}
    job = workbench.jobs.request("optimise", asked, by="anna")
    run = run_for(workbench, job)
    assert run.job_name == "better_pack"
    assert run_job("better_pack", config=run.run_config).success
    (attempt,) = workbench.optimisations.attempts()
    assert (attempt.status, attempt.requested_by) == ("finished", "anna")
    (row,) = workbench.marts.polars("compiled_packs").to_dicts()
    assert (row["attempt_id"], row["verdict"], row["result_version"]) == (attempt.id, "better", "1.2.0")
    assert row["difference_low"] > 0


def test_a_run_that_nobody_asked_for_asks_no_model(workbench: Workbench, run_job: RunJob) -> None:
    assert run_job("better_pack").success
    assert workbench.optimisations.attempts() == []


def test_what_pages_ask_for_is_done_by_runs_and_its_counts_come_back(workbench: Workbench, run_job: RunJob) -> None:
    drafts = drafted(workbench, 2)
    tiny_pack(workbench.settings.home_path)
    add_examples(workbench)
    asks, _ = asking(workbench, Writer())
    workbench.__dict__["benchmarks"] = BenchmarkService(
        workbench.record, workbench.clock, asks, ["m"], workbench.packs,
        lambda pack, language, now: build(pack, language=language, now=now), None, lambda _llm: None,
    )  # fmt: skip
    wished = {
        "insights": {"kind": "contact", "ids": [drafts[0].contact_id], "language": "en"},
        "search_index": {},
        "benchmark": {"packs": ["tiny@1.1.0"], "models": ["m"], "cases": 3},
    }
    for kind, payload in wished.items():
        run = run_for(workbench, workbench.jobs.request(kind, payload, by="anna"))
        assert run_job(run.job_name, config=run.run_config).success, kind
    assert workbench.search.status().pieces
    (scored,) = workbench.benchmarks.runs()
    assert (scored["status"], scored["requested_by"], len(workbench.benchmarks.scores(scored["id"]))) == ("finished", "anna", 3)
    assert workbench.marts.polars("benchmarks").height == 3
