from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gtm_pipelines.cli.main import gtm
from gtm_pipelines.errors import InputError, NotFoundError, PolicyError
from gtm_pipelines.settings import load_settings
from gtm_pipelines.workbench import open_workbench
from tests.campaign_parts import add_contact, add_people


@pytest.fixture
def people() -> None:
    workbench = open_workbench(load_settings())
    add_people(workbench, 4)
    add_contact(workbench.record, workbench.clock, full_name="No mail")
    workbench.close()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(gtm, arguments, catch_exceptions=True)


def answer(*arguments: str) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.mark.usefixtures("people")
def test_a_campaign_from_filter_to_release_by_commands_alone(tmp_path: Path) -> None:
    tree = tmp_path / "filter.json"
    tree.write_text(json.dumps({"all": [{"field": "company.name", "op": "contains", "value": "ACME"}]}), "utf-8")
    assert answer("segment", "create", "acme", "--filter", str(tree))["count"] == 4
    assert [item["name"] for item in answer("segment", "list")] == ["acme"]
    assert answer("segment", "preview", "acme", "--limit", "2")["count"] == 4
    assert answer("segment", "preview", "--filter", '{"all": []}', "--entity", "company")["count"] == 1
    assert answer("segment", "show", "acme")["versions"][0]["version"] == 1
    packs = {item["name"] for item in answer("pack", "list") if item["current"]}
    assert packs == {"cold-email", "follow-ups", "judge", "replies"}
    assert answer("pack", "show", "cold-email@1.0.0")["version"] == "1.0.0"
    choices = (
        "--segment",
        "acme",
        "--pack",
        "cold-email",
        "--mailbox",
        "anna",
        "--variant",
        "direct",
        "--settings",
        '{"seed": 1}',
    )
    assert answer("campaign", "create", "spring", *choices)["status"]["active"] == 4
    assert answer("campaign", "draft", "spring")["drafted"] == 4
    listed = answer("campaign", "drafts", "spring", "--search", "p0@")
    assert listed["count"] == 1
    chosen = listed["drafts"][0]["id"]
    assert answer("campaign", "approve", "spring", "--draft", chosen, "--by", "anna")["approved"] == 1
    assert answer("campaign", "approve", "spring", "--recommended", "--by", "anna")["approved"] == 3
    assert answer("campaign", "reject", "spring", "--draft", chosen, "--reason", "dull", "--by", "anna")["rejected"] == 1
    assert answer("campaign", "release", "spring", "--by", "anna")["status"] == "sending"
    status = answer("campaign", "status", "spring")
    assert (status["approved"], status["rejected"], status["status"]) == (3, 1, "sending")
    assert answer("campaign", "hold", "spring", "--by", "anna")["status"] == "ready"
    assert [item["name"] for item in answer("campaign", "list")] == ["spring"]


@pytest.mark.usefixtures("people")
def test_the_same_answers_are_readable_by_people() -> None:
    run("segment", "create", "all", "--filter", '{"all": []}')
    run("campaign", "create", "spring", "--segment", "all", "--pack", "cold-email", "--mailbox", "anna")
    assert "8 drafted" in run("campaign", "draft", "spring").output
    for arguments in (("segment", "list"), ("segment", "show", "all"), ("segment", "preview", "all"), ("segment", "fields")):
        assert "company" in run(*arguments).output or "all" in run(*arguments).output
    assert "no_email 1" in run("campaign", "status", "spring").output
    assert "spring" in run("campaign", "list").output
    assert "8 of 8" in run("campaign", "drafts", "spring", "--limit", "8").output
    assert "4 approved" in run("campaign", "approve", "spring", "--recommended", "--by", "anna").output
    assert "greeting" in run("pack", "show", "cold-email").output


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("segment", "create", "x", "--filter", "/nowhere.json"), InputError),
        (("segment", "create", "x", "--filter", '{"all": [{}]}'), InputError),
        (("segment", "show", "none"), NotFoundError),
        (("campaign", "status", "none"), NotFoundError),
        (("pack", "show", "none"), NotFoundError),
        (("campaign", "release", "none", "--by", "agent:x"), NotFoundError),
        (("campaign", "hold", "none", "--by", "agent:x"), PolicyError),
    ],
)
def test_what_cannot_be_done_is_said_by_kind(arguments: tuple[str, ...], error: type[Exception]) -> None:
    assert isinstance(run(*arguments).exception, error)


@pytest.mark.usefixtures("people")
def test_a_sequence_is_chosen_and_shown_by_commands() -> None:
    assert run("segment", "create", "all", "--filter", '{"all": []}').exit_code == 0
    base = ("campaign", "create", "spring", "--segment", "all", "--pack", "cold-email", "--mailbox", "anna", "--by", "anna")
    made = answer(*base, "--sequence", "follow-ups#first:3", "--sequence", "follow-ups@1.0.0#break-up:5", "--stop-company")
    assert made["campaign"]["settings"]["stop_company"] is True
    shown = answer("campaign", "show", "spring")
    assert [(step["step"], step["variants"], step["wait_days"]) for step in shown["steps"]] == [
        (2, ["first"], 3),
        (3, ["break-up"], 5),
    ]
    assert shown["standing"] == [{"step": 1, "status": "active", "reason": None, "people": 4}]
    assert "5 working days after the mail before" in run("campaign", "show", "spring").output
    refused = run(*base[:2], "summer", *base[3:], "--sequence", "three days later")
    assert isinstance(refused.exception, InputError)
    assert "PACK[@VERSION][#VARIANT]:WAIT_DAYS" in str(refused.exception)
