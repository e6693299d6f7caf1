"""Every number the coach names is the record's own: by rules, and in the words of a model that lies."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gtm_pipelines.coaching.model import Answer
from gtm_pipelines.coaching.words import language_of
from gtm_pipelines.workbench import Workbench
from tests.coaching_parts import LIES, coach_with, measured, plan_or
from tests.integration.coaching.known import numbers_of, strange
from tests.integration.coaching.questions import QUESTIONS, Truth, Wants

WELL_SAID = {
    "What is our reply rate?": (
        "Across all campaigns, 15 of 336 delivered mails were answered, a reply rate of 4.46 %.",
        "Spring leads with 6.78 % (8 of 118), while autumn is at 3.19 % (6 of 188).",
        "Tiny has only 30 deliveries, so it is too early to judge; it needs 70 more.",
        "The 95 % confidence interval of your overall reply rate is 2.72 % to 7.23 %.",
        "Elsewhere, the average reply rate is 3.43 %, so you are above it.",
        "Keep testing one change at a time against a control.",
    ),
    "Are too many mails bouncing?": (
        "Yes: in autumn 15 of 203 mails bounced, which is 7.39 %, above the 5 % limit.",
        "Overall, 17 of 353 mails came back (4.82 %).",
        "Spring is healthier at 1.67 % (2 of 120).",
        "Mail services want less than 2 %.",
    ),
    "Какая у нас доля ответов?": (
        "По всем кампаниям ответили на 15 из 336 доставленных писем, это 4,46 %.",
        "Лучше всего spring: 6,78 % (8 из 118), у autumn 3,19 % (6 из 188).",
        "Общая доля ответов лежит в интервале от 2,72 % до 7,23 %.",
        "О tiny судить рано: доставлено 30 писем, нужно ещё 70.",
        "У других средняя доля ответов 3,43 %.",
    ),
}
"""True sentences as people and good models write them."""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    opened = measured(tmp_path_factory.mktemp("coach") / "local")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def known(bench: Workbench) -> frozenset[str]:
    """Every number the services know of, as it would be written in either language."""
    return numbers_of(bench)


def check(answer: Answer, topic: str, wants: Wants, known: frozenset[str], bench: Workbench) -> None:
    truth = Truth(bench, russian=answer.language == "ru")
    assert answer.topic == topic
    assert answer.text
    assert strange(answer.text, known, bench) == []
    missing = [wanted for wanted in wants(truth) if wanted not in answer.text]
    assert missing == [], answer.text


def test_there_are_fifty_and_half_of_them_are_russian() -> None:
    spoken = [language_of(question) for question, _, _ in QUESTIONS]
    assert (len({question for question, _, _ in QUESTIONS}), spoken.count("ru")) == (50, 25)


@pytest.mark.parametrize(("question", "topic", "wants"), QUESTIONS, ids=[question for question, _, _ in QUESTIONS])
def test_without_a_model_the_answer_is_true_and_about_what_was_asked(
    bench: Workbench, known: frozenset[str], question: str, topic: str, wants: Wants
) -> None:
    answer = bench.coach.ask(question, by="anna")
    assert (answer.way, answer.language) == ("rules", language_of(question))
    check(answer, topic, wants, known, bench)


@pytest.mark.parametrize(("question", "topic", "wants"), QUESTIONS, ids=[question for question, _, _ in QUESTIONS])
def test_of_a_model_that_lies_nothing_is_kept(
    bench: Workbench, known: frozenset[str], question: str, topic: str, wants: Wants
) -> None:
    coach, watched = coach_with(bench, lambda request: plan_or(request, LIES))
    answer = coach.ask(question, by="anna")
    assert bool(watched.heard) == bool(answer.figures)  # where there is no figure to word, no model is asked
    assert answer.way == ("fallback" if watched.heard else "rules")
    assert bool(answer.notes) == bool(watched.heard)
    kept = [lie for lie in LIES if lie in answer.text]
    assert kept == []
    check(answer, topic, wants, known, bench)


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_among_truths_is_taken_out_and_told(bench: Workbench, known: frozenset[str], lie: str) -> None:
    truths = (
        "In spring 8 of 118 delivered mails were answered, which is 6.78 %.",
        "In autumn 15 of 203 mails bounced, 7.39 %, so stop it and verify the addresses.",
        "Elsewhere the published average reply rate is 3.43 %.",
        "Spring is green and autumn is red.",
    )
    coach, _ = coach_with(bench, lambda request: plan_or(request, (*truths, lie)))
    answer = coach.ask("What is our reply rate, and what about bounces?", by="anna")
    assert answer.way == "model"
    assert answer.removed == (lie,)
    assert answer.notes
    assert lie not in answer.text
    assert strange(answer.text, known, bench) == []


@pytest.mark.parametrize("question", WELL_SAID)
def test_of_a_model_that_keeps_to_the_figures_everything_is_kept(bench: Workbench, question: str) -> None:
    coach, _ = coach_with(bench, lambda request: plan_or(request, WELL_SAID[question]))
    answer = coach.ask(question, by="anna")
    assert (answer.way, answer.removed, answer.notes) == ("model", (), ())
    assert all(sentence in answer.text for sentence in WELL_SAID[question])
