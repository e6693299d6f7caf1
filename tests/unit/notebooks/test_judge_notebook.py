"""The notebook about the judge, over drafts that were judged and decided."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from gtm_pipelines.clock import SystemClock
from gtm_pipelines.ids import new_id
from gtm_pipelines.record.tables import judgement
from gtm_pipelines.settings import load_settings
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.campaign_parts import drafted
from tests.parts import ROOT
from tests.unit.notebooks.test_notebooks import charts, executed, printed

pytestmark = pytest.mark.slow


def judged_and_decided(bench: Workbench) -> None:
    """Forty drafts of which people took half, by a judge that is right about three of four."""
    drafts = [draft for draft in drafted(bench, 40) if draft.variant == "direct"]
    rows = []
    for number, draft in enumerate(drafts):
        good = number % 2 == 0
        right = number % 8 not in (0, 1)
        row = {"id": new_id(), "workspace_id": "default", "draft_id": draft.id, "revision_number": 1, "judge": "known"}
        row |= {"content_hash": draft.content_hash, "quality": 0.8 if good == right else 0.3, "risk": 0.1, "reasons": {}}
        rows.append(row | {"trace_id": None, "created_at": bench.clock.now()})
    with bench.record.write() as connection:
        connection.execute(sa.insert(judgement), rows)
    bench.review.approve([draft.id for number, draft in enumerate(drafts) if number % 2 == 0], by="anna")
    bench.review.reject([draft.id for number, draft in enumerate(drafts) if number % 2], by="anna", reason="no")


def test_it_shows_how_far_the_judge_agrees_with_people(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = open_workbench(load_settings(home=home), clock=SystemClock())
    judged_and_decided(bench)
    whole = bench.calibration.report()[0]
    assert (whole.judge, whole.decided, whole.taken) == ("known", 40, 20)
    assert whole.agreement is not None
    assert whole.agreement.value == pytest.approx(0.75, abs=0.05)
    assert whole.kappa is not None
    assert whole.kappa.low < whole.kappa.value < whole.kappa.high
    bench.close()
    outputs = executed(ROOT / "notebooks" / "judge_calibration.ipynb", home, monkeypatch)
    assert charts(outputs) >= 4
    assert "known / all / all" in printed(outputs)
    assert "Not enough data" in printed(outputs)
