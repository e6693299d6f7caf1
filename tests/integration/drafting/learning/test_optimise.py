from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from gtm_pipelines.drafting.learning.attempt import Attempt, Effort, Wish
from gtm_pipelines.workbench import Workbench
from tests.learning_parts import MAGIC, Writer, add_examples, optimiser, tiny_pack
from tests.parts import ONE_ENGINE

pytestmark = [pytest.mark.slow, ONE_ENGINE]
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

    def test_a_person_promotes_it_and_goes_back_in_one_step(self, workbench: Workbench, name: str) -> None:
        better(workbench, name)
        workbench.promotions.promote("tiny", "1.2.0", by="anna")
        assert workbench.packs.get("tiny").version == "1.2.0"
        workbench.promotions.rollback("tiny", by="anna")
        assert workbench.packs.get("tiny").version == "1.1.0"

    def test_it_carries_nobodys_name_and_nothing_but_json(self, workbench: Workbench, name: str) -> None:
        better(workbench, name)
        text = workbench.packs.get("tiny", "1.2.0").files["compiled.json"]
        assert "Zina" not in text
        assert "Zebra" not in text
        assert set(json.loads(text)) == {"format", "programs", "provenance"}

    def test_what_does_not_better_it_makes_no_version(self, workbench: Workbench, name: str) -> None:
        attempt = better(workbench, name, Writer(knows=False, learns=False))
        assert attempt.status == "finished"
        assert not attempt.report["offered"]
        assert attempt.result_version is None
        assert workbench.packs.versions("tiny") == ["1.1.0"]

    @pytest.mark.parametrize("calls", [1, 30, 90])
    def test_calls_never_go_beyond_the_budget(self, workbench: Workbench, name: str, calls: int) -> None:
        service, engine = optimiser(prepared(workbench), Writer())
        attempt = service.optimise(wish(name, budget_calls=calls), by="person:anna")
        assert len(engine.requests) <= calls
        assert attempt.calls == len(engine.requests)
        assert attempt.status in ("stopped", "finished")

    def test_money_never_goes_beyond_the_budget(self, workbench: Workbench, name: str) -> None:
        service, _ = optimiser(prepared(workbench), Writer())
        attempt = service.optimise(wish(name, budget_usd=0.02), by="person:anna")
        assert 0 < attempt.cost_usd <= 0.02

    def test_stopped_by_its_budget_it_goes_on_without_paying_twice(self, workbench: Workbench, name: str) -> None:
        service, engine = optimiser(prepared(workbench), Writer())
        first = service.optimise(wish(name, budget_calls=25), by="person:anna")
        assert first.status == "stopped", first.report
        second = service.run(first.id, budget_calls=5000)
        assert second.status == "finished"
        assert second.report["verdict"] == "better"
        assert second.calls == len(engine.requests)
        assert max(Counter(asked(request) for request in engine.requests).values()) == 1


def asked(request: Any) -> str:
    parts = [message.text or "" for message in request.messages]
    return json.dumps([str(request.system), parts, request.config.temperature])
