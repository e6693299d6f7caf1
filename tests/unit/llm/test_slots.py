"""Questions of one piece of work share a number of places, held no longer than a question is with a provider."""

from __future__ import annotations

import asyncio

from gtm_pipelines.llm.slots import Place, at_once


async def asked(seen: list[int], under_way: list[int], *, after: float = 0.0) -> None:
    place = Place()
    await place.take()
    under_way.append(1)
    seen.append(len(under_way))
    await asyncio.sleep(0.001)
    under_way.pop()
    place.give()
    place.give()
    await asyncio.sleep(after)


def test_no_more_questions_are_under_way_than_there_are_places() -> None:
    seen: list[int] = []

    async def run() -> None:
        under_way: list[int] = []
        with at_once(3):
            await asyncio.gather(*(asked(seen, under_way) for _ in range(20)))

    asyncio.run(run())
    assert max(seen) == 3
    assert len(seen) == 20


def test_a_place_is_free_while_what_was_said_is_kept() -> None:
    async def run() -> float:
        under_way: list[int] = []
        began = asyncio.get_running_loop().time()
        with at_once(1):
            await asyncio.gather(*(asked([], under_way, after=0.2) for _ in range(5)))
        return asyncio.get_running_loop().time() - began

    assert asyncio.run(run()) < 5 * 0.2


def test_a_place_given_back_twice_makes_no_second_one() -> None:
    async def run() -> bool:
        with at_once(1):
            first, second, third = Place(), Place(), Place()
            await first.take()
            first.give()
            first.give()
            await second.take()
            waiting = asyncio.create_task(third.take())
            await asyncio.sleep(0)
            return waiting.done() or not waiting.cancel()

    assert asyncio.run(run()) is False


def test_outside_of_such_work_nobody_waits() -> None:
    async def run() -> None:
        for _ in range(1_000):
            await Place().take()

    asyncio.run(run())
