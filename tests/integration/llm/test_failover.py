"""When a provider fails, the next one answers; when all do, nothing is lost."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.llm.model import LlmUnavailable, RefusedError
from gtm_pipelines.record import interactions
from tests.integration.llm.conftest import Open, Verdict, asks
from tests.llm_parts import ModelServer, took

pytestmark = pytest.mark.slow


def test_a_provider_that_hangs_holds_up_an_answer_for_less_than_two_seconds(a: ModelServer, b: ModelServer, bench: Open) -> None:
    llm = bench(a, b).llm
    llm.ask(Verdict, "Say.", asks(role="warm-up"))
    a.does("hang")
    with took() as seconds:
        assert llm.ask(Verdict, "Say.", asks()).answer == "yes"
    assert seconds[0] < 2


def test_after_five_hangs_nobody_waits_for_it_any_more(a: ModelServer, b: ModelServer, bench: Open) -> None:
    a.does("hang")
    llm = bench(a, b, first_byte_seconds=0.1).llm
    for _ in range(5):
        llm.ask(Verdict, "Say.", asks())
    assert llm.standing()["a"].state == "open"
    llm.ask(Verdict, "Say.", asks())
    assert (len(a.requests), len(b.requests)) == (5, 6)


def test_a_breaker_opens_probes_and_closes(a: ModelServer, b: ModelServer, bench: Open, clock: VirtualClock) -> None:
    a.does("500")
    llm = bench(a, b).llm
    for _ in range(6):
        llm.ask(Verdict, "Say.", asks())
    assert (llm.standing()["a"].state, len(a.requests)) == ("open", 5)
    clock.advance(seconds=61)
    llm.ask(Verdict, "Say.", asks())
    assert (llm.standing()["a"].state, len(a.requests)) == ("open", 6)
    clock.advance(seconds=61)
    a.does("ok")
    llm.ask(Verdict, "Say.", asks())
    assert (llm.standing()["a"].state, len(a.requests), len(b.requests)) == ("closed", 7, 7)


@pytest.mark.parametrize("act", ["401", "402"])
def test_a_wrong_key_or_an_empty_account_is_asked_once(a: ModelServer, b: ModelServer, bench: Open, act: str) -> None:
    a.does(act)
    llm = bench(a, b).llm
    for _ in range(3):
        llm.ask(Verdict, "Say.", asks())
    assert (len(a.requests), len(b.requests)) == (1, 3)


def test_too_many_requests_leave_a_provider_alone_as_long_as_it_asks(
    a: ModelServer, b: ModelServer, bench: Open, clock: VirtualClock
) -> None:
    a.does("429:7", "ok")
    llm = bench(a, b).llm
    llm.ask(Verdict, "Say.", asks())
    clock.advance(seconds=6)
    llm.ask(Verdict, "Say.", asks())
    assert (len(a.requests), len(b.requests)) == (1, 2)
    clock.advance(seconds=2)
    llm.ask(Verdict, "Say.", asks())
    assert (len(a.requests), len(b.requests)) == (2, 2)


@pytest.mark.parametrize("act", ["malformed", "cut", "empty", "500", "400", "trickle"])
def test_whatever_a_provider_does_the_next_one_answers(a: ModelServer, b: ModelServer, bench: Open, act: str) -> None:
    a.does(act)
    llm = bench(a, b, model={"timeout_seconds": 0.5}).llm
    assert llm.ask(Verdict, "Say.", asks()).answer == "yes"
    assert (len(a.requests), len(b.requests)) == (1, 1)


def test_with_nobody_left_a_passing_failure_is_tried_again_and_a_timeout_is_not(
    a: ModelServer, b: ModelServer, bench: Open
) -> None:
    a.does("500", "500", "ok")
    b.does("hang")
    llm = bench(a, b, retries=2, model={"timeout_seconds": 0.3}).llm
    assert llm.ask(Verdict, "Say.", asks()).answer == "yes"
    assert (len(a.requests), len(b.requests)) == (3, 1)


def test_all_down_says_when_to_try_again_and_then_it_works(
    a: ModelServer, b: ModelServer, bench: Open, clock: VirtualClock
) -> None:
    a.does("500")
    b.does("429:30")
    made = bench(a, b)
    downs: list[timedelta] = []
    queue, done = [f"page {n}" for n in range(6)], []
    while queue:
        try:
            made.llm.ask(Verdict, "Say.", asks(), page=queue[0])
        except LlmUnavailable as error:
            downs.append(error.retry_at - clock.now())
            clock.advance(seconds=downs[-1].total_seconds())
            if len(downs) == 3:
                a.does("ok")
        else:
            done.append(queue.pop(0))
    assert done == [f"page {n}" for n in range(6)]
    assert len(downs) >= 3
    assert min(downs) > timedelta(0)


def test_open_breakers_are_not_waited_for_and_name_the_moment(a: ModelServer, bench: Open, clock: VirtualClock) -> None:
    a.does("401")
    llm = bench(a).llm
    for _ in range(2):
        with pytest.raises(LlmUnavailable) as down:
            llm.ask(Verdict, "Say.", asks())
    assert down.value.retry_at == clock.now() + timedelta(seconds=60)
    assert "a" in str(down.value)
    assert len(a.requests) == 1


def test_a_request_that_everybody_refuses_is_no_outage(a: ModelServer, b: ModelServer, bench: Open) -> None:
    a.does("400")
    b.does("400")
    llm = bench(a, b).llm
    with pytest.raises(RefusedError):
        llm.ask(Verdict, "Say.", asks())
    assert {standing.state for standing in llm.standing().values()} == {"closed"}


def test_every_role_has_its_own_order(a: ModelServer, b: ModelServer, bench: Open) -> None:
    llm = bench(a, b, roles={"drafting": ("b",), "default": ("a", "b")}).llm
    llm.ask(Verdict, "Say.", asks(role="drafting"))
    llm.ask(Verdict, "Say.", asks(role="anything"))
    assert (len(a.requests), len(b.requests)) == (1, 1)


def test_many_at_once_over_many_event_loops(a: ModelServer, bench: Open) -> None:
    made = bench(a)

    async def many() -> list[Verdict]:
        found = await asyncio.gather(*(made.llm.aask(Verdict, "Say.", asks(), page=str(n)) for n in range(40)))
        await made.llm.aclose()
        return found

    for _ in range(3):
        assert [verdict.answer for verdict in asyncio.run(many())] == ["yes"] * 40
    assert made.llm.ask(Verdict, "Say.", asks()).answer == "yes"


def test_a_caller_who_leaves_leaves_a_row_and_no_half_open_breaker(a: ModelServer, bench: Open, clock: VirtualClock) -> None:
    a.does("500")
    made = bench(a, breaker_failures=1)
    context = asks()
    with pytest.raises(LlmUnavailable):
        made.llm.ask(Verdict, "Say.", context)
    clock.advance(seconds=61)
    a.does("hang")

    async def leave() -> None:
        await asyncio.wait_for(made.llm.aask(Verdict, "Say.", context), 0.2)

    with pytest.raises(TimeoutError):
        asyncio.run(leave())
    rows = interactions.of_trace(made.record, context.trace_id)
    assert [row.error_code for row in rows] == ["server", "cancelled"]
    a.does("ok")
    assert made.llm.ask(Verdict, "Say.", context).answer == "yes"
