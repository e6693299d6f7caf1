"""What campaigns with a control arm came to, from the record to the command line."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from gtm_pipelines.cli.experiment import command
from gtm_pipelines.metrics.model import FiguresMissingError
from gtm_pipelines.record.tables import campaign, draft, target
from gtm_pipelines.workbench import Workbench
from tests.figures_parts import Outcomes, fill


def filled_and_measured(workbench: Workbench) -> Workbench:
    """Two campaigns whose second variant is the control arm; nobody but the other one's people answered with interest."""
    for name in ("spring", "autumn"):
        fill(workbench.record, workbench.clock, Outcomes(sent=400, bounced_hard=10, positive=40, unsubscribe=10), name)
    with workbench.record.write() as connection:
        for table in (target, draft):
            connection.execute(sa.update(table).where(table.c.variant == "casual").values(variant="baseline"))
        connection.execute(sa.update(campaign).values(variants=["direct", "baseline"]))
    workbench.metrics.refresh()
    return workbench


@pytest.fixture(scope="module")
def measured(standing: Workbench) -> Workbench:
    """For tests that only read."""
    return filled_and_measured(standing)


@pytest.fixture
def changing(workbench: Workbench) -> Workbench:
    """For tests that change the record and measure again."""
    return filled_and_measured(workbench)


def test_the_control_arm_is_the_reference_wherever_it_stands(measured: Workbench) -> None:
    found = measured.experiments.get("spring")
    assert found.reference == "baseline"
    assert [arm.variant for arm in found.arms] == ["baseline", "direct"]
    assert [arm.dealt for arm in found.arms] == [200, 200]
    assert sum(arm.bounced for arm in found.arms) == 10
    assert sum(arm.harmed for arm in found.arms) == 20
    assert found.arms[1].verdict == "undecided"
    assert "can be told" in found.headline or "alike" in found.headline


def test_uplift_adds_campaigns_up_against_the_control_arm(measured: Workbench) -> None:
    rows = measured.experiments.uplift()
    assert {(row["variant"], row["control"], row["campaigns"]) for row in rows} == {("direct", "baseline", 2)}
    assert sum(row["sent"] for row in rows) == 400
    assert all(row["ratio_low"] < 1 < row["ratio_high"] for row in rows)


def test_days_add_up_to_the_whole(measured: Workbench) -> None:
    for arm in measured.experiments.get("spring").arms:
        days = measured.experiments.days(measured.experiments.get("spring").campaign_id)
        last = days.filter(days["variant"] == arm.variant).sort("day").tail(1).to_dicts()[0]
        assert (last["delivered"], last["positive"], last["harmed"]) == (arm.delivered, arm.positive, arm.harmed)


def test_people_sent_another_variant_count_where_they_were_dealt(changing: Workbench) -> None:
    with changing.record.write() as connection:
        one = sa.select(target.c.id).where(target.c.variant == "direct").order_by(target.c.id).limit(30)
        connection.execute(
            sa.update(target).where(target.c.id.in_(one)).values(variant="baseline", updated_at=changing.clock.now())
        )
    changing.metrics.refresh(rebuild=True)
    found = changing.experiments.get("autumn"), changing.experiments.get("spring")
    assert sum(arm.crossed for experiment in found for arm in experiment.arms) == 30
    assert any("another variant" in warning for experiment in found for warning in experiment.warnings)


def test_a_plan_takes_the_rate_and_volume_there_are(measured: Workbench) -> None:
    rate, people = measured.experiments.known_rate()
    assert (rate, people) == (pytest.approx(80 / 780), 780)
    assert measured.experiments.monthly() == 780
    assert measured.experiments.plan(lift=1.5).monthly == 780


def test_a_campaign_that_was_not_sent_is_told(measured: Workbench) -> None:
    with pytest.raises(FiguresMissingError, match="'autumn', 'spring'"):
        measured.experiments.get("winter")


def test_the_commands_say_the_same_in_words_and_in_json(measured: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    if not measured.record.is_sqlite:
        return
    monkeypatch.setenv("GTM_HOME", str(measured.settings.home_path))
    run = CliRunner()
    assert "as good as alike with 'baseline'" in run.invoke(command, ["show", "spring"], catch_exceptions=False).output
    listed = json.loads(run.invoke(command, ["list", "--json"], catch_exceptions=False).stdout)
    assert [experiment["campaign"] for experiment in listed] == ["autumn", "spring"]
    never = run.invoke(command, ["plan", "--rate", "0.03", "--monthly", "0"], catch_exceptions=False).output
    assert "At 0 a month it never ends." in never
    assert "Nothing was sent" not in never
    planned = json.loads(run.invoke(command, ["plan", "--rate", "0.05", "--json"], catch_exceptions=False).stdout)
    assert planned["arm"] > planned["reference"] * 0.9
    checked = run.invoke(command, ["check", "spring"], catch_exceptions=False)
    assert checked.exit_code == 1, "figures made by hand were dealt by no coin"
