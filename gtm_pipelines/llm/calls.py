"""One call over an order of providers: the cache, the caps, the breakers, the deadlines, and a row for every attempt.

A provider is left for the next one at its first failure. Only when nobody is left, those that failed in
passing are asked again, after a pause of 0.1 s, 0.2 s and so on; one that let us wait is not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Generic, TypeVar

from gtm_pipelines.clock import Clock
from gtm_pipelines.errors import SettingsError
from gtm_pipelines.ids import new_id
from gtm_pipelines.llm import prices
from gtm_pipelines.llm.answers import written
from gtm_pipelines.llm.budget import Budget
from gtm_pipelines.llm.faults import Fault, expected, read
from gtm_pipelines.llm.ledger import Ledger, cache_key
from gtm_pipelines.llm.model import Attempt, BudgetExceededError, CallContext, LlmUnavailable, RefusedError, UnfitError
from gtm_pipelines.llm.providers import Provider
from gtm_pipelines.llm.schema import unbounded
from gtm_pipelines.llm.slots import Place
from gtm_pipelines.settings_model import LlmSettings

if TYPE_CHECKING:
    from dspy.lm15 import Request, Response

T = TypeVar("T")
Accept = Callable[["Response"], T]
PAUSE_SECONDS = 0.1
"""The first pause before a further round; doubles each time (the specification's figure)."""


@dataclass(frozen=True)
class Answered(Generic[T]):
    """What came of a call."""

    value: T
    response: Response
    attempt: Attempt
    interaction_id: str


class UnfitAnswer(Exception):  # noqa: N818  carries an answer that is well-formed mail and no use
    """A provider answered, and the answer cannot be used. Caught by the repair ladder."""

    def __init__(self, provider: str, text: str, unfit: UnfitError) -> None:
        super().__init__(unfit.reason)
        self.provider = provider
        self.text = text
        self.unfit = unfit


@dataclass
class _Walk:
    """How far one call has come."""

    order: Sequence[Provider]
    request: Request
    context: CallContext
    key: str | None
    call_id: str = field(default_factory=new_id)
    number: int = 0
    dead: set[str] = field(default_factory=set)
    faults: dict[str, Fault] = field(default_factory=dict)
    place: Place = field(default_factory=Place)
    refusal: BudgetExceededError | None = None
    broken: SettingsError | None = None

    def left(self) -> list[Provider]:
        return [provider for provider in self.order if provider.name not in self.dead]

    def attempt(self, provider: Provider) -> Attempt:
        self.number += 1
        settings = provider.settings
        return Attempt(self.call_id, self.number, provider.name, settings.provider, settings.model)


@dataclass
class Caller:
    """Makes calls. One for all threads and event loops of a process."""

    providers: Mapping[str, Provider]
    budget: Budget
    ledger: Ledger
    settings: LlmSettings
    clock: Clock

    async def call(
        self, order: Sequence[Provider], request: Request, context: CallContext, accept: Accept[T], *, key: str | None = None
    ) -> Answered[T]:
        """Ask providers in order until one answers.

        Args:
            order: whom to ask; first come, first asked.
            request: what to ask; its model is filled in for each provider.
            context: what the interaction rows say beside it.
            accept: reads an answer; raises ``UnfitError`` where it cannot be used.
            key: what the answer is kept under; by default what is asked, of whom.

        Raises:
            UnfitAnswer: somebody answered and ``accept`` could not use it.
            LlmUnavailable: nobody could answer just now.
            RefusedError: everybody refused the request as it stands.
            BudgetExceededError: a cap does not leave enough for any of them.
            SettingsError: none of them is configured so that it can be asked.
        """
        request = self.ledger.scrub.request(request)
        if context.cached and self.settings.cache_days > 0:
            key = key or cache_key([provider.settings for provider in order], request, context.rollout)
            found = await asyncio.to_thread(self._cached, key, request, context, accept)
            if found is not None:
                return found
        walk = _Walk(order, request, context, key if context.cached else None)
        for turn in range(1 + self.settings.retries):
            if turn:
                await asyncio.sleep(PAUSE_SECONDS * 2 ** (turn - 1))
            answered = await self._round(walk, accept)
            if answered is not None:
                return answered
            if not walk.left():
                break
        raise self._verdict(walk)

    async def _round(self, walk: _Walk, accept: Accept[T]) -> Answered[T] | None:
        left = walk.left()
        for place, provider in enumerate(left):
            last = not any(other.breaker.wait_seconds() == 0 for other in left[place + 1 :])
            answered = await self._one(walk, provider, accept, last=last)
            if answered is not None:
                return answered
        return None

    async def _one(self, walk: _Walk, provider: Provider, accept: Accept[T], *, last: bool) -> Answered[T] | None:
        """Ask one provider, if its breaker and the caps let us."""
        request, settings = _addressed(walk.request, provider), provider.settings
        now = self.clock.now()
        own = walk.context.budget_usd
        most = prices.most(settings, request, now) if self.budget.capped or own is not None else None
        try:
            self.budget.check_tokens(request.config.max_tokens or settings.max_tokens)
            await walk.place.take()
            with self.budget.reserved(walk.context.run, now, most, settings.name, own):
                if not provider.breaker.enter():
                    return None
                return await self._asked(walk, provider, request, accept, last=last)
        except BudgetExceededError as refused:
            walk.refusal = walk.refusal or refused
            walk.dead.add(provider.name)
            return None
        finally:
            walk.place.give()

    async def _asked(
        self, walk: _Walk, provider: Provider, request: Request, accept: Accept[T], *, last: bool
    ) -> Answered[T] | None:
        attempt, began = walk.attempt(provider), self.clock.monotonic()
        try:
            try:
                response = await self._answer(provider, request, last=last)
            finally:
                walk.place.give()
        except SettingsError as error:
            walk.broken = error
            fault = Fault("not_configured", str(error), fatal=True, passing=False)
        except expected() as error:
            fault = read(error)
        except BaseException as error:
            # The caller left, or the engine has a fault of its own: neither says anything of the provider.
            provider.breaker.left()
            code = "cancelled" if isinstance(error, asyncio.CancelledError) else "engine"
            self._write(walk, request, self._timed(attempt, began, error_code=code, error_text=repr(error)))
            raise
        else:
            return await self._answered(walk, provider, request, response, self._timed(attempt, began), accept)
        self._learn(walk, provider, fault)
        failed = self._timed(attempt, began, error_code=fault.code, error_text=fault.text)
        await asyncio.to_thread(self._write, walk, request, failed)
        return None

    async def _answer(self, provider: Provider, request: Request, *, last: bool) -> Response:
        first = provider.first_byte_seconds(self.settings, last=last)
        bound = provider.settings.timeout_seconds
        return await provider.engine().complete(request, first_byte_seconds=first, timeout_seconds=bound)

    async def _answered(
        self, walk: _Walk, provider: Provider, request: Request, response: Response, attempt: Attempt, accept: Accept[T]
    ) -> Answered[T]:
        provider.breaker.succeeded()
        tokens = prices.counted(provider.settings, response)
        text = written(response)
        attempt = replace(
            attempt, response_model=response.model, text=text, finish_reason=response.finish_reason, tokens=tokens,
            cost_usd=prices.cost(provider.settings, tokens, self.clock.now(), response.model),
        )  # fmt: skip
        try:
            value = accept(response)
        except UnfitError as unfit:
            unused = replace(attempt, error_code=unfit.code, error_text=unfit.reason)
            await asyncio.to_thread(self._write, walk, request, unused)
            raise UnfitAnswer(provider.name, text, unfit) from unfit
        keep = walk.key if response.finish_reason == "stop" and not response.tool_calls else None
        key = await asyncio.to_thread(self._write, walk, request, attempt, keep)
        return Answered(value, response, attempt, key)

    def _cached(self, key: str, request: Request, context: CallContext, accept: Accept[T]) -> Answered[T] | None:
        """Return the kept answer to a question, with a row that says it cost nothing."""
        began = self.clock.monotonic()
        kept = self.ledger.look_up(key)
        if kept is None:
            return None
        try:
            value = accept(kept.response)
        except UnfitError:
            return None
        known = self.providers.get(kept.provider)
        kind, model = (known.settings.provider, known.settings.model) if known else ("", kept.model)
        text, why = written(kept.response), kept.response.finish_reason
        attempt = Attempt(new_id(), 1, kept.provider, kind, model, kept.model, text, why, cost_usd=0.0, cached=True)
        attempt = self._timed(attempt, began)
        return Answered(value, kept.response, attempt, self.ledger.write(request, context, attempt))

    def _write(self, walk: _Walk, request: Request, attempt: Attempt, keep: str | None = None) -> str:
        return self.ledger.write(request, walk.context, attempt, keep=keep)

    def _timed(self, attempt: Attempt, began: float, **known: str) -> Attempt:
        return replace(attempt, latency_ms=round((self.clock.monotonic() - began) * 1000), **known)  # type: ignore[arg-type]

    def _learn(self, walk: _Walk, provider: Provider, fault: Fault) -> None:
        """Remember a failure, for this call and for the provider."""
        walk.faults[provider.name] = fault
        if not fault.again:
            walk.dead.add(provider.name)
        if fault.health:
            provider.breaker.failed(fatal=fault.fatal)
        else:
            provider.breaker.left()
        if fault.rest_seconds is not None:
            walk.dead.add(provider.name)
            provider.breaker.rest(fault.rest_seconds)

    def _verdict(self, walk: _Walk) -> Exception:
        """Say why nobody answered, the mend that helps most first."""
        told = self.ledger.scrub.text("; ".join(f"{name}: {f.code}, {f.text}" for name, f in walk.faults.items()))
        waiting = [p for p in walk.order if walk.faults.get(p.name, _RESTING).passing and not _too_dear(walk, p)]
        if not waiting and walk.refusal is not None:
            return walk.refusal
        if not waiting and walk.broken is not None and len(walk.faults) == 1:
            return walk.broken
        if not waiting:
            return RefusedError(f"Every model refused the request: {told}. Change the request, or the models it goes to.")
        seconds = min(provider.breaker.wait_seconds() for provider in waiting)
        retry_at = self.clock.now() + timedelta(seconds=max(seconds, 1.0))
        resting = ", ".join(p.name for p in waiting if p.name not in walk.faults)
        told = "; ".join(part for part in (told, f"left alone for now: {resting}" if resting else "") if part)
        return LlmUnavailable(f"No model can answer now ({told}). Try again at {retry_at:%Y-%m-%d %H:%M:%S} UTC.", retry_at)


_RESTING = Fault("resting", "left alone for now")


def _too_dear(walk: _Walk, provider: Provider) -> bool:
    return provider.name in walk.dead and provider.name not in walk.faults


def _addressed(request: Request, provider: Provider) -> Request:
    """Return the request as this provider takes it: its model, its length, its way of being held to a form."""
    settings, config = provider.settings, request.config
    asked = min(config.max_tokens or settings.max_tokens, settings.max_tokens)
    form = config.response_format
    if form is not None and settings.schema_mode == "json_schema":
        form = unbounded(form)
    elif form is not None and settings.schema_mode != "grammar":
        form = {"type": "json_object"} if settings.schema_mode == "json_object" else None
    return replace(request, model=settings.model, config=replace(config, max_tokens=asked, response_format=form))
