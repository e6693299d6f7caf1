"""From context to score in one command, and what each stage put out, from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gtm_pipelines.campaigns.model import CampaignSettings
from gtm_pipelines.cli.main import gtm
from gtm_pipelines.clock import SystemClock
from gtm_pipelines.settings import load_settings
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.campaign_parts import add_people, make_campaign
from tests.drafting_parts import model_campaign, writers


@pytest.fixture
def bench(begun_home: Path, monkeypatch: pytest.MonkeyPatch) -> Workbench:
    monkeypatch.setenv("GTM_HOME", str(begun_home))
    opened = open_workbench(load_settings(home=begun_home), clock=SystemClock())
    add_people(opened, 2)
    return opened


def run(*arguments: str) -> Result:
    done = CliRunner().invoke(gtm, list(arguments))
    assert done.exit_code == 0, done.output
    return done


def test_one_command_drafts_and_scores(bench: Workbench) -> None:
    make_campaign(bench, settings=CampaignSettings.model_validate({"seed": 7, "write": "dealt"}))
    told = json.loads(run("campaign", "draft", "spring", "--judge", "rules", "--json").output)
    assert (told["drafted"], told["judged"]["judged"], told["judged"]["stopped"]) == (2, 2, None)
    again = run("campaign", "draft", "spring", "--judge", "rules").output
    assert "0 drafted, 2 there before" in again
    assert "0 judged by rules" in again
    assert "2 before" in again


def test_a_draft_shows_every_stage_it_passed_and_its_scores(bench: Workbench) -> None:
    model_campaign(bench, write="dealt")
    service, _, _ = writers(bench, checker=bench.checker)
    service.draft("spring")
    run("judge", "run", "spring")
    draft_id = bench.review.page("spring")[0].id
    shown = run("draft", "show", draft_id).output
    places = [shown.index(f"1.{place} {stage}") for place, stage in enumerate(("context", "plan", "write", "check"), 1)]
    assert places == sorted(places)
    assert "judge rules" in shown
    assert "quality" in shown
    assert "draft.write" in shown
    told = json.loads(run("draft", "show", draft_id, "--json").output)
    assert [each["stage"] for each in told["stages"]][:4] == ["context", "plan", "write", "check"]
    assert told["judgements"][0]["judge"].startswith("rules")
