"""The control arm is drawn by the campaign's coin."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm_pipelines.campaigns.assign import CONTROL, Member, deal, deal_arms, seal

PEOPLE = st.dictionaries(st.text(min_size=1, max_size=6), st.sampled_from(["en", "ru"]), max_size=60)


def members(people: dict[str, str]) -> list[Member]:
    return [Member(contact, stratum, None) for contact, stratum in people.items()]


@given(PEOPLE, st.integers(0, 2**60), st.floats(0.01, 0.99))
def test_each_stratum_gives_its_share_rounded_up_or_down(people: dict[str, str], seed: int, share: float) -> None:
    hands = deal_arms(members(people), ("a", "b", CONTROL), ("m",), seed, share)
    assert hands.keys() == people.keys()
    for stratum in ("en", "ru"):
        mine = [contact for contact, spoken in people.items() if spoken == stratum]
        arms = Counter(hands[contact].variant for contact in mine)
        assert abs(arms[CONTROL] - share * len(mine)) < 1 + 1e-9
        assert abs(arms["a"] - arms["b"]) <= 1


@given(PEOPLE, st.integers(0, 2**60))
def test_the_same_seed_deals_the_same_whatever_the_order(people: dict[str, str], seed: int) -> None:
    mine = members(people)
    assert deal_arms(mine, ("a", CONTROL), ("m",), seed, 0.3) == deal_arms(mine[::-1], ("a", CONTROL), ("m",), seed, 0.3)


@given(PEOPLE, st.integers(0, 2**60))
def test_without_a_control_arm_nothing_changes(people: dict[str, str], seed: int) -> None:
    assert deal_arms(members(people), ("a", "b"), ("m",), seed) == deal(members(people), ("a", "b"), ("m",), seed)


def test_small_strata_are_not_always_without_a_control() -> None:
    drawn = [deal_arms([Member("one", "en", None)], ("a", CONTROL), ("m",), seed, 0.2)["one"].variant for seed in range(2_000)]
    assert drawn.count(CONTROL) / 2_000 == pytest.approx(0.2, abs=0.03)


def test_the_seal_tells_whether_anybody_moved() -> None:
    assert seal([("anna", "a"), ("ben", "b")]) == seal([("ben", "b"), ("anna", "a")])
    assert seal([("anna", "a"), ("ben", "b")]) != seal([("anna", "b"), ("ben", "a")])
