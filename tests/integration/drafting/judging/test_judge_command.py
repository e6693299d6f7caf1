"""``gtm judge`` from a shell: run, show, let pass, report."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from gtm_pipelines.cli.main import gtm
from gtm_pipelines.settings import load_settings
from gtm_pipelines.workbench import open_workbench
from tests.campaign_parts import drafted


def answer(*words: str) -> str:
    result = CliRunner().invoke(gtm, ["judge", *words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def draft_id() -> str:
    """A draft whose words rest on nothing, in the home of this test."""
    bench = open_workbench(load_settings())
    draft = next(one for one in drafted(bench) if one.language == "en")
    body = draft.body.replace("\n\n", "\n\nSiemens is a customer of ours.\n\n", 1)
    bench.review.edit(draft.id, seen_revision=1, subject=draft.subject, body=body, by="anna")
    bench.close()
    return draft.id


def test_a_campaign_is_judged_shown_and_reported(draft_id: str) -> None:
    told = json.loads(answer("run", "spring", "--json"))
    assert (told["judge"], told["judged"], told["stopped"]) == ("rules-2", 4, None)
    shown = json.loads(answer("show", draft_id, "--json"))
    assert shown["grounding"]["verdict"] == "block"
    assert shown["judgements"][0]["risk"] == 0.9
    (finding,) = [one for one in shown["grounding"]["findings"] if one["finding"]["severity"] == "block"]
    assert "flag" in answer("pass", draft_id, finding["key"], "--reason", "They agreed.", "--by", "anna")
    report = json.loads(answer("report", "--json"))
    assert {one["told"].partition(":")[0] for one in report} == {"Not enough data"}
    assert "No two drafts" in answer("alike", "spring")
