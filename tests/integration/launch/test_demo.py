"""``gtm demo`` for real: the whole pipeline, twice."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gtm_pipelines.settings import environment
from tests.parts import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

PROMISED = {
    *("companies", "contacts", "rejected", "segment_members", "targets", "drafts", "approved", "sent", "delivered", "bounced"),
    *("replied", "positive", "auto_replies", "unsubscribed", "lights", "duplicates_sent", "unknown", "seconds"),
}
OF_THIS_RUN = {"imported_now", "sent_now", "seconds"}


def demo(home: Path) -> dict[str, Any]:
    """Run the demo without serving; its standard output is one JSON object and nothing else."""
    done = subprocess.run(
        [sys.executable, "-m", "gtm_pipelines.cli", "demo", "--headless", "--json"],
        env={**environment(), "GTM_HOME": str(home)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_the_demo_runs_the_whole_pipeline_and_a_second_time_adds_nothing(home: Path) -> None:
    first = demo(home)
    assert first.keys() == PROMISED | OF_THIS_RUN
    assert (first["duplicates_sent"], first["unknown"]) == (0, 0)
    assert [name for name in PROMISED - {"duplicates_sent", "unknown"} if not first[name]] == []
    assert set(first["lights"].values()) <= {"GREY", "RED", "YELLOW", "GREEN"}
    assert first["segment_members"] >= first["targets"] >= first["approved"] >= first["sent"]
    assert first["sent"] == first["delivered"] + first["bounced"] == first["sent_now"]
    second = demo(home)
    assert (second["imported_now"], second["sent_now"]) == (0, 0)
    assert {n: second[n] for n in PROMISED - OF_THIS_RUN} == {n: first[n] for n in PROMISED - OF_THIS_RUN}
