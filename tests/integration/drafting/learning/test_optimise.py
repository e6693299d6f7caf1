from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from gtm_pipelines.drafting.learning.attempt import Attempt, Wish
from gtm_pipelines.drafting.learning.search import Effort
from gtm_pipelines.workbench import Workbench
from tests.learning_parts import MAGIC, Writer, add_examples, optimiser, tiny_pack

pytestmark = pytest.mark.slow
OPTIMISERS = ("bootstrap", "mipro", "gepa")
EFFORT = Effort(candidates=3, trials=4, metric_calls=60, demos=2, threads=2)


def prepared(workbench: Workbench) -> Workbench:
    tiny_pack(workbench.settings.home_path)
    add_examples(workbench)
    return workbench


def wish(optimiser: Any, **changed: Any) -> Wish:
    return Wish(**{"pack": "tiny", "optimiser": optimiser, "effort": EFFORT, "most": 24, "judged": False} | changed)


def better(workbench: Workbench, name: str, answer: Writer | None = None) -> Attempt:
    service, _ = optimiser(prepared(workbench), answer or Writer())
    return service.optimise(wish(name), by="person:anna")


@pytest.mark.parametrize("name", OPTIMISERS)
class TestATaskWithAKnownBetterInstruction:
    def test_it_is_found_and_the_held_out_score_rises(self, workbench: Workbench, name: str) -> None:
        attempt = better(workbench, name)
        report = attempt.report
        assert attempt.status == "finished"
        assert report["verdict"] == "better", report
        assert report["offered"]
        proof = report["held_out"]
        assert proof["new"] == pytest.approx(1.0)
        assert proof["old"] < 0.8
        assert proof["low"] > 0
        assert proof["worse"] == 0
        assert attempt.result_version == "1.2.0"
        made = workbench.packs.get("tiny", "1.2.0")
        assert made.content_hash == attempt.result_hash
        state = made.compiled_program("draft.en")
        assert state is not None
        found = json.dumps(state)
        assert MAGIC in found or state["write"]["demos"]
