"""An engine that answers from a script: for tests, demonstrations and replays. It keeps the contract of the real ones."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dspy.lm15 import Request, Response


@dataclass(frozen=True)
class Line:
    """What the engine does when asked once.

    Attributes:
        text: the answer.
        error: raised in its place.
        first_byte_seconds: silence before the first sign of life.
        seconds: from then to the whole answer.
        input_tokens: what it claims to have read; ``None`` counts a token every four characters.
        output_tokens: what it claims to have written, likewise.
        finish_reason: why it stopped, in DSPy's words.
        model: under which name it answers.
    """

    text: str = ""
    error: Exception | None = None
    first_byte_seconds: float = 0
    seconds: float = 0
    input_tokens: int | None = None
    output_tokens: int | None = None
    finish_reason: str = "stop"
    model: str | None = None


Answer = Callable[["Request"], "Line | str"]


class ScriptedEngine:
    """Says the lines of a script in order, the last one again and again; or what a function makes of each request.

    Args:
        script: texts or lines; or a function from the request to one of them.

    Attributes:
        requests: every request it was asked, oldest first.
    """

    def __init__(self, script: Iterable[Line | str] | Answer) -> None:
        self.requests: list[Request] = []
        self._answer = script if callable(script) else None
        self._lines = deque(() if callable(script) else script)
        self._lock = threading.Lock()

    async def complete(self, request: Request, *, first_byte_seconds: float, timeout_seconds: float) -> Response:
        """Say the next line; see ``Engine.complete``."""
        line = self._next(request)
        async with asyncio.timeout(timeout_seconds):
            async with asyncio.timeout(first_byte_seconds):
                await asyncio.sleep(line.first_byte_seconds)
                if line.error is not None:
                    raise line.error
            await asyncio.sleep(line.seconds)
        return _response(line, request)

    async def aclose(self) -> None:
        """Nothing to close: the script goes on."""

    def _next(self, request: Request) -> Line:
        with self._lock:
            self.requests.append(request)
            if self._answer is None:
                said = self._lines.popleft() if len(self._lines) > 1 else self._lines[0]
        if self._answer is not None:
            said = self._answer(request)
        return Line(said) if isinstance(said, str) else said


def _response(line: Line, request: Request) -> Response:
    from dspy.lm15 import Message, Response, Usage

    asked = str(request.system or "") + "".join(message.text or "" for message in request.messages)
    usage = Usage(
        input_tokens=_tokens(asked) if line.input_tokens is None else line.input_tokens,
        output_tokens=_tokens(line.text) if line.output_tokens is None else line.output_tokens,
    )
    message = Message.assistant(line.text)
    return Response(None, line.model or request.model, message, line.finish_reason, usage)


def _tokens(text: str) -> int:
    return max(1, len(text) // 4)
