"""How programs put their questions: as every typed question is put, with the same repairs.

DSPy's own adapters ask once and give up at the first answer that does not fit. This one hands the question to the
service, which mends, asks again and asks the next model. A language model that is not the service's is asked as ever.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import dspy

from gtm_pipelines.llm import typed
from gtm_pipelines.llm.model import CallContext
from gtm_pipelines.llm.programs import Route
from gtm_pipelines.llm.slots import at_once as at_once

if TYPE_CHECKING:
    from dspy import Signature

    from gtm_pipelines.llm.typed import Question

_called: ContextVar[CallContext | None] = ContextVar("called", default=None)


@contextmanager
def called(context: CallContext) -> Iterator[CallContext]:
    """Put the calls of the block on record under ``context``, whatever the language model was made with."""
    token = _called.set(context)
    try:
        yield context
    finally:
        _called.reset(token)


@contextmanager
def stage(name: str, *, role: str | None = None, max_tokens: int | None = None) -> Iterator[None]:
    """Say of the calls of the block that they are one stage of the work; without ``called`` around it, it says nothing."""
    whole = _called.get()
    if whole is None:
        yield
        return
    part = replace(whole, purpose=f"{whole.purpose}.{name}", role=role or whole.role, max_tokens=max_tokens or whole.max_tokens)
    with called(part):
        yield


class FormAdapter(dspy.JSONAdapter):  # type: ignore[misc]
    """Asks for a closed form; no model is given a tool. Examples of a compiled program go before the question."""

    def __call__(
        self, lm: Any, lm_kwargs: dict[str, Any], signature: type[Signature],
        demos: list[dict[str, Any]], inputs: dict[str, Any],
    ) -> list[dict[str, Any]]:  # fmt: skip
        """Ask and wait; errors as for ``LlmService.aask``."""
        route = _route(lm)
        if route is None:
            return super().__call__(lm, lm_kwargs, signature, demos, inputs)  # type: ignore[no-any-return]
        found = []
        for context in _contexts(route, lm, lm_kwargs):
            found.append(route.service.run_answer(_question(signature, demos, inputs, context), context).value)
        return [_fields(value) for value in found]

    async def acall(
        self, lm: Any, lm_kwargs: dict[str, Any], signature: type[Signature],
        demos: list[dict[str, Any]], inputs: dict[str, Any],
    ) -> list[dict[str, Any]]:  # fmt: skip
        """Ask; errors as for ``LlmService.aask``."""
        route = _route(lm)
        if route is None:
            return await super().acall(lm, lm_kwargs, signature, demos, inputs)  # type: ignore[no-any-return]
        found = []
        for context in _contexts(route, lm, lm_kwargs):
            found.append((await route.service.answer(_question(signature, demos, inputs, context), context)).value)
        return [_fields(value) for value in found]


def _route(lm: Any) -> Route | None:
    engine = getattr(lm, "engine", None)
    return engine if isinstance(engine, Route) and not engine.supports_function_calling else None


def _contexts(route: Route, lm: Any, options: Mapping[str, Any]) -> Iterator[CallContext]:
    """Yield one context for each answer that is wanted."""
    known = {**getattr(lm, "kwargs", {}), **options}
    context = _called.get() or route.context
    context = replace(
        context,
        temperature=context.temperature if known.get("temperature") is None else known["temperature"],
        max_tokens=context.max_tokens or known.get("max_tokens"),
        rollout=context.rollout + int(known.get("rollout_id") or 0),
    )
    for number in range(int(known.get("n") or 1)):
        yield replace(context, rollout=context.rollout + number)


def _question(
    signature: type[Signature], demos: Sequence[Mapping[str, Any]], inputs: Mapping[str, Any], context: CallContext
) -> Question[Any]:
    names, wanted = list(signature.input_fields), list(signature.output_fields)
    given = {name: inputs[name] for name in names if inputs.get(name) not in (None, "", [], ())}
    shown = []
    for demo in demos:
        if all(name in demo for name in wanted):
            told = {name: demo[name] for name in names if demo.get(name) not in (None, "", [], ())}
            shown.append((told, {name: demo[name] for name in wanted}))
    return typed.question(
        typed.outputs(signature), signature.instructions, given, shown=shown,
        max_tokens=context.max_tokens, temperature=context.temperature,
    )  # fmt: skip


def _fields(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in type(value).model_fields}
