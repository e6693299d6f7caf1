"""Every call is on record with what it cost; caps hold before a call; keys are nowhere."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import dspy
import pytest
import sqlalchemy as sa

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.errors import GtmError, SettingsError
from gtm_pipelines.llm.model import BudgetExceededError, LlmUnavailable, OpenSchemaError
from gtm_pipelines.record import interactions
from gtm_pipelines.record.tables import interaction, llm_answer
from gtm_pipelines.workbench import Workbench
from tests.integration.llm.conftest import Open, Verdict, asks
from tests.llm_parts import KEY, ModelServer

PRICED = {"input_price": 10.0, "output_price": 100.0, "max_tokens": 100}
"""The server reads 100 tokens and writes 10: a call costs 0.001 + 0.001 dollars."""


def rows(bench: Workbench) -> Any:
    with bench.record.read() as connection:
        return connection.execute(sa.select(interaction).order_by(interaction.c.id)).all()


def everything(bench: Workbench) -> str:
    """Return all that is stored of calls; a row's own text leaves out the middle of long values."""
    with bench.record.read() as connection:
        return repr([tuple(row) for table in (interaction, llm_answer) for row in connection.execute(sa.select(table))])


def until_refused(bench: Workbench, **more: Any) -> None:
    for _ in range(100):
        bench.llm.ask(Verdict, "Say.", asks(**more))


def test_a_call_and_each_failed_attempt_is_a_row(a: ModelServer, b: ModelServer, bench: Open) -> None:
    a.does("500")
    made = bench(a, b, model=PRICED)
    context = asks(campaign_id="c" * 32, contact_id="d" * 32, pack_version="cold@3", batch_id="e" * 32, session_key="s")
    made.llm.ask(Verdict, "Say.", context, page="Страница")
    failed, answered = rows(made)
    assert (failed.provider, failed.error_code, failed.outputs, failed.cost_usd) == ("a", "server", {}, None)
    assert (answered.provider, answered.provider_kind, answered.model, answered.response_model) == ("b", "compatible", "m", "m")
    assert (answered.input_tokens, answered.output_tokens, answered.cost_usd) == (100, 10, pytest.approx(0.002))
    assert (answered.attempt, answered.call_id, answered.error_code, answered.cached) == (2, failed.call_id, None, False)
    assert (answered.purpose, answered.pack_version, answered.trace_id) == ("test", "cold@3", context.trace_id)
    assert (answered.campaign_id, answered.contact_id, answered.session_key) == ("c" * 32, "d" * 32, "s")
    assert "Страница" in answered.inputs["messages"][0]["text"]
    assert answered.inputs["parameters"]["max_tokens"] == 100
    assert answered.outputs == {"text": '{"answer": "yes"}', "finish_reason": "stop"}
    assert len(answered.prompt_hash) == 64


def test_an_unknown_price_is_unknown_and_not_nought(a: ModelServer, bench: Open, clock: VirtualClock) -> None:
    made = bench(a)
    made.llm.ask(Verdict, "Say.", asks())
    assert rows(made)[0].cost_usd is None
    [line] = interactions.summary(made.record, datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC), "provider")
    assert (line.name, line.cost_usd, line.unpriced) == ("a", 0, 1)


@pytest.mark.parametrize(
    ("provider", "model", "dollars"),
    [
        ("openai", "gpt-4o-mini", 100 * 0.15e-6 + 10 * 0.6e-6),
        ("anthropic", "claude-sonnet-4-5", 40 * 3e-6 + 60 * 0.3e-6 + 10 * 15e-6),
        ("openrouter", "openai/gpt-4o-mini", 100 * 0.15e-6 + 10 * 0.6e-6),
        ("ollama", "qwen2.5:7b", 0.0),
        ("openai", "never-heard-of", None),
    ],
)
def test_a_known_model_costs_what_its_provider_lists(
    a: ModelServer, bench: Open, provider: str, model: str, dollars: float | None
) -> None:
    made = bench(a, model={"provider": provider, "model": model})
    made.llm.ask(Verdict, "Say.", asks())
    assert rows(made)[0].cost_usd == (None if dollars is None else pytest.approx(dollars))


def test_keys_are_in_no_row_no_log_and_no_error(a: ModelServer, bench: Open, capfd: pytest.CaptureFixture[str]) -> None:
    other = "sk-" + "proj-0123456789abcdef"
    a.does(f"=You said {KEY} and {other}", "401")
    made, context = bench(a), asks()
    with pytest.raises(GtmError) as failure:
        made.llm.ask(Verdict, "Say.", context, page=f"key {KEY} and {other} and nul \0")
    stored = everything(made)
    out, err = capfd.readouterr()
    for secret in (KEY, other):
        assert secret not in stored + out + err + str(failure.value)
    assert "[redacted]" in stored
    assert KEY in str(a.headers[0])


def test_the_month_is_capped_before_a_call(a: ModelServer, bench: Open, clock: VirtualClock) -> None:
    made = bench(a, model=PRICED, monthly_budget_usd=0.03)
    with pytest.raises(BudgetExceededError, match="monthly_budget_usd") as failure:
        until_refused(made)
    assert failure.value.rule == "llm.monthly_budget_usd"
    assert len(a.requests) > 1
    assert sum(row.cost_usd for row in rows(made)) <= 0.03
    clock.advance(days=31)
    made.llm.ask(Verdict, "Say.", asks())


def test_a_run_is_capped_and_another_run_goes_on(a: ModelServer, bench: Open) -> None:
    made = bench(a, model=PRICED, run_budget_usd=0.02)
    with pytest.raises(BudgetExceededError, match="run_budget_usd"):
        until_refused(made, run_id="first")
    made.llm.ask(Verdict, "Say.", asks(run_id="second"))


def test_calls_at_once_pass_no_cap_together(a: ModelServer, bench: Open) -> None:
    made = bench(a, model=PRICED, monthly_budget_usd=0.05)

    async def many() -> list[Any]:
        calls = (made.llm.aask(Verdict, "Say.", asks()) for _ in range(60))
        found = await asyncio.gather(*calls, return_exceptions=True)
        await made.llm.aclose()
        return found

    found = asyncio.run(many())
    assert {type(one) for one in found} == {Verdict, BudgetExceededError}
    assert sum(row.cost_usd for row in rows(made)) <= 0.05


def test_a_cap_cannot_be_kept_with_an_unknown_price_and_says_so(a: ModelServer, bench: Open) -> None:
    with pytest.raises(BudgetExceededError, match="input_price") as failure:
        bench(a, monthly_budget_usd=100).llm.ask(Verdict, "Say.", asks())
    assert failure.value.rule == "llm.unknown_price"
    assert a.requests == []


def test_a_dear_model_gives_way_to_one_that_the_cap_allows(a: ModelServer, b: ModelServer, bench: Open) -> None:
    from gtm_pipelines.settings import LlmSettings, ModelSettings

    made = bench(a, b)
    shared = {"provider": "compatible", "model": "m", "max_tokens": 100}
    dear = ModelSettings(name="dear", base_url=a.url, input_price=1e6, output_price=1e6, **shared)
    cheap = ModelSettings(name="cheap", base_url=b.url, input_price=0, output_price=0, **shared)
    llm = LlmSettings(monthly_budget_usd=1)
    from gtm_pipelines.workbench import open_workbench

    other = open_workbench(made.settings.model_copy(update={"models": (dear, cheap), "llm": llm}), clock=made.clock)
    assert other.llm.ask(Verdict, "Say.", asks()).answer == "yes"
    other.close()
    assert (len(a.requests), len(b.requests)) == (0, 1)


def test_no_answer_may_be_longer_than_any_may_be(a: ModelServer, bench: Open) -> None:
    with pytest.raises(BudgetExceededError, match="call_max_tokens"):
        bench(a, model={"max_tokens": 500}, call_max_tokens=100).llm.ask(Verdict, "Say.", asks())
    assert a.requests == []


def kept_answers(made: Workbench) -> int:
    with made.record.read() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(llm_answer)).scalar_one()


def test_the_same_question_is_answered_from_the_record_for_nothing_until_it_expires(
    a: ModelServer, bench: Open, clock: VirtualClock
) -> None:
    made = bench(a, cache_days=2, model=PRICED)
    for _ in range(3):
        assert made.llm.ask(Verdict, "Say.", asks(), page="one").answer == "yes"
    assert [(row.cached, row.cost_usd == 0) for row in rows(made)] == [(False, False), (True, True), (True, True)]
    made.llm.ask(Verdict, "Say.", asks(), page="two")
    made.llm.ask(Verdict, "Say it.", asks(), page="one")
    made.llm.ask(Verdict, "Say.", asks(temperature=1.0), page="one")
    made.llm.ask(Verdict, "Say.", asks(rollout=1), page="one")
    made.llm.ask(Verdict, "Say.", asks(cached=False), page="one")
    assert len(a.requests) == 6
    assert kept_answers(made) == 5
    clock.advance(days=2)
    made.llm.ask(Verdict, "Say.", asks(), page="one")
    assert len(a.requests) == 7
    assert kept_answers(made) == 1


def test_an_answer_that_did_not_fit_is_not_kept(a: ModelServer, bench: Open) -> None:
    a.does("=nothing", "ok", "ok")
    made = bench(a, cache_days=2)
    made.llm.ask(Verdict, "Say.", asks())
    made.llm.ask(Verdict, "Say.", asks())
    assert len(a.requests) == 3


def test_dspy_programs_run_over_the_failover_and_are_on_record(a: ModelServer, b: ModelServer, bench: Open) -> None:
    a.does("500")
    b.does('={"reply": "да"}')
    made, context = bench(a, b), asks()
    program = dspy.Predict("page -> reply")
    with made.llm.programs(context):
        assert program(page="x").reply == "да"
        assert asyncio.run(program.acall(page="y")).reply == "да"
    assert [row.provider for row in interactions.of_trace(made.record, context.trace_id)] == ["a", "b", "a", "b"]
    assert b.requests[0]["response_format"]["type"] in ("json_schema", "json_object")


def test_dspy_programs_get_our_own_errors(a: ModelServer, bench: Open) -> None:
    a.does("401")
    with pytest.raises(LlmUnavailable), bench(a).llm.programs(asks()):
        dspy.Predict("page -> reply")(page="x")


def test_tools_are_refused_unless_asked_for(a: ModelServer, bench: Open) -> None:
    from dspy.lm15 import FunctionTool, Message, Request

    lm = bench(a).llm.lm(asks())
    with pytest.raises(OpenSchemaError):
        lm.engine.complete(Request("any", Message.user("x"), None, (FunctionTool("send", "Send.", {"type": "object"}),)))
    assert a.requests == []


def test_a_model_without_its_key_is_passed_over_and_alone_says_what_to_set(
    a: ModelServer, b: ModelServer, bench: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = bench(a)
    monkeypatch.delenv("CANARY_KEY")
    with pytest.raises(SettingsError, match="CANARY_KEY"):
        made.llm.ask(Verdict, "Say.", asks())
    assert a.requests == []


def test_without_any_model_it_says_how_to_add_one(bench: Open) -> None:
    with pytest.raises(SettingsError, match=r"\[\[models\]\]"):
        bench().llm.ask(Verdict, "Say.", asks())
