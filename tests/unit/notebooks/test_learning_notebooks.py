"""The notebooks about learning, over examples, an attempt and a benchmark as the services leave them."""

from __future__ import annotations

from pathlib import Path

import pytest

from gtm_pipelines.clock import SystemClock
from gtm_pipelines.drafting.learning.attempt import Effort, Wish
from gtm_pipelines.drafting.learning.benchmark import BenchmarkService
from gtm_pipelines.drafting.programs.program import build
from gtm_pipelines.settings import load_settings
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.campaign_parts import drafted
from tests.learning_parts import Writer, add_examples, asking, optimiser, tiny_pack
from tests.parts import ROOT
from tests.unit.notebooks.test_notebooks import charts, executed, printed

pytestmark = pytest.mark.slow


def opened(home: Path) -> Workbench:
    return open_workbench(load_settings(home=home), clock=SystemClock())


def test_what_edits_teach_shows_what_people_changed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = opened(home)
    first, second, third, fourth = drafted(bench, 2)
    bench.review.approve([first.id], by="anna")
    greeted = third.body.replace(third.body.splitlines()[0], "Hello there,", 1)
    bench.review.edit(third.id, seen_revision=1, subject=third.subject, body=greeted, by="anna")
    assert bench.review.approve([third.id], by="anna").approved == 1
    bench.review.reject([second.id, fourth.id], by="anna", reason="too pushy")
    bench.examples.rebuild()
    bench.metrics.refresh()
    bench.close()
    outputs = executed(ROOT / "notebooks" / "what_edits_teach.ipynb", home, monkeypatch)
    said = printed(outputs)
    assert "approved after an edit" in said
    assert "greeting" in said
    assert "too pushy" in said
    assert "train" in said or "held_out" in said or "validation" in said
    assert charts(outputs) >= 4


def test_pack_benchmark_shows_who_does_best_and_what_attempts_came_to(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = opened(home)
    tiny_pack(home)
    add_examples(bench)
    service, _ = optimiser(bench, Writer())
    service.optimise(Wish("tiny", "bootstrap", effort=Effort(demos=2), most=24, judged=False), by="person:anna")
    asks = asking(bench, Writer())[0]
    scored = BenchmarkService(
        bench.record, bench.clock, asks, ["m"], bench.packs,
        lambda pack, language, now: build(pack, language=language, now=now), None, lambda _llm: None,
    )  # fmt: skip
    scored.run(["tiny@1.1.0", "tiny@1.2.0"], by="person:anna", cases=4)
    bench.metrics.refresh()
    bench.close()
    outputs = executed(ROOT / "notebooks" / "pack_benchmark.ipynb", home, monkeypatch)
    said = printed(outputs)
    assert said.index("tiny@1.2.0") < said.index("tiny@1.1.0")
    assert "better" in said
    assert charts(outputs) >= 4
