"""Through hundreds of days nothing leaves outside a window, over a cap, under a gap, to the suppressed or after a stop."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sequence_days import Days, judge


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1])
def test_every_rule_holds_on_every_day(tmp_path: Path, seed: int) -> None:
    days = Days(tmp_path, people=14, days=400, seed=seed)
    days.live()
    verdict = judge(days)
    assert +verdict.breaches == {}
    assert verdict.sent > 60
    assert verdict.later > 20
    assert {"suppressed", "stopped", "away"} <= set(verdict.seen)
