"""``gtm metrics``: what people and programs read."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gtm_pipelines.cli.metrics import command
from gtm_pipelines.clock import SystemClock
from gtm_pipelines.settings import load_settings
from gtm_pipelines.warehouse.model import MartMissingError
from gtm_pipelines.workbench import open_workbench
from tests.figures_parts import Outcomes, fill
from tests.parts import ROOT

pytestmark = pytest.mark.slow

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, home: Path) -> Run:
    monkeypatch.setenv("GTM_HOME", str(home))

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(command, arguments)

    return invoke


@pytest.fixture
def measured(run: Run, home: Path) -> Run:
    opened = open_workbench(load_settings(home=home), clock=SystemClock())
    fill(opened.record, opened.clock, Outcomes(sent=60, positive=2, bounced_hard=1))
    opened.close()
    assert run("refresh").exit_code == 0
    return run


def answer(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_without_figures_it_says_what_to_run(run: Run) -> None:
    result = run("show")
    assert isinstance(result.exception, MartMissingError)
    assert "gtm metrics refresh" in str(result.exception)


def test_without_campaigns_it_says_what_to_do(run: Run) -> None:
    assert run("refresh").exit_code == 0
    assert "gtm campaign create" in run("show").output
    assert "gtm campaign create" in run("lights").output
    assert answer(run("show", "--json")) == []


def test_a_rate_is_shown_with_interval_floor_and_what_others_report(measured: Run) -> None:
    shown = measured("show", "spring").output
    assert "GREY: Too small ever to be judged on its own." in shown, "it writes to 60 people, and 100 are wanted"
    assert "2 of 59" in shown
    assert "not enough data, 41 more" in " ".join(shown.split())
    assert "3.2 % list size:51-200 (lemlist outbound-analyst 2026-05, confidence high)" in shown


def test_programs_get_every_figure(measured: Run) -> None:
    document = answer(measured("show", "spring", "--json"))
    assert document["funnel"]["sent"] == 60
    assert document["light"]["colour"] == "GREY"
    reply = next(m for m in document["measures"] if m["name"] == "reply_rate")
    assert (reply["numerator"], reply["denominator"], reply["enough"], reply["needed"]) == (2, 59, False, 41)
    assert document["benchmarks"][0]["source"]
    assert answer(measured("show", "--json"))[0]["campaign"] == "spring"


def test_lights_are_listed(measured: Run) -> None:
    assert "GREY" in measured("lights").output
    assert answer(measured("lights", "--json"))[0]["needed"] == 41


def test_a_rebuild_says_what_it_read(measured: Run) -> None:
    report = answer(measured("refresh", "--rebuild", "--json"))
    assert report["copied"]["message"] == 60
    assert [mart["name"] for mart in report["marts"]][:1] == ["campaign_funnel"]


def test_the_package_opens_a_workbench_and_loads_nothing_before() -> None:
    script = (
        "import sys, gtm_pipelines; assert not [m for m in sys.modules if m.startswith('gtm_pipelines.')]; "
        "assert gtm_pipelines.open_workbench.__name__ == 'open_workbench'"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=ROOT)


def test_the_package_has_no_other_attributes() -> None:
    import gtm_pipelines

    with pytest.raises(AttributeError, match="no attribute 'close_workbench'"):
        _ = gtm_pipelines.close_workbench
