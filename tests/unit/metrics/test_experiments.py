"""One arm beside another: what can be told, from when on, and how many more would tell."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm_pipelines.errors import InputError
from gtm_pipelines.metrics.bayes import chance_better
from gtm_pipelines.metrics.experiments import Step, Tally, compare, watch
from gtm_pipelines.metrics.power import curve, plan

MONDAY = date(2026, 3, 2)


def days(arm: tuple[int, int], reference: tuple[int, int], count: int = 10) -> list[Step]:
    """Spread what came of two arms evenly over days."""

    def part(whole: int, day: int) -> int:
        return whole * (day + 1) // count - whole * day // count

    return [
        Step(MONDAY + timedelta(day), "", part(arm[1], day), part(reference[1], day), part(arm[0], day), part(reference[0], day))
        for day in range(count)
    ]


@pytest.mark.parametrize(
    ("arm", "reference", "verdict", "needed"),
    [
        ((5, 99), (5, 500), "not_enough_data", 1),
        ((5, 500), (5, 60), "not_enough_data", 40),
        ((0, 0), (0, 0), "not_enough_data", 100),
        ((60, 500), (20, 500), "better", 0),
        ((20, 500), (60, 500), "worse", 0),
        ((5, 100), (5, 100), "undecided", None),
        ((0, 400), (0, 400), "undecided", None),
    ],
)
def test_a_comparison_says_whether_the_difference_can_be_told(
    arm: tuple[int, int], reference: tuple[int, int], verdict: str, needed: int | None
) -> None:
    found = compare(Tally(*arm), Tally(*reference), days(arm, reference), floor=100)
    assert (found.verdict, found.needed) == (verdict, needed)
    assert found.enough == (verdict != "not_enough_data")


def test_as_many_more_as_it_says_will_about_do() -> None:
    found = compare(Tally(10, 400), Tally(5, 400), days((10, 400), (5, 400)), floor=100)
    assert found.verdict == "undecided"
    assert found.needed is not None
    scale = (400 + found.needed) / 400
    grown = (round(10 * scale), round(400 * scale)), (round(5 * scale), round(400 * scale))
    assert compare(Tally(*grown[0]), Tally(*grown[1]), days(*grown), floor=100).verdict == "better"


def test_a_verdict_stands_from_the_day_it_was_reached() -> None:
    strong = days((60, 500), (20, 500))
    quiet = [Step(MONDAY + timedelta(20 + day), "", 50, 50, 0, 2) for day in range(10)]
    found = watch(strong), watch([*strong, *quiet])
    assert found[0].verdict == found[1].verdict == "better"
    assert found[0].decided_on == found[1].decided_on
    assert MONDAY < found[0].decided_on < MONDAY + timedelta(9)  # type: ignore[operator]


def test_intervals_only_ever_narrow() -> None:
    seen = watch(days((60, 900), (40, 900), count=30)).intervals
    lows, highs = [low for _, low, _ in seen], [high or 1e9 for _, _, high in seen]
    assert lows == sorted(lows)
    assert highs == sorted(highs, reverse=True)


def test_campaigns_are_compared_within_themselves() -> None:
    # one campaign answers well and is mostly the arm, the other badly and is mostly the reference: no effect in either
    steps = [Step(MONDAY, "good", 900, 100, 90, 10), Step(MONDAY, "bad", 100, 900, 1, 9)]
    pooled = [Step(MONDAY, "", 1000, 1000, 91, 19)]
    assert watch(steps).verdict == "undecided"
    assert watch(pooled).verdict == "better"


@given(st.integers(0, 40), st.integers(0, 40), st.integers(40, 400), st.integers(40, 400))
def test_two_arms_are_better_than_each_other_with_a_chance_of_one(yes: int, other: int, whole: int, other_whole: int) -> None:
    mine, theirs = chance_better(yes, whole, other, other_whole), chance_better(other, other_whole, yes, whole)
    assert mine + theirs == pytest.approx(1, abs=1e-9)


def test_the_chance_agrees_with_a_published_sum() -> None:
    # uniform prior, E. Miller's example shape: counted on a lattice of a million points by hand
    from gtm_pipelines.metrics.bayes import Prior

    assert chance_better(1, 1, 0, 1, Prior(1, 1)) == pytest.approx(5 / 6)
    assert chance_better(0, 0, 0, 0) == pytest.approx(0.5)


def test_more_positive_than_delivered_is_refused() -> None:
    with pytest.raises(ValueError, match="more positive"):
        chance_better(3, 2, 0, 1)


def test_a_plan_has_the_power_it_promises() -> None:
    found = plan(0.05, 2, power=0.8, monthly=500)
    assert curve(0.10, 0.05, found.arm // 50, found.arm // 50, 50)[-1] == pytest.approx(0.8, abs=0.03)
    assert found.typical < found.total
    assert found.months == found.total / 500


def test_more_arms_and_a_smaller_control_want_more_people() -> None:
    two, four = plan(0.05, 2), plan(0.05, 2, arms=4)
    assert four.arm > two.arm
    assert plan(0.05, 2, reference_share=0.2).total > two.total


@pytest.mark.parametrize(
    ("rate", "lift", "more"), [(0, 2, {}), (0.6, 2, {}), (0.03, 1, {}), (0.03, 2, {"power": 1}), (0.001, 1.01, {})]
)
def test_a_plan_that_makes_no_sense_says_so(rate: float, lift: float, more: dict[str, float]) -> None:
    with pytest.raises(InputError):
        plan(rate, lift, **more)  # type: ignore[arg-type]
