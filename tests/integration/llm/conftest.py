"""A workbench whose models are local servers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from pydantic import BaseModel

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.llm.model import CallContext
from gtm_pipelines.settings import LlmSettings, ModelSettings, load_settings
from gtm_pipelines.workbench import Workbench, open_workbench
from tests.llm_parts import KEY, ModelServer, model_server

Open = Callable[..., Workbench]


class Verdict(BaseModel):
    """Say whether it is so."""

    answer: str


def asks(**more: Any) -> CallContext:
    return CallContext("test", **more)


@pytest.fixture
def a() -> Iterator[ModelServer]:
    with model_server() as server:
        yield server


@pytest.fixture
def b() -> Iterator[ModelServer]:
    with model_server() as server:
        yield server


@pytest.fixture
def bench(home: Any, database_url: str, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Open a workbench over servers: ``bench(a, b, cache_days=0)``; keywords of a model stand in ``model``."""
    monkeypatch.setenv("CANARY_KEY", KEY)
    opened = ExitStack()

    def over(*servers: ModelServer, model: dict[str, Any] | None = None, **llm: Any) -> Workbench:
        shared = {"provider": "compatible", "model": "m", "key": "env:CANARY_KEY"} | (model or {})
        models = [ModelSettings(name="ab"[at], base_url=server.url, **shared) for at, server in enumerate(servers)]
        settings = LlmSettings(**({"cache_days": 0, "retries": 0} | llm))
        made = open_workbench(load_settings(home=home, record_url=database_url, models=models, llm=settings), clock=clock)
        opened.callback(made.close)
        return made

    with opened:
        yield over
