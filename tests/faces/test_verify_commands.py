"""``gtm verify``, ``gtm campaign release`` and ``gtm enrich insights`` on the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from gtm_pipelines.cli.campaign import command as campaign
from gtm_pipelines.cli.enrich_insights import insights
from gtm_pipelines.cli.verify import command as verify
from gtm_pipelines.ids import new_id
from gtm_pipelines.record.tables import fact
from gtm_pipelines.settings import load_settings
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.campaign_parts import drafted
from tests.dns_parts import NameServer, name_server
from tests.insight_parts import ICP, Desk


@pytest.fixture
def names() -> Iterator[NameServer]:
    with name_server({}) as server:
        yield server


@pytest.fixture
def bench(begun_home: Path, names: NameServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workbench]:
    monkeypatch.setenv("GTM_HOME", str(begun_home))
    opened = open_workbench(load_settings())
    drafted(opened, 3)
    opened.review.approve_recommended("spring", by="anna")
    yield opened
    opened.close()


def ran(command: object, *words: str) -> Result:
    result = CliRunner().invoke(command, list(words), catch_exceptions=False)  # type: ignore[arg-type]
    assert result.exit_code == 0, result.output
    return result


def test_it_says_what_is_expected_and_whether_a_release_may_go_on(bench: Workbench) -> None:
    said = ran(verify, "--campaign", "spring").output
    assert "Name servers were not asked" in said
    assert "unchecked" in said
    assert "3.3% of 3 are expected to bounce" in said
    told = json.loads(ran(verify, "--segment", "everybody", "--json").output)
    assert (told["gate"], told["projection"]["recipients"]) == ("warn", 3)


def test_name_servers_are_asked_where_the_settings_say_so_and_a_dry_run_only_counts(
    bench: Workbench, names: NameServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GTM_VERIFICATION__DNS", "true")
    monkeypatch.setenv("GTM_VERIFICATION__NAMESERVERS", json.dumps([names.address]))
    assert "Would ask name servers about 1 domains" in ran(verify, "--dry-run").output
    assert not names.asked
    said = ran(verify).output
    assert "invalid" in said
    assert "stopped by the rule bounces.projected" in said
    assert names.domains() == ["acme.example"]


def test_a_release_that_would_bounce_needs_a_reason(bench: Workbench) -> None:
    with bench.record.write() as connection:
        for one in bench.campaigns.targets("spring"):
            dead = {"field": "email_verification", "value": "invalid", "source": "hunter_verifier", "confidence": 0.95}
            named = {"id": new_id(), "workspace_id": "default", "subject_type": "contact", "subject_id": one.contact_id}
            told = {"evidence": f"{one.recipient} is invalid", "retrieved_at": bench.clock.now()}
            connection.execute(sa.insert(fact).values(**named, **dead, **told))
    refused = CliRunner().invoke(campaign, ["release", "spring", "--by", "anna"])
    assert "expected to bounce" in str(refused.exception)
    assert "is sending" in ran(campaign, "release", "spring", "--by", "anna", "--accept-bounces", "We know them").output


def test_insights_are_made_by_rule_without_a_model_and_shown_with_their_reasons(bench: Workbench) -> None:
    said = ran(insights).output
    assert "No strategy is confirmed" in said
    Desk(bench.record, bench.clock, None, None, None).confirm(ICP)  # type: ignore[arg-type]
    assert "1 made" in ran(insights).output
    (one,) = json.loads(ran(insights, "--show", "--json").output)
    assert one["fit"] == 0
    shown = ran(insights, "--show", "--id", one["subject_id"]).output
    assert "industry is Logistics: unknown (nothing known)" in shown
    assert one["subject_id"] in ran(insights, "--show").output
