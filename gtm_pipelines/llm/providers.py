"""A configured model with its breaker and, for each event loop, its engine."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from gtm_pipelines.llm.breaker import Breaker
from gtm_pipelines.llm.model import Engine
from gtm_pipelines.settings_model import LlmSettings, ModelSettings


@dataclass(eq=False)
class Provider:
    """One model that may be asked. Its engine is made at the first call on each event loop."""

    settings: ModelSettings
    breaker: Breaker
    build: Callable[[], Engine]
    _engines: WeakKeyDictionary[asyncio.AbstractEventLoop, Engine] = field(default_factory=WeakKeyDictionary)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def name(self) -> str:
        """Its name in the settings."""
        return self.settings.name

    def engine(self) -> Engine:
        """Return the engine of the running loop.

        Raises:
            SettingsError: its key or its address is missing.
        """
        loop = asyncio.get_running_loop()
        with self._lock:
            found = self._engines.get(loop)
            if found is None:
                found = self._engines[loop] = self.build()
            return found

    def first_byte_seconds(self, llm: LlmSettings, *, last: bool) -> float:
        """Return how long to wait for a sign of life; with nobody to turn to, as long as for the answer."""
        own = self.settings.first_byte_seconds
        bound = self.settings.timeout_seconds
        if own is not None:
            return min(own, bound)
        return bound if last else min(llm.first_byte_seconds, bound)

    async def aclose(self) -> None:
        """Close the engine of the running loop."""
        with self._lock:
            engine = self._engines.pop(asyncio.get_running_loop(), None)
        if engine is not None:
            await engine.aclose()
