"""Finds out whether a model answers, by a question whose answer is known to everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from gtm_pipelines.llm import typed
from gtm_pipelines.llm.calls import Caller, UnfitAnswer
from gtm_pipelines.llm.model import CallContext, LlmUnavailable, Probe, RefusedError
from gtm_pipelines.record import interactions

if TYPE_CHECKING:
    from gtm_pipelines.llm.providers import Provider


class Pong(BaseModel):
    """A sign of life."""

    word: str = Field(description="The word ping, repeated.")


async def probe(caller: Caller, provider: Provider) -> Probe:
    """Ask one model, past the cache.

    Raises:
        BudgetExceededError: a cap does not leave enough.
        SettingsError: it is not configured so that it can be asked.
    """
    context = CallContext("probe", cached=False, max_tokens=min(200, provider.settings.max_tokens))
    question = typed.question(Pong, "Repeat the word.", {"word": "ping"}, max_tokens=context.max_tokens, temperature=None)
    try:
        answered = await caller.call([provider], question.request, context, question.accept)
    except (LlmUnavailable, RefusedError) as error:
        return Probe(provider.name, False, str(error))
    except UnfitAnswer as error:
        row = interactions.of_trace(caller.ledger.record, context.trace_id)[-1]
        told = f"It answers, and not in the form that was asked for: {error.unfit.reason}. Try another schema_mode."
        return Probe(provider.name, False, told, row.latency_ms, row.cost_usd)
    told = f"Answered as {answered.attempt.response_model}."
    return Probe(provider.name, True, told, answered.attempt.latency_ms, answered.attempt.cost_usd)
