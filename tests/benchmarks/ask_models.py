"""What a call to a model costs in time beside plain HTTP, and how long a hanging provider holds one up.

``python -m tests.benchmarks.ask_models``: prints medians over a server on loopback that answers at once.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from typing import Any

import httpx
from pydantic import BaseModel

from gtm_pipelines.llm.model import CallContext
from gtm_pipelines.log import configure_logging
from gtm_pipelines.settings import LlmSettings, ModelSettings, load_settings
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.llm_parts import ModelServer, model_server

CALLS = 200


class Answer(BaseModel):
    """Say whether it is so."""

    answer: str


def median_ms(work: Callable[[int], object], calls: int = CALLS) -> float:
    """Return the median of single calls, in milliseconds, after ten to warm up."""
    spans = []
    for number in range(-10, calls):
        began = time.perf_counter()
        work(number)
        if number >= 0:
            spans.append(time.perf_counter() - began)
    return statistics.median(spans) * 1000


def open_over(home: str, *servers: ModelServer, **llm: Any) -> Workbench:
    """Return a workbench whose models are ``servers``, in this order."""
    models = [ModelSettings(name="ab"[at], provider="compatible", model="m", base_url=s.url) for at, s in enumerate(servers)]
    return open_workbench(load_settings(home=home, models=models, llm=LlmSettings(**llm)))


def overhead() -> dict[str, float]:
    """Measure plain HTTP, the engine alone, the whole service, and an answer from the cache."""
    with model_server() as server, tempfile.TemporaryDirectory() as home, httpx.Client() as http:
        bench = open_over(home, server)
        body = {"model": "m", "messages": [{"role": "user", "content": "x"}], "stream": True}

        def plain(_number: int) -> None:
            http.post(f"{server.url}/chat/completions", json=body).read()

        def ask(number: int) -> None:
            bench.llm.ask(Answer, "Say.", CallContext("bench"), page=str(number))

        found = {"httpx": median_ms(plain), "ask": median_ms(ask), "ask, from the cache": median_ms(ask)}
        found["40 at once, a call"] = asyncio.run(_at_once(bench)) * 1000 / 200
        bench.close()
    return found


async def _at_once(bench: Workbench) -> float:
    began = time.perf_counter()
    for turn in range(5):
        calls = (bench.llm.aask(Answer, "Say.", CallContext("bench", cached=False), page=f"{turn} {n}") for n in range(40))
        await asyncio.gather(*calls)
    await bench.llm.aclose()
    return time.perf_counter() - began


def hanging() -> dict[str, float]:
    """Measure ten calls over a first provider that never answers: with the breaker closed, then open."""
    with model_server() as first, model_server() as second, tempfile.TemporaryDirectory() as home:
        bench, spans = open_over(home, first, second, cache_days=0), []
        bench.llm.ask(Answer, "Say.", CallContext("bench"))
        first.does("hang")
        for _ in range(10):
            began = time.perf_counter()
            bench.llm.ask(Answer, "Say.", CallContext("bench"))
            spans.append((time.perf_counter() - began) * 1000)
        bench.close()
    return {"closed": statistics.median(spans[:5]), "worst": max(spans), "open": statistics.median(spans[5:])}


if __name__ == "__main__":
    configure_logging("error")
    figures = {"milliseconds a call": overhead(), "milliseconds with a hanging first provider": hanging()}
    print(json.dumps(figures, indent=2))
