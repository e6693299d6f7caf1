"""Agreement is told with its interval, and not at all where there is too little to go by."""

from __future__ import annotations

import random

import pytest

from gtm_pipelines.drafting.judging.agreement import auc, bins, kappa, wanted, wilson
from gtm_pipelines.drafting.judging.calibration import Case, calibrated


def table(both: int, first: int, second: int, neither: int) -> list[tuple[bool, bool]]:
    return [(True, True)] * both + [(True, False)] * first + [(False, True)] * second + [(False, False)] * neither


def test_kappa_is_cohen_s() -> None:
    found = kappa(table(20, 5, 10, 15))  # the example most textbooks have
    assert found is not None
    assert found.value == pytest.approx(0.4)
    assert 0.1 < found.low < 0.4 < found.high < 0.7
    assert kappa(table(30, 0, 0, 0)) is None
    perfect = kappa(table(20, 0, 0, 20))
    assert perfect is not None
    assert (perfect.value, perfect.low) == (1.0, 1.0)


def test_the_interval_of_kappa_holds_the_truth_as_often_as_it_says() -> None:
    rng, held = random.Random(3), 0
    for _ in range(200):
        pairs = [(first, first if rng.random() < 0.8 else not first) for first in (rng.random() < 0.5 for _ in range(120))]
        found = kappa(pairs)
        assert found is not None
        held += found.low <= 0.6 <= found.high
    assert held >= 180


def test_the_area_is_the_share_of_pairs_in_the_right_order() -> None:
    scores, truths = [0.1, 0.4, 0.4, 0.9], [False, True, False, True]
    found = auc(scores, truths)
    assert found is not None
    assert found.value == pytest.approx((1 + 0.5 + 1 + 1) / 4)
    assert found.low <= found.value <= found.high
    assert auc(scores, [True] * 4) is None


def test_bins_tell_how_many_were_taken() -> None:
    found = bins([0.1, 0.15, 0.9, 1.0], [False, True, True, True])
    assert [(one.low, one.drafts, one.share.value) for one in found] == [(0.0, 2, 0.5), (0.8, 2, 1.0)]
    assert wilson(0, 0).low == 0.0


def case(quality: float, taken: bool | None, positive: bool | None = None) -> Case:
    return Case("rules-1", "cold-email", "1.0.0", "en", quality, 0.1, taken, positive)


def test_below_the_floor_it_says_how_many_more() -> None:
    few = calibrated("rules-1", "all", "all", [case(0.8, True)] * 10)
    assert few.kappa is None
    assert few.needed >= 20
    assert few.told.startswith("Not enough data: about ")
    assert "drafts that a person decided on and this judge scored" in few.told
    assert " of them " in few.told
    assert few.answers.told.startswith("Not enough data: about ")


def test_a_judge_that_agrees_is_told_from_one_that_guesses() -> None:
    rng = random.Random(1)
    truths = [rng.random() < 0.5 for _ in range(300)]
    knows = calibrated("a", "all", "all", [case(0.8 if truth else 0.2, truth) for truth in truths])
    guesses = calibrated("b", "all", "all", [case(rng.random(), truth) for truth in truths])
    assert knows.kappa is not None
    assert guesses.kappa is not None
    assert knows.kappa.value == 1.0
    assert guesses.kappa.low < 0 < guesses.kappa.high
    assert knows.quality is not None
    assert knows.quality.value == 1.0
    assert wanted([(True, True), (False, False)] * 20, 30) == 0


def test_answers_of_readers_are_told_apart_from_decisions() -> None:
    sent = [case(0.9, True, positive=True)] * 20 + [case(0.2, True, positive=False)] * 100
    found = calibrated("rules-1", "all", "all", sent)
    assert found.kappa is None, "everything was approved"
    assert found.answers.quality is not None
    assert found.answers.quality.value == 1.0
