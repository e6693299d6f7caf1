"""What was learned, from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gtm_pipelines.cli.main import gtm
from gtm_pipelines.clock import SystemClock
from gtm_pipelines.drafting.learning.attempt import Effort, Wish
from gtm_pipelines.settings import load_settings
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.learning_parts import Writer, add_examples, optimiser, tiny_pack


@pytest.fixture
def bench(begun_home: Path, monkeypatch: pytest.MonkeyPatch) -> Workbench:
    monkeypatch.setenv("GTM_HOME", str(begun_home))
    opened = open_workbench(load_settings(home=begun_home), clock=SystemClock())
    tiny_pack(begun_home)
    add_examples(opened)
    return opened


def run(*arguments: str) -> Result:
    return CliRunner().invoke(gtm, list(arguments))


def test_examples_are_counted_by_side(bench: Workbench) -> None:
    counts = json.loads(run("learn", "examples", "--counts", "--json").output)["counts"]
    assert {one["split"] for one in counts} == {"train", "validation", "held_out"}
    assert sum(one["examples"] for one in counts) == 60
    listed = json.loads(run("learn", "examples", "--split", "held_out", "--json").output)
    assert {one["split"] for one in listed} == {"held_out"}


def test_a_dry_run_says_what_it_would_learn_from_and_writes_nothing(bench: Workbench) -> None:
    told = run("pack", "optimise", "tiny", "--optimiser", "gepa", "--dry-run")
    assert told.exit_code == 0, told.output
    assert "held-out" in told.output
    assert bench.optimisations.attempts() == []


@pytest.mark.slow
def test_the_report_is_shown_and_promotion_wants_a_proof_or_a_reason(bench: Workbench) -> None:
    service, _ = optimiser(bench, Writer())
    wish = Wish("tiny", "bootstrap", effort=Effort(demos=2), most=8, judged=False)
    attempt = service.optimise(wish, by="person:anna")
    told = run("pack", "attempts", attempt.id).output
    assert "Verdict: not enough data" in told
    assert "is not offered for promotion" in told
    refused = run("pack", "promote", "tiny", "1.2.0", "--by", "anna")
    assert refused.exit_code != 0
    assert "companies only" in str(refused.exception)
    done = run("pack", "promote", "tiny", "1.2.0", "--by", "anna", "--overrule", "--reason", "read them all")
    assert done.exit_code == 0, done.output
    assert run("pack", "rollback", "tiny", "--by", "anna").exit_code == 0
    assert bench.packs.get("tiny").version == "1.1.0"


def test_a_benchmark_without_a_model_says_what_is_missing(bench: Workbench) -> None:
    told = run("benchmark", "run", "tiny")
    assert "none configured" in str(told.exception)
    assert json.loads(run("benchmark", "list", "--json").output) == []
