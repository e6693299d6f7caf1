"""How many questions of one piece of work are with providers at once.

Work that asks in turns, such as a program of three calls, leaves its place empty between them: while a row is written and the
next question is put together. More pieces of work than places fill it: the place is held for the length of a question only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_places: ContextVar[asyncio.Semaphore | None] = ContextVar("places", default=None)


@contextmanager
def at_once(most: int) -> Iterator[None]:
    """Let at most so many questions of the tasks begun in the block be with providers at a time."""
    token = _places.set(asyncio.Semaphore(most))
    try:
        yield
    finally:
        _places.reset(token)


class Place:
    """The place of one question; given back once, whoever does it first."""

    def __init__(self) -> None:
        self._of = _places.get()
        self._held = False

    async def take(self) -> None:
        """Wait for a place; outside of ``at_once`` there is always one."""
        if self._of is not None:
            await self._of.acquire()
            self._held = True

    def give(self) -> None:
        """Let the next question have it."""
        if self._held and self._of is not None:
            self._held = False
            self._of.release()
