"""DSPy programs over the failover: a language model whose engine is the service, so that every call is on record."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from gtm_pipelines.errors import GtmError
from gtm_pipelines.llm.model import CallContext, OpenSchemaError

if TYPE_CHECKING:
    import dspy
    from dspy.lm15 import Request, Response, StreamDeltaEvent

    from gtm_pipelines.llm.service import LlmService


class Route:
    """What the sync and the async engine share.

    DSPy reads ``supports_response_schema`` and so sends schemas; a provider that
    takes none is spared it on the way.
    """

    supports_response_schema = True
    supports_reasoning = False
    supported_params = ("temperature", "max_tokens", "top_p", "stop", "response_format", "seed")

    def __init__(self, service: LlmService, context: CallContext, *, tools: bool) -> None:
        self.service, self.context, self.supports_function_calling = service, context, tools

    def _checked(self, request: Request) -> Request:
        if request.tools and not self.supports_function_calling:
            raise OpenSchemaError("This language model takes no tools. Ask for it with tools=True where no foreign text is read.")
        return request


class RouteEngine(Route):
    """The service, as DSPy calls an engine from threads."""

    def complete(self, request: Request) -> Response:
        """Answer a request and wait for it."""
        return self.service.run_complete(self._checked(request), self.context)

    def stream(self, request: Request) -> Iterator[StreamDeltaEvent]:
        """Answer a request as a stream that comes in one go: a half answer of one model cannot be continued by another."""
        from dspy.lm15 import response_to_events

        yield from response_to_events(self.complete(request))

    def close(self) -> None:
        """Nothing to close: the service is shared."""


class AsyncRouteEngine(Route):
    """The service, as DSPy calls an engine on an event loop."""

    async def complete(self, request: Request) -> Response:
        """Answer a request."""
        return await self.service.complete(self._checked(request), self.context)

    async def stream(self, request: Request) -> AsyncIterator[StreamDeltaEvent]:
        """Answer a request as a stream that comes in one go."""
        from dspy.lm15 import response_to_events

        for event in response_to_events(await self.complete(request)):
            yield event

    async def aclose(self) -> None:
        """Nothing to close: the service is shared."""


def language_model(service: LlmService, context: CallContext, *, tools: bool, **options: Any) -> dspy.LM:
    """Return a DSPy language model over the service. DSPy's own retries and cache are off: both are the service's."""
    import dspy

    engine = RouteEngine(service, context, tools=tools)
    twin = AsyncRouteEngine(service, context, tools=tools)
    name = f"gtm/{context.role}"
    return dspy.LM(name, engine=engine, async_engine=twin, num_retries=0, cache=False, **options)


@contextmanager
def running(service: LlmService, context: CallContext, *, tools: bool, **options: Any) -> Iterator[dspy.LM]:
    """Run DSPy programs over the service, whose errors arrive as they are and not as a fault of an engine."""
    import dspy

    lm = language_model(service, context, tools=tools, **options)
    try:
        with dspy.context(lm=lm, adapter=dspy.JSONAdapter()):
            yield lm
    except dspy.LMError as error:
        if isinstance(error.__cause__, GtmError):
            raise error.__cause__ from None
        raise
