"""The page of benchmarks shows what was measured, and what attempts to better packs came to."""

from __future__ import annotations

import pytest

from gtm_pipelines.drafting.learning.attempt import Effort, Wish
from gtm_pipelines.drafting.learning.benchmark import BenchmarkService
from gtm_pipelines.drafting.programs.program import build
from gtm_pipelines.workbench import Workbench
from tests.app.conftest import Open
from tests.learning_parts import Writer, add_examples, asking, optimiser, tiny_pack


def test_with_nothing_measured_it_says_how_to_begin(bare: Workbench, open_page: Open) -> None:
    app = open_page("benchmarks")
    assert not app.exception
    assert "AI models" in [link.label for link in app.page_link]


def test_one_press_has_the_chosen_packs_and_models_measured(bare: Workbench, open_page: Open) -> None:
    bare.model_desk.save("local", "ollama", "qwen3:4b", by="anna")
    app = open_page("benchmarks")
    assert "Review the drafts" in [link.label for link in app.page_link]
    tiny_pack(bare.settings.home_path)
    add_examples(bare)
    app = open_page("benchmarks")
    app.number_input(key="benchmark_cases").set_value(4)
    next(button for button in app.button if button.label == "Measure").click().run()
    assert not app.exception
    (job,) = bare.jobs.next_requested()
    assert (job.kind, job.payload["packs"], job.payload["models"], job.payload["cases"]) == (
        "benchmark", ["tiny@1.1.0"], ["local"], 4,
    )  # fmt: skip


@pytest.mark.slow
def test_it_shows_the_table_best_first_and_the_report_of_an_attempt(bare: Workbench, open_page: Open) -> None:
    tiny_pack(bare.settings.home_path)
    add_examples(bare)
    service, _ = optimiser(bare, Writer())
    attempt = service.optimise(Wish("tiny", "bootstrap", effort=Effort(demos=2), most=24, judged=False), by="person:anna")
    asks, _ = asking(bare, Writer())
    scored = BenchmarkService(
        bare.record, bare.clock, asks, ["m"], bare.packs,
        lambda pack, language, now: build(pack, language=language, now=now), None, lambda _llm: None,
    )  # fmt: skip
    scored.run(["tiny@1.1.0", "tiny@1.2.0"], by="person:anna", cases=4)
    app = open_page("benchmarks")
    assert not app.exception
    assert list(app.dataframe[0].value["Pack"]) == ["tiny@1.2.0", "tiny@1.1.0"]
    shown = " ".join(element.value.replace("\\", "") for element in app.markdown)
    assert f"**{attempt.report['held_out']['new']:.3f}** after" in shown
    assert "It may be promoted." in shown
