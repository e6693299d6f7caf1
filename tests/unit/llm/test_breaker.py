"""A breaker opens, tries once, and closes."""

from __future__ import annotations

import threading

import pytest

from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.llm.breaker import Breaker


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def breaker(clock: VirtualClock, told: list[str]) -> Breaker:
    return Breaker("a", clock, told=lambda _name, what: told.append(what))


def fail(breaker: Breaker, times: int) -> None:
    for _ in range(times):
        assert breaker.enter()
        breaker.failed()


def test_five_failures_in_a_row_open_it_for_sixty_seconds(breaker: Breaker, clock: VirtualClock, told: list[str]) -> None:
    fail(breaker, 4)
    assert breaker.standing().state == "closed"
    fail(breaker, 1)
    assert told == ["opened"]
    assert breaker.standing().state == "open"
    clock.advance(seconds=59)
    assert not breaker.enter()
    assert breaker.wait_seconds() == pytest.approx(1)


def test_an_answer_between_failures_starts_the_count_anew(breaker: Breaker) -> None:
    fail(breaker, 4)
    breaker.succeeded()
    fail(breaker, 4)
    assert breaker.standing().state == "closed"


def test_after_the_wait_one_call_probes_and_the_others_stay_away(breaker: Breaker, clock: VirtualClock, told: list[str]) -> None:
    fail(breaker, 5)
    clock.advance(seconds=60)
    entered: list[bool] = []
    threads = [threading.Thread(target=lambda: entered.append(breaker.enter())) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(entered) == 1
    assert breaker.standing().state == "half_open"
    breaker.succeeded()
    assert told == ["opened", "probing", "closed"]
    assert breaker.enter()


def test_a_probe_that_fails_opens_it_again(breaker: Breaker, clock: VirtualClock, told: list[str]) -> None:
    fail(breaker, 5)
    clock.advance(seconds=60)
    assert breaker.enter()
    breaker.failed()
    assert not breaker.enter()
    assert breaker.wait_seconds() == pytest.approx(60)
    assert told == ["opened", "probing", "opened"]


def test_a_probe_that_says_nothing_is_given_back(breaker: Breaker, clock: VirtualClock) -> None:
    fail(breaker, 5)
    clock.advance(seconds=60)
    assert breaker.enter()
    breaker.left()
    assert breaker.enter()


def test_a_wrong_key_opens_it_at_once(breaker: Breaker) -> None:
    assert breaker.enter()
    breaker.failed(fatal=True)
    assert not breaker.enter()


def test_a_provider_that_asks_for_rest_is_left_alone_that_long_and_counts_no_failure(
    breaker: Breaker, clock: VirtualClock
) -> None:
    assert breaker.enter()
    breaker.rest(7)
    assert breaker.standing().state == "resting"
    assert breaker.standing().failures == 0
    clock.advance(seconds=6.9)
    assert not breaker.enter()
    clock.advance(seconds=0.2)
    assert breaker.enter()
