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
