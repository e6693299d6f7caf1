"""Vectors from a provider: capped, on record, patient, and never with a text or a key in the record."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from gtm_pipelines.errors import SettingsError
from gtm_pipelines.llm.embeddings import EmbeddingCaller
from gtm_pipelines.llm.model import BudgetExceededError, LlmUnavailable, RefusedError
from gtm_pipelines.record.tables import interaction
from gtm_pipelines.retrieval.embedders.api import ApiEmbedder
from gtm_pipelines.retrieval.service import SearchService
from gtm_pipelines.settings_model import LlmSettings, ModelSettings
from gtm_pipelines.workbench import Workbench
from tests.campaign_parts import add_company
from tests.search_parts import searching

KEY = "live-canary-key-0123456789"


def vectors(request: httpx.Request, size: int = 3) -> httpx.Response:
    """Answer as OpenAI does: vectors in any order, and what was counted."""
    texts = json.loads(request.content)["input"]
    data = [{"object": "embedding", "index": n, "embedding": [float(len(t)), 4.0, 0.0][:size]} for n, t in enumerate(texts)]
    return httpx.Response(200, json={"data": data[::-1], "usage": {"prompt_tokens": 10 * len(texts), "total_tokens": 0}})


class Provider:
    """A provider that answers as told, and remembers what it was asked."""

    def __init__(self, *answers: Any) -> None:
        self.answers, self.requests = list(answers), []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer(request) if callable(answer) else answer


def caller(bench: Workbench, provider: Provider, **llm: Any) -> EmbeddingCaller:
    model = ModelSettings(
        name="search", provider="compatible", model="tiny", base_url="http://127.0.0.1:9/v1", input_price=2.0, output_price=0.0
    )
    transport = httpx.MockTransport(provider)
    return EmbeddingCaller(
        bench.record, bench.clock, model, LlmSettings(**llm), key=KEY, dimensions=3, transport=transport
    )  # fmt: skip


def rows(bench: Workbench) -> list[Any]:
    with bench.record.read() as connection:
        return list(connection.execute(sa.select(interaction).order_by(interaction.c.id)))


def test_vectors_come_in_the_order_of_the_texts_and_cost_what_was_counted(workbench: Workbench) -> None:
    provider = Provider(vectors)
    found = caller(workbench, provider).embed(["a", "bbb"], "search.passage")
    assert found == [[1.0, 4.0, 0.0], [3.0, 4.0, 0.0]]
    [row] = rows(workbench)
    assert (row.purpose, row.input_tokens, row.cost_usd, row.error_code) == ("search.passage", 20, pytest.approx(4e-5), None)
    assert provider.requests[0].url.path == "/v1/embeddings"
    assert provider.requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_no_text_and_no_key_is_in_the_record(workbench: Workbench) -> None:
    refusal = httpx.Response(401, text=f"wrong key {KEY} for 'secret words'")
    asks = caller(workbench, Provider(vectors, refusal))
    asks.embed(["secret words"], "search.query")
    with pytest.raises(SettingsError) as error:
        asks.embed(["secret words"], "search.query")
    said = f"{rows(workbench)} {error.value}"
    assert KEY not in said
    assert "secret words" not in str(rows(workbench)[0])


@pytest.mark.parametrize(
    "first",
    [
        httpx.Response(429, headers={"retry-after": "7"}),
        httpx.Response(503),
        httpx.ConnectError("gone"),
        httpx.Response(200, text="{}"),
    ],
)
def test_what_passes_is_asked_again_and_every_attempt_is_a_row(workbench: Workbench, first: Any) -> None:
    before = workbench.clock.now()
    assert caller(workbench, Provider(first, vectors)).embed(["a"], "x") == [[1.0, 4.0, 0.0]]
    assert [row.error_code is None for row in rows(workbench)] == [False, True]
    waited = (workbench.clock.now() - before).total_seconds()
    assert waited == (7 if getattr(first, "status_code", 0) == 429 else 0.5)


@pytest.mark.parametrize(
    ("answer", "error", "asked"),
    [
        (httpx.Response(401), SettingsError, 1),
        (httpx.Response(402), SettingsError, 1),
        (httpx.Response(400, text="no such model"), RefusedError, 1),
        (httpx.ReadTimeout("slow"), LlmUnavailable, 1),
        (httpx.Response(500), LlmUnavailable, 3),
        (httpx.Response(429, headers={"retry-after": "3600"}), LlmUnavailable, 1),
        (httpx.Response(200, json={"data": []}), LlmUnavailable, 3),
        (lambda request: vectors(request, size=2), SettingsError, 1),
    ],
)
def test_what_does_not_pass_says_what_to_do(workbench: Workbench, answer: Any, error: type[Exception], asked: int) -> None:
    provider = Provider(answer)
    with pytest.raises(error):
        caller(workbench, provider).embed(["a"], "x")
    assert len(provider.requests) == len(rows(workbench)) == asked
    assert all(row.error_code for row in rows(workbench))


def test_a_cap_is_never_passed(workbench: Workbench) -> None:
    provider = Provider(vectors)
    asks = caller(workbench, provider, monthly_budget_usd=0.0001)
    asks.embed(["a"], "x")
    with pytest.raises(BudgetExceededError):
        asks.embed(["long " * 1_000], "x")
    assert len(provider.requests) == 1


def test_search_uses_them_with_the_prefixes_that_the_model_wants(workbench: Workbench) -> None:
    provider = Provider(vectors)
    embedder = ApiEmbedder("api/tiny/3", 3, caller(workbench, provider), batch=2, prefixes=("query: ", "passage: "))
    search = with_embedder(workbench, embedder)
    for name in ("Alder", "Rowan", "Birch"):
        add_company(workbench.record, workbench.clock, name=name)
    report = search.index()
    assert (report.embedded, len(provider.requests)) == (3, 2)
    answer = search.search("alder")
    assert answer.evidence[0].title == "Alder"
    assert answer.evidence[0].meaning is not None
    sent = [text for request in provider.requests for text in json.loads(request.content)["input"]]
    assert [text.partition(":")[0] for text in sent] == ["passage"] * 3 + ["query"]


def test_a_search_never_spends_on_texts_by_itself(workbench: Workbench) -> None:
    provider = Provider(vectors)
    search = with_embedder(workbench, ApiEmbedder("api/tiny/3", 3, caller(workbench, provider)))
    add_company(workbench.record, workbench.clock, name="Alder")
    assert [one.title for one in search.search("alder").evidence] == ["Alder"]
    assert [json.loads(request.content)["input"] for request in provider.requests] == [["alder"]]


def test_with_the_provider_down_search_goes_on_by_words(workbench: Workbench) -> None:
    search = with_embedder(workbench, ApiEmbedder("api/tiny/3", 3, caller(workbench, Provider(httpx.Response(401)))))
    add_company(workbench.record, workbench.clock, name="Alder")
    answer = search.search("alder")
    assert [one.title for one in answer.evidence] == ["Alder"]
    assert "By words only" in answer.notes[0]


def with_embedder(bench: Workbench, embedder: ApiEmbedder) -> SearchService:
    return searching(bench, model=embedder)  # type: ignore[arg-type]
