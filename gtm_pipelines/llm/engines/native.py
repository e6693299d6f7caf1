"""OpenAI, Anthropic, OpenRouter, Ollama and every server that speaks as OpenAI does, through the adapters within DSPy.

An engine belongs to the event loop that made it: its connections cannot be shared with another.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from gtm_pipelines.llm.addresses import address
from gtm_pipelines.settings_model import ModelSettings

if TYPE_CHECKING:
    from dspy.lm15 import Request, Response

CONNECT_SECONDS = 5.0
CONNECTIONS = 100
KEYLESS = "none"
"""What a server without keys is sent in the place of one."""
DOORS = {"openai": "openai-chat", "anthropic": "anthropic", "openrouter": "openrouter", "ollama": "ollama", "compatible": "vllm"}
"""Our providers → the door of DSPy's router that speaks as they do."""


class NativeEngine:
    """One model of one provider, asked over HTTP.

    Args:
        settings: which model, and where it answers.
        key: the provider's key; ``None`` for servers that want none.

    Raises:
        SettingsError: the address is missing.
    """

    def __init__(self, settings: ModelSettings, key: str | None) -> None:
        self._settings = settings
        self._router = _router(settings, key)
        self._adapter = self._router.lm(f"{DOORS[settings.provider]}:{settings.model}")

    async def complete(self, request: Request, *, first_byte_seconds: float, timeout_seconds: float) -> Response:
        """Answer ``request``; see ``Engine.complete``."""
        from dspy.lm15 import LM15Error, ProviderError

        try:
            async with asyncio.timeout(timeout_seconds):
                if not self._settings.stream:
                    return await self._adapter.complete(request)
                return await self._streamed(request, first_byte_seconds)
        except (LM15Error, TimeoutError):
            raise
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            # What the adapter cannot read, it answers with the error of whatever line it stood on.
            raise ProviderError(f"the answer cannot be read: {error}", code="malformed") from error

    async def _streamed(self, request: Request, first_byte_seconds: float) -> Response:
        from dspy.lm15 import amaterialize_response

        async with aclosing(self._adapter.stream(request)) as events:
            try:
                async with asyncio.timeout(first_byte_seconds):
                    first = await anext(events)
            except StopAsyncIteration:
                raise ValueError("an empty stream") from None
            return await amaterialize_response(_after(first, events), request)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._router.aclose()


async def _after(first: Any, events: AsyncIterator[Any]) -> AsyncIterator[Any]:
    yield first
    async for event in events:
        yield event


def _router(settings: ModelSettings, key: str | None) -> Any:
    """Return a router with one door: no other key is looked for, and none of another provider is ever sent."""
    from dspy.lm15 import AsyncLMRouter, RouterConfig, Timeouts

    door, bound = DOORS[settings.provider], settings.timeout_seconds
    config = RouterConfig(
        env={},
        api_keys={door: key or KEYLESS},
        base_urls={door: address(settings)},
        timeouts=Timeouts(connect=min(CONNECT_SECONDS, bound), read=bound, write=bound, pool=bound),
        max_connections=CONNECTIONS,
    )
    return AsyncLMRouter(config)
