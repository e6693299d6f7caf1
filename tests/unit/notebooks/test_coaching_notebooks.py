"""The notebooks about lists, one campaign and experiments, over a workspace whose figures are known."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.coaching_parts import measured
from tests.parts import ROOT
from tests.unit.notebooks.test_notebooks import charts, executed, printed

pytestmark = pytest.mark.slow

SAID = {
    "list_quality": ("355 people, 9 companies", "stop: autumn: 15 of 203 mails came back", "spring.csv"),
    "campaign_post_mortem": ("tiny (sending)", "70 more", "Instantly 2026", "campaign_funnel"),
    "experiment_design": ("2.38% of 336 delivered", "too small ever to tell its arms apart", "typical"),
}
"""Notebook → what it must print of the three campaigns."""


@pytest.mark.parametrize("name", SAID)
def test_it_shows_the_figures_of_the_record(name: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    measured(home).close()
    outputs = executed(ROOT / "notebooks" / f"{name}.ipynb", home, monkeypatch)
    assert charts(outputs) >= 3
    assert [text for text in SAID[name] if text not in printed(outputs)] == []
