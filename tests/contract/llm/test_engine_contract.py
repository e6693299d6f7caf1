"""What every engine keeps, the real ones over HTTP and the scripted one alike."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from dspy import lm15

from gtm_pipelines.llm.engines.native import NativeEngine
from gtm_pipelines.llm.engines.registry import ENGINES
from gtm_pipelines.llm.engines.scripted import Line, ScriptedEngine
from gtm_pipelines.llm.faults import expected, read
from gtm_pipelines.llm.model import Engine
from gtm_pipelines.settings_model import ModelSettings
from tests.llm_parts import KEY, ModelServer, model_server, took

QUICK, WHOLE = 0.3, 0.8
SCRIPTS: dict[str, Line] = {
    "ok": Line('{"answer": "yes"}', input_tokens=100, output_tokens=10),
    "hang": Line(first_byte_seconds=60),
    "trickle": Line("never", seconds=60),
    "429:7": Line(error=lm15.RateLimitError("slow down", retry_after=7)),
    "429": Line(error=lm15.RateLimitError("slow down")),
    "500": Line(error=lm15.ServerError("broken")),
    "401": Line(error=lm15.AuthError("who are you")),
    "402": Line(error=lm15.BillingError("pay")),
    "400": Line(error=lm15.InvalidRequestError("what")),
    "malformed": Line(error=lm15.ProviderError("cannot be read", code="malformed")),
    "cut": Line(error=lm15.TransportError("connection lost")),
    "empty": Line(error=lm15.ProviderError("nothing", code="malformed")),
    "length": Line('{"answer": "yes"}', finish_reason="length"),
    "=Привет, ‏שלום 🙂": Line("Привет, ‏שלום 🙂"),
}

Ask = Callable[[str], Any]


def request(**config: Any) -> lm15.Request:
    return lm15.Request("some-model", lm15.Message.user("Is it so?"), "Be brief.", (), lm15.Config(max_tokens=50, **config))


async def _ask(engine: Engine, asked: lm15.Request) -> lm15.Response:
    try:
        return await engine.complete(asked, first_byte_seconds=QUICK, timeout_seconds=WHOLE)
    finally:
        await engine.aclose()


def settings(provider: str, server: ModelServer, **more: Any) -> ModelSettings:
    return ModelSettings(name="it", provider=provider, model="some-model", base_url=server.url, timeout_seconds=5, **more)


@pytest.fixture(params=[*ENGINES, "compatible, whole", "scripted"])
def ask(request: pytest.FixtureRequest) -> Iterator[Ask]:
    provider = request.param
    if provider == "scripted":
        yield lambda act, asked=None: asyncio.run(_ask(ScriptedEngine([SCRIPTS[act]]), asked or globals()["request"]()))
        return
    with model_server() as server:
        named, _, whole = provider.partition(", ")

        def over_http(act: str, asked: lm15.Request | None = None) -> lm15.Response:
            server.does(act)
            made = settings(named, server, stream=not whole)

            async def work() -> lm15.Response:
                return await _ask(ENGINES[named](made, KEY), asked or globals()["request"]())

            return asyncio.run(work())

        yield over_http


def test_an_answer_has_its_text_its_reason_and_its_tokens(ask: Ask) -> None:
    answer = ask("ok")
    assert answer.text == '{"answer": "yes"}'
    assert answer.finish_reason == "stop"
    assert answer.model == "some-model"
    assert answer.usage.output_tokens == 10
    assert answer.usage.input_tokens in (100, 40)


def test_an_answer_in_any_script_arrives_whole(ask: Ask) -> None:
    assert ask("=Привет, ‏שלום 🙂").text == "Привет, ‏שלום 🙂"


def test_an_answer_that_was_cut_off_says_so(ask: Ask) -> None:
    assert ask("length").finish_reason == "length"


def test_silence_ends_in_time(ask: Ask) -> None:
    with took() as seconds, pytest.raises(expected()) as failure:
        ask("hang")
    assert read(failure.value).code == "timeout"
    assert seconds[0] < WHOLE + 1


def test_a_trickle_that_never_ends_ends_in_time(ask: Ask) -> None:
    with pytest.raises(expected()) as failure:
        ask("trickle")
    assert read(failure.value).code == "timeout"


@pytest.mark.parametrize(
    ("act", "code", "fatal", "again"),
    [
        ("500", "server", False, True),
        ("401", "auth", True, False),
        ("402", "billing", True, False),
        ("400", "invalid_request", False, False),
        ("429", "rate_limit", False, False),
    ],
)
def test_a_refusal_says_what_to_do_next(ask: Ask, act: str, code: str, fatal: bool, again: bool) -> None:
    with pytest.raises(expected()) as failure:
        ask(act)
    fault = read(failure.value)
    assert (fault.code, fault.fatal, fault.again) == (code, fatal, again)


def test_too_many_requests_say_for_how_long(ask: Ask) -> None:
    with pytest.raises(lm15.RateLimitError) as failure:
        ask("429:7")
    assert read(failure.value).rest_seconds == 7


@pytest.mark.parametrize("act", ["malformed", "cut", "empty"])
def test_half_an_answer_is_no_answer(ask: Ask, request: pytest.FixtureRequest, act: str) -> None:
    if act == "cut" and "whole" in request.node.name:
        act = "malformed"
    with pytest.raises(expected()) as failure:
        ask(act)
    fault = read(failure.value)
    assert fault.health
    assert fault.code in ("malformed", "transport", "server")


@pytest.mark.parametrize("provider", ["openai", "openrouter", "ollama", "compatible", "anthropic"])
def test_the_schema_the_key_and_the_length_reach_the_provider(provider: str) -> None:
    schema = {
        "type": "object",
        "properties": {"answer": {"type": "string"}},
        "required": ["answer"],
        "additionalProperties": False,
    }
    form = {"type": "json_schema", "name": "answer", "schema": schema, "strict": True}
    with model_server() as server:
        made = settings(provider, server)

        async def work() -> None:
            await _ask(NativeEngine(made, KEY), request(response_format=form))

        asyncio.run(work())
        sent, headers = server.requests[0], server.headers[0]
    assert "additionalProperties" in str(sent)
    assert sent.get("max_tokens") == 50 or sent.get("max_completion_tokens") == 50
    assert headers.get("authorization") == f"Bearer {KEY}" or headers.get("x-api-key") == KEY
    assert "tools" not in sent
