"""Killing the sender makes no mail arrive twice and loses none."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gtm_pipelines.proof.soak import SoakReport, soak
from tests.postgres import PostgresServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def check(report: SoakReport, messages: int, kills: int) -> None:
    assert report.kills >= kills - 2, "nearly every kill must hit a process that is at work"
    assert (report.duplicates, report.lost, report.silent) == (0, 0, 0)
    assert report.unknown + report.noted <= report.kills


def test_twelve_kills_over_three_hundred_mails_double_and_lose_nothing_and_the_uncertain_is_settled(tmp_path: Path) -> None:
    report = soak(tmp_path, messages=300, kills=12, seed=3)
    check(report, 300, 12)
    assert (report.accepted, report.listed) == (300, 0)
    assert report.sent + report.noted + report.reconciled == 300
    assert (report.reconciled, report.sent_again) == (report.unknown_accepted, report.unknown - report.unknown_accepted)


@pytest.mark.postgres
def test_the_same_holds_on_postgres_and_without_a_look_up_the_uncertain_is_listed(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    with postgres.database() as url:
        report = soak(tmp_path, messages=120, kills=5, seed=4, record_url=url, look_up=False)
    check(report, 120, 5)
    assert (report.listed, report.reconciled, report.sent_again) == (report.unknown, 0, 0)
    assert report.sent + report.noted + report.listed == 120
    assert report.accepted == report.sent + report.noted + report.unknown_accepted


def test_the_command_prints_both_ledgers_as_json() -> None:
    command = [sys.executable, "-m", "gtm_pipelines.cli", "prove", "send", "--kills", "1", "--messages", "20", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    printed = json.loads(done.stdout)
    assert {"messages", "kills", "duplicates", "lost", "noted", "unknown", "reconciled", "listed"} <= printed.keys()
    assert printed["holds"] is True
