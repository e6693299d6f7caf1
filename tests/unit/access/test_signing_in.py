"""Signing in: guessing costs time, a sign-in ends, and a refusal tells nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from gtm_pipelines.access.model import (
    FREE_TRIES,
    IDLE,
    LONGEST,
    LONGEST_WAIT,
    RefusedSignIn,
    TooManyTries,
    wait_after,
)
from gtm_pipelines.access.passwords import Passwords
from gtm_pipelines.acting import Actor, Role
from gtm_pipelines.clock import VirtualClock
from gtm_pipelines.workbench import Workbench

WORDS = "correct horse battery"
HERE, THERE = "10.0.0.1", "10.0.0.2"


class CountedPasswords(Passwords):
    """Compares letters, and counts how often it was asked: as many times as the real one would work for a tenth of a second."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def hash(self, password: str) -> str:
        return f"hash of {password}"

    def fits(self, kept: str | None, password: str) -> bool:
        self.asked += 1
        return kept == f"hash of {password}"


@pytest.fixture
def passwords() -> CountedPasswords:
    return CountedPasswords()


@pytest.fixture
def bench(workbench: Workbench, passwords: CountedPasswords) -> Workbench:
    """A workbench with an owner, and passwords that are quickly compared."""
    workbench.__dict__["passwords"] = passwords
    workbench.accounts.add("anna", "owner", password=WORDS, by="person:local")
    return workbench


def _guess(bench: Workbench, times: int, name: str = "anna", address: str = HERE) -> list[type[Exception]]:
    found: list[type[Exception]] = []
    for number in range(times):
        with pytest.raises((RefusedSignIn, TooManyTries)) as refused:
            bench.sign_ins.sign_in(name, f"guess {number}", address)
        found.append(refused.type)
    return found


def test_whoever_knows_the_password_comes_in(bench: Workbench) -> None:
    token = bench.sign_ins.sign_in("Anna ", WORDS, HERE)
    assert bench.sign_ins.who(token) == Actor("anna", Role.OWNER)
    assert bench.sign_ins.who("made up") is None
    assert bench.sign_ins.who(None) is None


def test_a_refusal_says_the_same_of_a_wrong_name_and_a_wrong_password(bench: Workbench, passwords: CountedPasswords) -> None:
    told = []
    for name in ("anna", "nobody"):
        with pytest.raises(RefusedSignIn) as refused:
            bench.sign_ins.sign_in(name, "wrong", HERE)
        told.append(str(refused.value))
    assert told[0] == told[1]
    assert passwords.asked == 2, "an unknown name costs the same work"


def test_an_unknown_name_costs_as_much_argon2_as_a_known_one() -> None:
    passwords = Passwords()
    kept = passwords.hash(WORDS)
    assert passwords.fits(kept, WORDS)
    assert not passwords.fits(kept, "wrong")
    assert not passwords.fits(None, WORDS)
    assert passwords._nobodys.split("$")[2:4] == kept.split("$")[2:4], "the same parameters, so the same time"


def test_guessing_is_held_up_after_five_tries(bench: Workbench, passwords: CountedPasswords, clock: VirtualClock) -> None:
    assert _guess(bench, 8) == [RefusedSignIn] * 5 + [TooManyTries] * 3
    assert passwords.asked == 5
    with pytest.raises(TooManyTries):
        bench.sign_ins.sign_in("anna", WORDS, HERE)
    assert bench.sign_ins.sign_in("anna", WORDS, THERE), "a stranger's guesses do not keep anna out elsewhere"
    clock.advance(seconds=LONGEST_WAIT.total_seconds())
    assert bench.sign_ins.sign_in("anna", WORDS, HERE)


def test_the_wait_doubles_and_is_bounded() -> None:
    waits = [wait_after(number, 5) for number in (0, 4, 5, 6, 7, 50)]
    assert [one.total_seconds() for one in waits] == [0, 0, 30, 60, 120, LONGEST_WAIT.total_seconds()]


def test_one_address_cannot_try_many_names(bench: Workbench) -> None:
    tries = [_guess(bench, 1, name=f"name{number}")[0] for number in range(FREE_TRIES["address"] + 2)]
    assert tries == [RefusedSignIn] * FREE_TRIES["address"] + [TooManyTries] * 2


def test_many_addresses_cannot_try_one_name_for_ever(bench: Workbench) -> None:
    tries = [_guess(bench, 1, address=f"10.1.0.{number}")[0] for number in range(FREE_TRIES["name"] + 2)]
    assert tries[-2:] == [TooManyTries] * 2


def test_guesses_at_once_count_one_by_one(bench: Workbench, passwords: CountedPasswords) -> None:
    def guess(number: int) -> type[Exception] | None:
        try:
            bench.sign_ins.sign_in("anna", f"guess {number}", HERE)
        except (RefusedSignIn, TooManyTries) as error:
            return type(error)
        return None

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(guess, range(24)))
    assert passwords.asked == found.count(RefusedSignIn) == 5
    assert None not in found


def test_signing_in_forgets_what_was_counted(bench: Workbench) -> None:
    _guess(bench, 4)
    bench.sign_ins.sign_in("anna", WORDS, HERE)
    assert _guess(bench, 4) == [RefusedSignIn] * 4


def test_a_sign_in_nobody_uses_ends(bench: Workbench, clock: VirtualClock) -> None:
    token = bench.sign_ins.sign_in("anna", WORDS, HERE)
    clock.advance(seconds=(IDLE - timedelta(minutes=1)).total_seconds())
    assert bench.sign_ins.who(token)
    clock.advance(seconds=IDLE.total_seconds())
    assert bench.sign_ins.who(token) is None


def test_a_sign_in_ends_however_much_it_is_used(bench: Workbench, clock: VirtualClock) -> None:
    token = bench.sign_ins.sign_in("anna", WORDS, HERE)
    used = timedelta(0)
    while bench.sign_ins.who(token):
        clock.advance(seconds=timedelta(hours=6).total_seconds())
        used += timedelta(hours=6)
    assert used == LONGEST


def test_signing_out_ends_one_sign_in_and_not_the_others(bench: Workbench) -> None:
    one, other = (bench.sign_ins.sign_in("anna", WORDS, HERE) for _ in range(2))
    bench.sign_ins.sign_out(one)
    assert bench.sign_ins.who(one) is None
    assert bench.sign_ins.who(other)


def test_a_role_that_is_taken_away_is_gone_at_the_next_click(bench: Workbench) -> None:
    bench.accounts.add("rita", "owner", password=WORDS, by="person:anna")
    token = bench.sign_ins.sign_in("rita", WORDS, HERE)
    bench.accounts.set_role("rita", "viewer", by="person:anna")
    assert bench.sign_ins.who(token) == Actor("rita", Role.VIEWER)
    bench.accounts.remove("rita", by="person:anna")
    assert bench.sign_ins.who(token) is None
