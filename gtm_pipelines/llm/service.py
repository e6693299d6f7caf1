"""What the rest of the workbench asks language models through: sync and async, typed, paid for and on record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, overload

from pydantic import BaseModel

from gtm_pipelines.clock import Clock
from gtm_pipelines.errors import SettingsError
from gtm_pipelines.llm import typed
from gtm_pipelines.llm.addresses import ADDRESSES, address
from gtm_pipelines.llm.breaker import Breaker
from gtm_pipelines.llm.budget import Budget
from gtm_pipelines.llm.calls import Answered, Caller, UnfitAnswer
from gtm_pipelines.llm.ledger import Ledger
from gtm_pipelines.llm.loop import LoopThread
from gtm_pipelines.llm.model import DEFAULT_ROLE, CallContext, Engine, InvalidAnswerError, Probe, Standing
from gtm_pipelines.llm.providers import Provider
from gtm_pipelines.llm.scrub import Scrubber
from gtm_pipelines.llm.typed import Question
from gtm_pipelines.log import get_logger
from gtm_pipelines.record import interactions
from gtm_pipelines.record.engine import Record
from gtm_pipelines.settings_model import LlmSettings, ModelSettings

if TYPE_CHECKING:
    from datetime import datetime

    import dspy
    import sqlalchemy as sa
    from dspy.lm15 import Request, Response

    from gtm_pipelines.llm.metered import Meter, MeteredLlm

Shape = TypeVar("Shape", bound=BaseModel)
T = TypeVar("T")
MakeEngine = Callable[[ModelSettings, Scrubber], Engine]


class LlmService:
    """Asks language models.

    Args:
        record: where every call becomes a row.
        clock: tells the time of rows, breakers and caps.
        models: the models that may be asked.
        settings: order, caps and cache.
        make: makes a model's engine, on the event loop that will use it.

    Raises:
        SettingsError: two models share a name, or a role names an unknown one.
    """

    def __init__(
        self, record: Record, clock: Clock, models: Sequence[ModelSettings], settings: LlmSettings, make: MakeEngine
    ) -> None:
        self._log = get_logger("llm")
        self._record, self._settings, self._loop = record, settings, LoopThread()
        self.scrub = Scrubber()
        self.providers = {model.name: self._provider(model, clock, make) for model in models}
        check_names(models, settings)
        ledger = Ledger(record, clock, self.scrub, settings.cache_days)
        self.caller = Caller(self.providers, Budget(record, settings), ledger, settings, clock)

    def order(self, role: str = DEFAULT_ROLE) -> list[Provider]:
        """Return the models of a role in the order they are asked; all of them where no order is set.

        Raises:
            SettingsError: no model is configured.
        """
        if not self.providers:
            raise SettingsError("No language model is configured. Add a [[models]] table to gtm.toml; see docs/settings.md.")
        roles = self._settings.roles
        names = roles.get(role) or roles.get(DEFAULT_ROLE) or tuple(self.providers)
        return [self.providers[name] for name in names]

    def standing(self) -> dict[str, Standing]:
        """Return how each model stands in this process."""
        return {name: provider.breaker.standing() for name, provider in self.providers.items()}

    @overload
    def ask(self, shape: type[Shape], task: str, context: CallContext, **material: Any) -> Shape: ...

    @overload
    def ask(self, shape: type[dspy.Signature], task: str | None, context: CallContext, **material: Any) -> BaseModel: ...

    def ask(self, shape: Any, task: str | None, context: CallContext, **material: Any) -> Any:
        """Ask for a value of a fixed form and wait for it; see ``aask``."""
        return self._loop.run(self.aask(shape, task, context, **material))

    @overload
    async def aask(self, shape: type[Shape], task: str, context: CallContext, **material: Any) -> Shape: ...

    @overload
    async def aask(self, shape: type[dspy.Signature], task: str | None, context: CallContext, **material: Any) -> BaseModel: ...

    async def aask(self, shape: Any, task: str | None, context: CallContext, **material: Any) -> Any:
        """Ask for a value of a fixed form, with repairs; no model is given a tool.

        Args:
            shape: a pydantic model, or a DSPy signature whose inputs are the material.
            task: what to do; trusted. A signature's own instructions where absent.
            context: why and for whom.
            material: what to read; not trusted.

        Raises:
            InvalidAnswerError: no model's answer fits, after every repair.
            LlmUnavailable: nobody can answer now; ``retry_at`` says when to try again.
            RefusedError: every model refused the request as it stands.
            BudgetExceededError: a cap does not leave enough; nothing was asked.
            OpenSchemaError: ``shape`` is not closed.
            SettingsError: no model is configured for the role.
        """
        answered = await self.answer(question_of(shape, task, material, context), context)
        return answered.value

    async def answer(self, question: Question[T], context: CallContext) -> Answered[T]:
        """Climb the ladder of repair for one question; see ``aask`` for what is raised."""
        order = self.order(context.role)
        try:
            return await self.caller.call(order, question.request, context, question.accept)
        except UnfitAnswer as first:
            unfit = first
        rest = [provider for provider in order if provider.name != unfit.provider]
        if unfit.unfit.code != "declined":
            again = question.corrected(unfit.text, self.scrub.text(unfit.unfit.reason))
            same = [provider for provider in order if provider.name == unfit.provider]
            try:
                return await self.caller.call([*same, *rest], again.request, context.again(), question.accept)
            except UnfitAnswer as second:
                rest, unfit = [provider for provider in rest if provider.name != second.provider], second
        if rest:
            try:
                return await self.caller.call(rest, question.request, context, question.accept)
            except UnfitAnswer as third:
                unfit = third
        raise InvalidAnswerError(
            f"No model gave a usable answer for '{context.purpose}': {self.scrub.text(unfit.unfit.reason)}. "
            f"The raw answers are kept under trace {context.trace_id}. Simplify what is asked, or name a stronger model first.",
            trace_id=context.trace_id, text=self.scrub.text(unfit.text),
        )  # fmt: skip

    def run_answer(self, question: Question[T], context: CallContext) -> Answered[T]:
        """Climb the ladder of repair for one question and wait; see ``aask`` for what is raised."""
        return self._loop.run(self.answer(question, context))

    async def complete(self, request: Request, context: CallContext) -> Response:
        """Answer a request of DSPy's own kind, as its programs send them; see ``aask`` for what is raised."""
        answered = await self.caller.call(self.order(context.role), request, context, lambda response: response)
        return answered.response

    def run_complete(self, request: Request, context: CallContext) -> Response:
        """Answer a request of DSPy's own kind and wait for it."""
        return self._loop.run(self.complete(request, context))

    def lm(self, context: CallContext, *, tools: bool = False, **options: Any) -> dspy.LM:
        """Return a DSPy language model for programs, whose every call is on record under ``context``.

        Args:
            context: why and for whom.
            tools: whether requests may bring tools along; a model that reads what others wrote must have none.
            options: DSPy's own, such as ``temperature``.
        """
        from gtm_pipelines.llm.programs import language_model

        return language_model(self, context, tools=tools, **options)

    @contextmanager
    def programs(self, context: CallContext, *, tools: bool = False, **options: Any) -> Iterator[dspy.LM]:
        """Run DSPy programs in the block, sync or async; arguments as for ``lm``, errors as for ``aask``."""
        from gtm_pipelines.llm.programs import running

        with running(self, context, tools=tools, **options) as lm:
            yield lm

    def metered(self, meter: Meter) -> MeteredLlm:
        """Return the service as one piece of work sees it: its calls counted together and held to its budget."""
        from gtm_pipelines.llm.metered import MeteredLlm

        return MeteredLlm(self, meter)

    def probe(self, name: str) -> Probe:
        """Find out whether one model answers, by a question of a few tokens.

        Raises:
            SettingsError: there is no such model, or it lacks its key.
            BudgetExceededError: a cap does not leave enough.
        """
        from gtm_pipelines.llm.probe import probe

        if name not in self.providers:
            raise SettingsError(f"No model is called '{name}'. Known: {', '.join(self.providers) or 'none'}.")
        return self._loop.run(probe(self.caller, self.providers[name]))

    def address(self, name: str) -> str | None:
        """Return where a model answers; ``None`` where only its engine knows."""
        settings = self.providers[name].settings
        return address(settings) if settings.base_url or settings.provider in ADDRESSES else None

    def spend(self, since: datetime, until: datetime, by: str) -> Sequence[sa.Row[Any]]:
        """Return what was asked and paid between two moments, grouped; see ``interactions.summary``."""
        return interactions.summary(self._record, since, until, by)

    async def aclose(self) -> None:
        """Close the connections of the running event loop."""
        for provider in self.providers.values():
            await provider.aclose()

    def close(self) -> None:
        """Close the connections of callers without an event loop, and their thread."""
        if self._loop.running:
            self._loop.run(self.aclose())
            self._loop.close()

    def _provider(self, model: ModelSettings, clock: Clock, make: MakeEngine) -> Provider:
        llm = self._settings
        told = lambda name, what: self._log.warning("breaker", provider=name, what=what)  # noqa: E731
        breaker = Breaker(model.name, clock, llm.breaker_failures, llm.breaker_seconds, told)
        return Provider(model, breaker, partial(make, model, self.scrub))


def question_of(shape: Any, task: str | None, material: Mapping[str, Any], context: CallContext) -> Question[Any]:
    """Make a question of a pydantic model or a DSPy signature."""
    bounds: dict[str, Any] = {"max_tokens": context.max_tokens, "temperature": context.temperature}
    if issubclass(shape, BaseModel) and hasattr(shape, "input_fields"):
        signature = shape.with_instructions(task) if task else shape
        return typed.of_signature(signature, material, **bounds)
    return typed.question(shape, task or (shape.__doc__ or ""), material, **bounds)


def check_names(models: Sequence[ModelSettings], settings: LlmSettings) -> None:
    """Check that names are unique and roles name known models.

    Raises:
        SettingsError: they do not.
    """
    names = [model.name for model in models]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SettingsError(f"Two [[models]] are called '{twice[0]}'. Give each a name of its own.")
    for role, order in settings.roles.items():
        unknown = [name for name in order if name not in names]
        if unknown or not order:
            raise SettingsError(
                f"Role '{role}' in [llm] names {unknown[0] if unknown else 'nobody'}. Known models: {', '.join(names) or 'none'}."
            )
