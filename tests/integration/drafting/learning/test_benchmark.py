from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from gtm_pipelines.drafting.checks.checker import RuleChecker
from gtm_pipelines.drafting.learning.benchmark import BenchmarkService
from gtm_pipelines.drafting.programs.program import build
from gtm_pipelines.errors import InputError, NotFoundError
from gtm_pipelines.llm.engines.scripted import Line, ScriptedEngine
from gtm_pipelines.llm.service import LlmService
from gtm_pipelines.record.tables import benchmark_score, contact, interaction, training_example
from gtm_pipelines.settings import LlmSettings
from gtm_pipelines.workbench import Workbench
from tests.campaign_parts import add_contact
from tests.learning_parts import MODEL, Writer, add_examples, tiny_pack

GOOD = MODEL.model_copy(update={"name": "good"})
POOR = MODEL.model_copy(update={"name": "poor", "input_price": 0.1, "output_price": 1.0})


def bench(workbench: Workbench, poor: Any = None) -> BenchmarkService:
    tiny_pack(workbench.settings.home_path)
    add_examples(workbench)
    writer = Writer()

    def best(request: Any) -> str:
        said = writer(request)
        assert isinstance(said, str)
        return said

    def engine(model: Any, _scrub: Any) -> ScriptedEngine:
        return ScriptedEngine(best if model.name == "good" else poor or writer)

    asks = LlmService(workbench.record, workbench.clock, [GOOD, POOR], LlmSettings(), engine)
    return BenchmarkService(
        workbench.record, workbench.clock, asks, ["good", "poor"], workbench.packs,
        lambda pack, language, now: build(pack, language=language, now=now), RuleChecker(), lambda _llm: None,
    )  # fmt: skip


def test_every_model_meets_every_case_and_nothing_comes_from_the_cache(workbench: Workbench) -> None:
    service = bench(workbench)
    run_id = service.run(["tiny"], by="person:anna", cases=4)
    scores = service.scores(run_id)
    assert {(row["model"], row["case_id"]) for row in scores} == {
        (model, case) for model in ("good", "poor") for case in service.get(run_id)["settings"]["cases"]
    }
    assert len(scores) == 8
    service.run(["tiny"], by="person:anna", cases=4)
    with workbench.record.read() as connection:
        assert not any(connection.execute(sa.select(interaction.c.cached)).scalars())


def test_the_table_says_quality_with_its_interval_cost_and_latency(workbench: Workbench) -> None:
    def broken(request: Any) -> Line | str:
        return "no JSON at all"

    service = bench(workbench, broken)
    table = service.table(service.run(["tiny"], by="person:anna", cases=5))
    good, poor = table
    assert (good.model, poor.model) == ("good", "poor")
    assert (good.failed, poor.failed) == (0, 5)
    assert poor.quality == 0
    assert good.quality is not None
    assert good.low is not None
    assert good.high is not None
    assert good.low <= good.quality <= good.high
    assert good.cost_usd
    assert good.latency_ms is not None
    assert good.groundedness is not None
    assert poor.groundedness is None


def test_a_run_goes_on_where_it_was_and_scores_nothing_twice(workbench: Workbench) -> None:
    service = bench(workbench)

    def interrupt(done: int, _total: int | None) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        service.run(["tiny"], ["good"], by="person:anna", cases=5, name="spring", progress=interrupt)
    assert len(service.scores("spring")) == 3
    with workbench.record.read() as connection:
        calls = connection.execute(sa.select(sa.func.count()).select_from(interaction)).scalar_one()
    service.resume("spring")
    assert len(service.scores("spring")) == 5
    assert service.get("spring")["status"] == "finished"
    with workbench.record.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(interaction)).scalar_one() == calls / 3 * 5


def test_a_budget_ends_it_and_it_says_so(workbench: Workbench) -> None:
    service = bench(workbench)
    run_id = service.run(["tiny"], ["good"], by="person:anna", cases=5, budget_usd=0.008)
    assert service.get(run_id)["status"] == "stopped"
    assert sum(row["cost_usd"] for row in service.scores(run_id)) <= 0.008


def test_it_wants_cases_a_model_and_a_pack(workbench: Workbench) -> None:
    service = bench(workbench)
    with pytest.raises(InputError, match="good, poor"):
        service.run(["tiny"], ["nobody"], by="person:anna")
    with workbench.record.write() as connection:
        connection.execute(sa.delete(training_example))
    with pytest.raises(InputError, match="no held-out examples"):
        service.run(["tiny"], by="person:anna")
    with pytest.raises(NotFoundError):
        service.get("nothing")


def test_whoever_is_erased_is_gone_from_it(workbench: Workbench) -> None:
    service = bench(workbench)
    lone = add_contact(workbench.record, workbench.clock, full_name="Zina Zebra", first_name="Zina", email="zina@firm.example")
    with workbench.record.write() as connection:
        connection.execute(sa.update(training_example).values(contact_id=lone))
    service.run(["tiny"], ["good"], by="person:anna", cases=3)
    workbench.privacy.erase_person("zina@firm.example", by="person:anna")
    with workbench.record.read() as connection:
        for table in (interaction, benchmark_score, training_example, contact):
            told = str(connection.execute(sa.select(table)).all())
            assert "Zebra" not in told, table.name
            assert "Who plans the shifts" not in told, table.name
