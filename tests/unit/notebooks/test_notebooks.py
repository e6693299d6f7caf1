"""Every notebook runs on an empty workspace and on a filled one, and is committed without outputs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from gtm_pipelines.clock import SystemClock
from gtm_pipelines.settings import load_settings
from gtm_pipelines.workbench import open_workbench
from tests.figures_parts import Outcomes, fill
from tests.parts import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
pytestmark = [pytest.mark.slow, pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)]


def executed(path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Run a notebook over ``home`` and return its outputs; a cell that fails raises."""
    monkeypatch.setenv("GTM_HOME", str(home))
    book = nbformat.read(path, as_version=4)
    NotebookClient(book, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(ROOT)}}).execute()
    return [output for cell in book.cells if cell.cell_type == "code" for output in cell.outputs]


def printed(outputs: list[Any]) -> str:
    return "".join(output["text"] for output in outputs if output["output_type"] == "stream")


def charts(outputs: list[Any]) -> int:
    return sum("vegaEmbed" in output.get("data", {}).get("text/html", "") for output in outputs)


def test_it_is_committed_without_outputs(path: Path) -> None:
    book = nbformat.read(path, as_version=4)
    nbformat.validate(book)
    assert all(not cell.outputs and cell.execution_count is None for cell in book.cells if cell.cell_type == "code")


def test_an_empty_workspace_is_told_what_to_do(path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outputs = executed(path, home, monkeypatch)
    assert "gtm metrics refresh" in printed(outputs)
    assert charts(outputs) == 0


def test_a_filled_one_shows_its_charts(path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if path.stem != "campaign_results":
        pytest.skip("the others have tests of their own, over what they are about")
    opened = open_workbench(load_settings(home=home), clock=SystemClock())
    fill(opened.record, opened.clock, Outcomes(sent=120, bounced_hard=2, positive=6, negative=2, auto_reply=3))
    opened.metrics.refresh()
    opened.close()
    outputs = executed(path, home, monkeypatch)
    assert charts(outputs) >= 4
    assert "GREEN" in printed(outputs)
    assert "spring.csv" in printed(outputs)
